"""The journal as rows: of cases, events, clocks and days. Counts nothing."""
