"""What managers see of the work: which indicators (考核指标) there are, and the metrics that they are made of.

    outcomes of a partition ─► stock (what stands now) ─┐
                           └─► flow (what happened) ────┴─► collector ─► /metrics ─► Prometheus ─► rules, boards
    table: each indicator's name, formula and query ──────────────────────────────────────────────┘

The same indicators are counted from the journal by `pipeline.monthly`, on a way of its own: both must agree.
"""
