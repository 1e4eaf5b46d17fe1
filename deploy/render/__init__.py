"""Draws a dashboard as a picture, from its JSON and the answers of a real Prometheus: what Grafana would show, near enough to judge."""
