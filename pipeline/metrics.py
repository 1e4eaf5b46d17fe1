"""Every metric of the worker, in one place. Labels come from closed lists only, so that series cannot multiply.

Teams are labels, since their number is the roster's. No street, case, person or text ever is.
"""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_SLOW = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)

RECORDS = Counter("enforcement_records", "Input records decided and committed", ("topic", "outcome"))
ENTRIES = Counter("enforcement_journal_entries", "Journal entries committed")
OUTPUTS = Counter("enforcement_outputs", "Records written and committed", ("topic",))
DEAD_LETTERS = Counter("enforcement_dead_letters", "Records that could not be worked", ("code",))
TIMERS = Counter("enforcement_timers_fired", "Timers fired and committed", ("kind",))
TIMER_LATE = Histogram(
    "enforcement_timer_late_seconds", "Fired after due, by the worker's clock", buckets=_SLOW
)

DISPATCHES = Counter("enforcement_dispatches", "Tasks given to a team, by dispatch or claim", ("team",))
RETURNS = Counter("enforcement_returns", "Tasks that a team gave back (退单)", ("team", "reason"))

TRANSACTIONS = Counter("enforcement_transactions", "Transactions by how they ended", ("end",))
TRANSACTION_SECONDS = Histogram(
    "enforcement_transaction_seconds", "From first record to committed", buckets=_FAST
)
COMMIT_SECONDS = Histogram("enforcement_commit_seconds", "The commit alone", buckets=_FAST)
BATCH = Histogram(
    "enforcement_batch_entries", "Entries per transaction", buckets=(1, 3, 10, 30, 100, 300, 1000, 3000)
)

PARTITIONS = Gauge("enforcement_partitions", "Partitions of this worker by state", ("state",))
OPEN_CASES = Gauge("enforcement_open_cases", "Case snapshots kept", ("partition",))
PROVISIONAL = Gauge(
    "enforcement_provisional_cases",
    "Cases with a running clock whose deadline counts on a year that is not announced",
    ("partition",),
)
LAG = Gauge("enforcement_lag_records", "Offsets not yet decided", ("topic", "partition"))
RESTORE_SECONDS = Histogram("enforcement_restore_seconds", "To open a partition", buckets=_SLOW)
FENCINGS = Counter("enforcement_fencings", "Partitions lost to another owner")
RETIRED = Counter("enforcement_producers_retired", "Producers given up by reason", ("reason",))
REBALANCES = Counter("enforcement_rebalances", "Assignments received")
LOOP_LAG = Gauge("enforcement_loop_lag_seconds", "How late the event loop wakes")
BLOCKED = Gauge(
    "enforcement_open_waits_seconds", "How long an opening waits for a foreign transaction", ("partition",)
)
