"""Claims (领单) as the auditor remembers them: which hold until when, and how many of a team are unfinished."""

from collections import Counter
from datetime import datetime

from pipeline.audit.model.case_memory import CaseMemory
from pipeline.audit.model.oracle import OutOfYears, instant_of, number_of
from pipeline.audit.model.rules_reader import AuditRules, plain
from schemas.journal import events
from schemas.state.case import Timer
from schemas.values.terms import TimerKind

_WORKED_ON = frozenset({"dispatched", "signed", "arrived", "joint_in_progress", "rework"})
_GIVEN_ANEW = (events.CaseDispatched, events.CaseOffered, events.CaseSelfDisposed)


def remember_claim(case: CaseMemory | None, event: events.Event) -> None:
    """What an event that has happened to the case means for the claim by which it is held."""
    if case is None:
        return
    if isinstance(event, events.CaseClaimed):
        case.is_claimed = event.until is not None
        if event.until is not None:
            case.timers = (*case.timers, Timer(kind=TimerKind.LEASE_LAPSED, due_at=event.until))
        return
    is_anew = isinstance(event, _GIVEN_ANEW)
    case.is_claimed = case.is_claimed and not is_anew
    if is_anew or case.stage not in ("dispatched", "signed"):
        case.timers = tuple(timer for timer in case.timers if timer.kind is not TimerKind.LEASE_LAPSED)


def lease_end(audit_rules: AuditRules, claimed_at: datetime) -> datetime | None:
    """Until when a claim of that instant holds; None: for good."""
    if audit_rules.claim_lease is None:
        return None
    try:
        limit = plain(audit_rules.claim_lease)
        return instant_of(audit_rules.office.deadline(number_of(claimed_at), limit, ()).at)
    except OutOfYears:
        return None


class UnfinishedClaims:
    """How many cases of a street each team has claimed and not dealt with."""

    def __init__(self) -> None:
        """None yet."""
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(self, before: CaseMemory | None, after: CaseMemory) -> None:
        """A case has changed."""
        if before is not None and (was := _holder(before)):
            self._counts[was] -= 1
        if now := _holder(after):
            self._counts[now] += 1

    def of(self, street: str, team: str) -> int:
        """How many there are."""
        return self._counts[street, team]


def _holder(case: CaseMemory) -> tuple[str, str] | None:
    """Whose claim it is, while the team is to work on it."""
    is_theirs = case.is_claimed and case.stage in _WORKED_ON
    return (case.street, case.team) if is_theirs and case.team else None
