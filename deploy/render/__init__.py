"""Draws a dashboard from its JSON and the answers of a real Prometheus, with Grafana's own published code in a headless Chromium.

`page/` is what runs in the browser, `grafana_code` brings its packages and starts it. Nothing of Grafana is copied here: units, words,
thresholds, font sizes and tables are what `@grafana/data` and `@grafana/ui` make of the board.
"""
