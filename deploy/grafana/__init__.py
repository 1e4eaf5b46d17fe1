"""Grafana's dashboards as code: four boards and their provisioning. `python -m deploy.generate` writes `dashboards/` and `provisioning/`.

`kit` (labels, queries, number looks, panels) → `sections` (panels that answer one question) → `boards` (`management`, `team`, `hotline`,
`health`) → `grafana_files` (the JSON). Names that people read are in `deploy.value_words`.
"""
