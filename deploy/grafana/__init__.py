"""Grafana's dashboards as code: four boards and what provisions them. `python -m deploy.generate` writes `dashboards/` and `provisioning/`.

`contract` (which labels a metric has) → `queries` (an indicator under a board's variables) → `panels` (what is shown, and how)
→ `management`, `team`, `hotline`, `health` (one board each) → `boards` (files). Names that people read are in `words`.
"""
