"""The alerts as Prometheus evaluates them. Thresholds come from `rules/objectives.yaml`, formulas of indicators from
`pipeline.indicators.indicator_table`; `work` is what managers are told, `machine` what whoever runs the pipeline is told."""
