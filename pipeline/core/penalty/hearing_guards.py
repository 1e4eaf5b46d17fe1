"""The guards of a hearing (听证): offered, asked for, notified, held, before anything is decided: as in `guards`, one function per guard."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.identity import person
from pipeline.core.rules.penalty_records import kinds_of
from pipeline.core.worktime.office_hours import day_of, local_text
from schemas.values.penalty_terms import PenaltyKind
from schemas.values.terms import PenaltyStep as Step

_IN_MONEY: Final = frozenset(
    {PenaltyKind.FINE, PenaltyKind.CONFISCATED_GAINS, PenaltyKind.CONFISCATED_THINGS}
)


def _hearing_offered(context: GuardContext) -> Missing | None:
    # 行政处罚法 63
    hearing, facts = context.parameters.hearing, context.facts
    if facts.hearing_offered:
        return None
    if hearing.reached_by(facts, context.party()):
        kinds = ", ".join(sorted(hearing.kinds))
        if hearing.amounts is None:
            return Missing("facts.hearing_offered", f"true for {kinds}")
        return Missing(
            "facts.hearing_offered",
            f"true from {hearing.amounts.of(context.party())} yuan on, and for {kinds}",
        )
    if hearing.amounts is None and _IN_MONEY & kinds_of(facts) and not facts.hearing_decided_by:
        return Missing(
            "facts.hearing_decided_by",
            "who decided that no hearing is offered: from which amount on, nobody has read",
        )
    return None


def _hearing_window(context: GuardContext) -> Missing | None:
    # 行政处罚法 64(1)
    noticed = context.record(Step.NOTICED)
    if context.record(Step.HEARD) or context.record(Step.HEARING_WITHDRAWN):
        return None
    if context.record(Step.HEARING_REQUESTED):
        return Missing("step", "heard first, or hearing_withdrawn: the party has asked for a hearing")
    if any(facts.hearing_waived for facts in context.facts_that_hold):
        return None
    if context.record(Step.HEARING_NOTIFIED):
        return Missing("facts.hearing_waived", "true, or heard first: the party was told of its hearing")
    if noticed is None or not (noticed.facts and noticed.facts.hearing_offered):
        return None
    last_day = context.last_day(noticed.at, context.parameters.hearing_window)
    if day_of(context.at) > last_day:
        return None
    return Missing("facts.hearing_waived", f"true, or a hearing, or wait: {context.step} after {last_day}")


def _requested_in_time(context: GuardContext) -> Missing | None:
    # 行政处罚法 64(1)
    noticed = context.record(Step.NOTICED)
    if noticed is None or context.facts.hearing_decided_by:
        return None
    last_day = context.last_day(noticed.at, context.parameters.hearing_window)
    if day_of(context.done_at) <= last_day:
        return None
    return Missing(
        "facts.hearing_decided_by", f"asked for until {last_day}; later, who decided to hold it all the same"
    )


def _hearing_notified(context: GuardContext) -> Missing | None:
    # 行政处罚法 64(2)
    if context.step is Step.HEARD:
        notified_for = context.facts_of(Step.HEARING_NOTIFIED).hearing_at
        if notified_for is None:
            return Missing("step", "hearing_notified first")
        if context.done_at >= notified_for:
            return None
        return Missing("acted_at", f"from {local_text(notified_for)} on, as notified")
    last_day = context.last_day(context.at, context.parameters.hearing_notice)
    if context.facts.hearing_at is None or day_of(context.facts.hearing_at) <= last_day:
        return Missing("facts.hearing_at", f"after {last_day}")
    return None if context.facts.hearing_place else Missing("facts.hearing_place", "where it is held")


def _host(context: GuardContext) -> Missing | None:
    # 行政处罚法 64(4)
    if context.facts.host is None or person(context.facts.host) in context.investigators():
        return Missing("facts.host", "who hosts it, and did not investigate")
    return None


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "HEARING_NOT_OFFERED": GuardCheck(frozenset({Step.NOTICED}), _hearing_offered),
    "PENALTY_BEFORE_HEARING_WINDOW": GuardCheck(frozenset({Step.REVIEWED, Step.DECIDED}), _hearing_window),
    "HEARING_REQUESTED_TOO_LATE": GuardCheck(frozenset({Step.HEARING_REQUESTED}), _requested_in_time),
    "HEARING_NOT_NOTIFIED": GuardCheck(frozenset({Step.HEARING_NOTIFIED, Step.HEARD}), _hearing_notified),
    "HEARING_HOSTED_BY_INVESTIGATOR": GuardCheck(frozenset({Step.HEARD}), _host),
}
"""By the guard's id; part of `guards.CHECKS`."""
