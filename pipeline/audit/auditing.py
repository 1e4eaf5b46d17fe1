"""Audits one partition: brings the log's records together and lets every check look at each entry, once, in order."""

from collections.abc import Callable
from typing import Final

from pipeline.audit.checks.check_context import AuditSetup, CheckContext, InvariantCheck
from pipeline.audit.checks.crossing.hops import Hops
from pipeline.audit.checks.crossing.moved_reports import MovedReports
from pipeline.audit.checks.deadlines import Arithmetic, Reasons
from pipeline.audit.checks.everyone_answered import Answers, EveryoneAnswered, Letters
from pipeline.audit.checks.evidence_once import EvidenceOnce
from pipeline.audit.checks.left_out_fields import LeftOutFields
from pipeline.audit.checks.log_order import LogOrder
from pipeline.audit.checks.moves_and_holders import Moves, Views
from pipeline.audit.checks.one_case_per_report import Balance, OneCasePerReport
from pipeline.audit.checks.people.acting_people import ActingPeople
from pipeline.audit.checks.people.street_duties import StreetDuties
from pipeline.audit.checks.privacy import Privacy
from pipeline.audit.checks.replay import Replay, ReplayRulesOf
from pipeline.audit.checks.request_checks import Orders, Requests
from pipeline.audit.checks.retired_reports import RetiredRows
from pipeline.audit.checks.snapshots import Keys, Snapshots
from pipeline.audit.checks.timer_checks import TimersFired
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.continuity import Continuity
from pipeline.audit.log.entry_join import Join
from pipeline.audit.log.partition_log import Log, LogSource
from pipeline.audit.log.second_reading import RememberingLog, held_up
from schemas import topics
from schemas.state.case import Case

Progress = Callable[[int], None]
"""Called with the number of entries checked since the last call."""

_TELL_EVERY: Final = 500


def audit_partition(
    log: Log, setup: AuditSetup, rules: ReplayRulesOf | None, progress: Progress = lambda many: None
) -> Findings:
    """All that is found in one partition. Without `rules`, the core's values of the same folders, nothing is replayed."""
    context = CheckContext(log.partition, log.begin(topics.JOURNAL) == 0, setup)
    for held in log.held():
        held_up(held, log.partition, setup.transaction_s, context.findings)
    source = RememberingLog(log)
    acknowledged = {
        topic: set(offsets)
        for (topic, partition), offsets in setup.acknowledged.items()
        if partition == log.partition
    }
    join = Join(source, context.findings, acknowledged)
    checks = _checks(context, source, rules)
    count = 0
    for count, joined in enumerate(join.entries(), 1):
        seeds = {
            snapshot.case_id: snapshot
            for snapshot in joined.contents(topics.CASES)
            if isinstance(snapshot, Case)
        }
        context.enter(joined.entry)
        touched_cases = context.fold.apply(joined.entry, seeds)
        for check in checks:
            check.check_entry(joined, touched_cases)
        if count % _TELL_EVERY == 0:
            progress(_TELL_EVERY)
    join.close()
    for check in checks:
        check.end(join)
    source.compare(context.findings)
    progress(count % _TELL_EVERY)
    context.findings.numbers["entries"] += count
    if rules is None:
        context.findings.skip((Invariant.I14,), "no replay was asked for")
    return context.findings


def _checks(context: CheckContext, log: LogSource, rules: ReplayRulesOf | None) -> list[InvariantCheck]:
    duties = StreetDuties(context)
    checks: list[InvariantCheck] = [
        LogOrder(context),
        Continuity(context, log),
        OneCasePerReport(context),
        Balance(context),
        Moves(context),
        Views(context),
        Arithmetic(context),
        Requests(context),
        Orders(context),
        Reasons(context),
        TimersFired(context),
        EveryoneAnswered(context),
        Answers(context, log),
        Letters(context),
        LeftOutFields(context),
        Keys(context),
        Snapshots(context),
        RetiredRows(context),
        duties,
        ActingPeople(context, duties.streets),
        Privacy(context),
        Hops(context),
        MovedReports(context),
        EvidenceOnce(context),
    ]
    return checks if rules is None else [*checks, Replay(context, rules)]
