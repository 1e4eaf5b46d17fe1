"""The shape of `alerts` in `rules/objectives.yaml`: which alerts there are, and which thresholds each has. What they watch is in
`deploy/alerts/`."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from pipeline.rulebook.tables.rule_tables import Table, Word
from schemas.values.terms import ClockKind

Most = Annotated[int, Field(ge=0, le=10_000_000)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 31)]


class AlertEntry(Table):
    """Any alert. It is told when it has lasted for so many minutes, and as over when it has been over for so many."""

    severity: Word
    tell: Word
    for_minutes: Annotated[int, Field(ge=0, le=60 * 24 * 7)]
    keep_minutes: Annotated[int, Field(ge=0, le=60 * 24)] = 0


class CasesEntry(AlertEntry):
    """More cases than these."""

    cases_max: Most


class UntakenEntry(CasesEntry):
    """More overdue clocks of these kinds."""

    clocks: Annotated[tuple[ClockKind, ...], Field(min_length=1, max_length=15)]


class LateBudgetEntry(AlertEntry):
    """More late handlings in a day than these, where fewer than so many end."""

    late_per_day_max: Most
    ended_per_day_below: Annotated[int, Field(ge=1, le=100_000)]


class BurnEntry(Table):
    """A pair of windows, and how many times too fast the budget burns in both."""

    factor: Annotated[float, Field(gt=0, le=1000)]
    long_minutes: Minutes
    short_minutes: Minutes
    ended_min: Annotated[int, Field(ge=1, le=100_000)]
    severity: Word


class BurningEntry(Table):
    """The budget of late handlings."""

    tell: Word
    keep_minutes: Annotated[int, Field(ge=0, le=60 * 24)] = 0
    burns: Annotated[tuple[BurnEntry, ...], Field(min_length=1, max_length=5)]


class CertificatesEntry(AlertEntry):
    """More officers of a street have a certificate that ends within 30 days, or holds no more."""

    officers_max: Most


class AuditEntry(AlertEntry):
    """The last audit is older, or lies further ahead, than so many minutes."""

    age_minutes_max: Minutes


class StaleEntry(AlertEntry):
    """An input waits for longer."""

    age_seconds_max: Seconds


class LagEntry(AlertEntry):
    """More records of a topic are not decided."""

    records_max: Most


class LettersEntry(AlertEntry):
    """More dead letters in an hour."""

    letters_per_hour_max: Most


class WaitEntry(AlertEntry):
    """An opening waits for longer."""

    wait_seconds_max: Seconds


class StartsEntry(AlertEntry):
    """More starts of one worker in a quarter of an hour."""

    starts_max: Most


class FencingsEntry(AlertEntry):
    """More partitions lost to another owner in an hour."""

    fencings_per_hour_max: Most


class RetiredEntry(AlertEntry):
    """More producers given up in an hour."""

    retired_per_hour_max: Most


class SlowCommitsEntry(AlertEntry):
    """Half of the commits take longer than that; the histogram ends at half a minute."""

    commit_seconds_max: Annotated[float, Field(gt=0, le=29)]


class LateTimersEntry(AlertEntry):
    """One timer in a hundred fires later than that; the histogram ends at a day."""

    late_seconds_max: Annotated[int, Field(ge=1, le=86_399)]


class LoopLagEntry(AlertEntry):
    """An event loop wakes later than that."""

    lag_seconds_max: Annotated[float, Field(gt=0, le=60)]


class RefusalsEntry(AlertEntry):
    """More refusals in an hour."""

    refusals_per_hour_max: Most


class DiskEntry(AlertEntry):
    """Less is free on a disk of a broker's logs."""

    free_percent_min: Annotated[int, Field(ge=1, le=99)]


class NotDeliveredEntry(AlertEntry):
    """More messages within a quarter of an hour that a channel did not take."""

    failures_max: Most


class AlertsTable(Table):
    """All alerts. The name of each in Prometheus is that of its field in capitals: WorkerDown."""

    handling_burn: BurningEntry
    handling_late_budget: LateBudgetEntry
    urgent_at_risk: CasesEntry
    many_at_risk: CasesEntry
    urgent_overdue: CasesEntry
    many_overdue: CasesEntry
    nobody_took: UntakenEntry
    decisions_overdue: CasesEntry
    certificates_ending: CertificatesEntry
    goal_missed: AlertEntry
    loop_broken: AlertEntry
    audit_silent: AuditEntry
    decisions_stale: StaleEntry
    lag_high: LagEntry
    dead_letters: LettersEntry
    internal_errors: LettersEntry
    calendar_provisional: CasesEntry
    worker_down: AlertEntry
    no_worker: AlertEntry
    crash_loop: StartsEntry
    partitions_unowned: AlertEntry
    stock_incomplete: AlertEntry
    restore_stuck: AlertEntry
    opening_waits: WaitEntry
    many_fencings: FencingsEntry
    producers_retired: RetiredEntry
    commits_slow: SlowCommitsEntry
    timers_late: LateTimersEntry
    loop_lag: LoopLagEntry
    clock_suspect: RefusalsEntry
    rules_differ: AlertEntry
    disk_full: DiskEntry
    broker_silent: AlertEntry
    broker_down: AlertEntry
    partitions_offline: AlertEntry
    replicas_behind: AlertEntry
    no_controller: AlertEntry
    not_delivered: NotDeliveredEntry

    def entries(self) -> Iterator[tuple[str, AlertEntry]]:
        """Each alert with a severity of its own, by its field."""
        for name in type(self).model_fields:
            entry = getattr(self, name)
            if isinstance(entry, AlertEntry):
                yield name, entry


def alert_name(field: str) -> str:
    """As Prometheus calls it: worker_down is WorkerDown."""
    return "".join(word.capitalize() for word in field.split("_"))
