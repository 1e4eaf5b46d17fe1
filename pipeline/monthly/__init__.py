"""The monthly report (月报): from the journal alone, every indicator with its formula, as HTML to print and Parquet to count again.

It counts on a way of its own, by SQL over what the auditor's tables make of the journal; the metrics count the same as it
happens, and both must agree.

    journal ─► reading ─► gathering ─► tables ─┬─► counting (SQL) ─► page ─► report.html
                                               └─► cases, events, clocks, days, indicators .parquet

The same journal, rules and versions give the same bytes: nothing here asks what time it is.
"""
