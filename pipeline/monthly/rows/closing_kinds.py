"""办结类型: of which kind the end of a case was, by one table read from top to bottom; the first ground that a case has decides."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from pipeline.words.field_words import ENDS, Both, both
from schemas.values.terms import CaseOutcome, Term


class ClosingKind(Term):
    """What practitioners count a case as that ended (办结类型): 特殊, 差错, 超时, 正常, in the order in which one goes before another."""

    SPECIAL = "special"
    FAULT = "fault"
    LATE = "late"
    NORMAL = "normal"


KINDS: Final[Mapping[ClosingKind, Both]] = {
    ClosingKind.SPECIAL: both("特殊办结", "special"),
    ClosingKind.FAULT: both("差错办结", "with a fault"),
    ClosingKind.LATE: both("超时办结", "late"),
    ClosingKind.NORMAL: both("正常办结", "normal"),
}


class ClosingFault(Term):
    """What was wrong before a case came to its end."""

    OPEN_AGAIN = "open_again"
    REOPENED = "reopened"
    REWORKED = "reworked"
    MISDISPATCHED = "misdispatched"


class ClosingGround(NamedTuple):
    """Why a case is counted as a kind."""

    kind: ClosingKind
    code: str
    words: Both


HANDLED_LATE: Final = ClosingGround(
    ClosingKind.LATE,
    "handled_late",
    both("超过处置时限，未经申诉不纳入考核", "handled after its deadline, and no appeal lifted that"),
)
_ORDINARY: Final = ClosingGround(
    ClosingKind.NORMAL,
    "ordinary",
    both("无以上情形", "none of these: handled or answered, rightly and in time"),
)
_SPECIAL: Final = (
    CaseOutcome.TERMINATED,
    CaseOutcome.UNREASONABLE,
    CaseOutcome.UNREACHED,
    CaseOutcome.TRANSFERRED,
    CaseOutcome.VOIDED,
    CaseOutcome.DECLINED,
    CaseOutcome.SENT_BACK,
    CaseOutcome.REJECTED,
)
"""Ends that somebody approved, or that are not the ordinary way; handled, or answered directly, is the ordinary one."""
_FAULTS: Final[Mapping[ClosingFault, Both]] = {
    ClosingFault.OPEN_AGAIN: both(
        "虚假办结：办结后重办，或者直接答复有误", "false: over, and had to be opened again"
    ),
    ClosingFault.REOPENED: both("回访未解决，重办", "reopened by the call-back"),
    ClosingFault.REWORKED: both("核查不通过，返工", "reworked: verification failed"),
    ClosingFault.MISDISPATCHED: both(
        "派错：退单后改由他队办理，或者派单异议成立",
        "wrongly dispatched: given back and another team's, or an objection granted",
    ),
}

GROUNDS: Final = (
    *(ClosingGround(ClosingKind.SPECIAL, end.value, ENDS[end]) for end in _SPECIAL),
    *(ClosingGround(ClosingKind.FAULT, fault.value, words) for fault, words in _FAULTS.items()),
    HANDLED_LATE,
    _ORDINARY,
)
"""The table, in its order."""


def ground_of(
    outcome: CaseOutcome | None, faults: Collection[ClosingFault], *, is_late: bool
) -> ClosingGround | None:
    """The first ground that the case has; none of one that was merged or moved: what became of it is its host's, or the other street's."""
    if outcome in (CaseOutcome.MERGED, CaseOutcome.MOVED):
        return None
    found = {outcome, *faults, *((HANDLED_LATE.code,) if is_late else ())}
    return next((ground for ground in GROUNDS if ground.code in found), _ORDINARY)
