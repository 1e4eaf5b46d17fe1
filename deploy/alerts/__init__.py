"""The alerts as Prometheus evaluates them. Thresholds come from `rules/objectives.yaml`, formulas of indicators from
`pipeline.indicators.indicator_table`; `work_alerts` go to managers, `pipeline_alerts` and `broker_alerts` to whoever runs the pipeline."""
