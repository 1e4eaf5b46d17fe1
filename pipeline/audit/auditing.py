"""Audits one partition: brings the log's records together and lets every check look at each entry, once, in order."""

from collections.abc import Callable
from typing import Final

from pipeline.audit.checks.check_context import CheckContext, InvariantCheck, Wanted
from pipeline.audit.checks.deadlines import Arithmetic, Reasons
from pipeline.audit.checks.everyone_answered import Answers, EveryoneAnswered
from pipeline.audit.checks.log_order import LogOrder
from pipeline.audit.checks.moves_and_holders import Moves, Views
from pipeline.audit.checks.one_case_per_report import Balance, OneCasePerReport
from pipeline.audit.checks.privacy import Privacy
from pipeline.audit.checks.replay import Replay, ReplayRules
from pipeline.audit.checks.snapshots import Keys, Snapshots
from pipeline.audit.checks.timers import TimersFired
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.entry_join import Join
from pipeline.audit.log.partition_log import Log, LogSource
from pipeline.audit.log.second_reading import RememberingLog, held_up
from schemas import topics
from schemas.state.case import Case

Progress = Callable[[int], None]
"""Told how many entries were looked at since it was told last."""

_TELL_EVERY: Final = 500


def audit_partition(
    log: Log, wanted: Wanted, rules: ReplayRules | None, progress: Progress = lambda many: None
) -> Findings:
    """All that is found in one partition. Without `rules`, the core's values of the same folder, nothing is replayed."""
    ground = CheckContext(log.partition, log.begin(topics.JOURNAL) == 0, wanted)
    for held in log.held():
        held_up(held, log.partition, wanted.transaction_s, ground.found)
    source = RememberingLog(log)
    acknowledged = {
        topic: set(offsets)
        for (topic, partition), offsets in wanted.acknowledged.items()
        if partition == log.partition
    }
    join = Join(source, ground.found, acknowledged)
    checks = _checks(ground, source, rules)
    number = 0
    for number, turn in enumerate(join.turns(), 1):
        seeds = {one.case_id: one for one in turn.contents(topics.CASES) if isinstance(one, Case)}
        touched = ground.fold.apply(turn.entry, seeds)
        for check in checks:
            check.turn(turn, touched)
        if number % _TELL_EVERY == 0:
            progress(_TELL_EVERY)
    join.close()
    for check in checks:
        check.end(join)
    source.compare(ground.found)
    progress(number % _TELL_EVERY)
    ground.found.numbers["entries"] += number
    if rules is None:
        ground.found.skip((Invariant.I14,), "no replay was asked for")
    return ground.found


def _checks(ground: CheckContext, log: LogSource, rules: ReplayRules | None) -> list[InvariantCheck]:
    checks: list[InvariantCheck] = [
        LogOrder(ground),
        OneCasePerReport(ground),
        Balance(ground),
        Moves(ground),
        Views(ground),
        Arithmetic(ground),
        Reasons(ground),
        TimersFired(ground),
        EveryoneAnswered(ground),
        Answers(ground, log),
        Keys(ground),
        Snapshots(ground),
        Privacy(ground),
    ]
    return checks if rules is None else [*checks, Replay(ground, rules)]
