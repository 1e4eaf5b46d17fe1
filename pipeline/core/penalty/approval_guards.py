"""The guards of who approves (立案审批、法制审核、决定、结案审批): as in `guards`, one function per guard.

The offices of a file, and which of them are held by other people, are rules. An office is held by whoever ever acted in it in this file.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.identity import persons
from pipeline.core.rules.law import Office
from pipeline.core.rules.penalty_records import NO_FACTS
from schemas.state.penalty import PenaltyFacts
from schemas.values.terms import PenaltyStep as Step

_BY_HEAD: Final = frozenset({Step.DECIDED, Step.CHANGED, Step.REVOKED, Step.REOPENED})
_HANDLING: Final = frozenset({Step.FILED, Step.INVESTIGATED, Step.SIMPLE_DECIDED})


def _filing_approved(context: GuardContext) -> Missing | None:
    # 住房和城乡建设行政处罚程序规定 15
    return _without_head(context)


def _decided_by_head(context: GuardContext) -> Missing | None:
    # 行政处罚法 57, a correction 75
    return _without_head(context)


def _closing_approved(context: GuardContext) -> Missing | None:
    """What was never filed is closed without a head: a clue, or what was decided and paid on the spot."""
    # 行政处罚法 57
    return _without_head(context) if context.record(Step.FILED) else None


def _without_head(context: GuardContext) -> Missing | None:
    if context.has_head():
        return None
    return Missing("facts.approved_by", "a head of the organ, not who records it")


def _apart(context: GuardContext) -> Missing | None:
    # 行政处罚法 58, between investigation and decision 57
    named = _named(context.step, context.facts, context.action.actor.id)
    for office, (field, people) in named.items():
        for other in sorted(context.parameters.apart.get(office, ())):
            found = people & (_holders(context, other) | named.get(other, ("", frozenset()))[1])
            if found:
                return Missing(f"facts.{field}", _somebody_else(", ".join(sorted(found)), other))
    return None


def _somebody_else(who: str, office: Office) -> str:
    match office:
        case Office.HANDLING_OFFICER:
            return f"somebody else than {who}, who handles it"
        case Office.HEAD:
            return f"somebody else than {who}, who approved of it as a head of the organ"
        case Office.LEGAL_REVIEWER:
            return f"somebody else than {who}, who reviewed it"


def _holders(context: GuardContext, office: Office) -> frozenset[str]:
    """Who acted in an office so far in this file."""
    found: set[str] = set()
    for record in context.history:
        named = _named(record.step, record.facts or NO_FACTS, record.by)
        found |= named.get(office, ("", frozenset()))[1]
    return frozenset(found)


def _named(step: object, facts: PenaltyFacts, by: str) -> Mapping[Office, tuple[str, frozenset[str]]]:
    """Whom a step names for which office, and in which fact."""
    named: dict[Office, tuple[str, frozenset[str]]] = {}
    if facts.approved_by is not None:
        named[Office.HEAD] = ("approved_by", persons([facts.approved_by]))
    if facts.reviewer is not None:
        named[Office.LEGAL_REVIEWER] = ("reviewer", persons([facts.reviewer]))
    if step in _HANDLING:
        recorded = [by] if step is Step.INVESTIGATED else []
        named[Office.HANDLING_OFFICER] = ("officers", persons([*facts.officers, *recorded]))
    return named


CHECKS: Final[Mapping[str, GuardCheck]] = {
    "FILED_UNAPPROVED": GuardCheck(frozenset({Step.FILED}), _filing_approved),
    "DECIDED_UNAPPROVED": GuardCheck(_BY_HEAD, _decided_by_head),
    "ARCHIVED_UNAPPROVED": GuardCheck(frozenset({Step.ARCHIVED}), _closing_approved),
    "APPROVER_NOT_APART": GuardCheck(
        frozenset({Step.FILED, Step.INVESTIGATED, Step.SENT_BACK, Step.REVIEWED, Step.ARCHIVED}) | _BY_HEAD,
        _apart,
    ),
}
"""By the guard's id; part of `guards.CHECKS`."""
