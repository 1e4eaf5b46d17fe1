"""The cases of a street by id, which of them hold which photo or clip (one content proves one case), which are suspected of which, and how
many each team has claimed and not finished.

It follows from the snapshots alone, so that it is the same after a restart and in a replay. A content is known as long as the
snapshot of a case that holds it, which is `retire_days` after the end of the case, of a merged one after its host's: that bounds it.
Documents are passed over: one paper may be about many cases.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.core.case.changes.claims import unfinished_claim
from pipeline.core.case.open_requests import request_of
from schemas.state.case import Case, SetAside
from schemas.values.evidence import Evidence
from schemas.values.terms import CaseOutcome, EvidenceKind, RequestKind


class Match(NamedTuple):
    """The case it is, and why."""

    case_id: str
    why: str


class FoundCase(NamedTuple):
    """The open case that tells of the same; or, where none surely does, the one that likely does."""

    same: Match | None = None
    suspect: Match | None = None


FindSame = Callable[[Case, datetime], FoundCase]


class CaseBook(Mapping[str, Case]):
    """Reads `cases`, which may hold those of other streets too; of the contents it knows what `note` was told."""

    def __init__(self, cases: Mapping[str, Case], find_same: FindSame) -> None:
        """No content is known yet. `find_same` knows which case is at a place."""
        self._cases = cases
        self._find_same = find_same
        self._holders: dict[str, tuple[str, ...]] = {}
        self._suspected: dict[str, tuple[str, ...]] = {}
        """By a case the others that are suspected to be one with it."""
        self._claims: dict[str, int] = {}
        """By a team how many of those it has claimed (领单) are unfinished."""

    def __getitem__(self, case_id: str) -> Case:
        """The case of this id."""
        return self._cases[case_id]

    def __iter__(self) -> Iterator[str]:
        """The ids."""
        return iter(self._cases)

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self._cases)

    def same_as(self, case: Case, at: datetime) -> FoundCase:
        """The open case that tells of the same as this one, and can take it in; else the one of which somebody is to say so."""
        return self._find_same(case, at)

    def suspected_of(self, case_id: str) -> tuple[str, ...]:
        """The ids of the cases of which it is asked whether they are one with this one, sorted."""
        return self._suspected.get(case_id, ())

    def claims_of(self, team: str) -> int:
        """How many cases the team has claimed (领单) and is still to deal with."""
        return self._claims.get(team, 0)

    def note(self, before: Case | None, after: Case | None) -> None:
        """A case has changed; None where it is not there yet, or no more."""
        self._note_suspicion(before, after)
        self._note_claim(unfinished_claim(before), unfinished_claim(after))
        if before and after and before.evidence is after.evidence and before.reports is after.reports:
            return
        was = _contents(before) if before else frozenset()
        now = _contents(after) if after else frozenset()
        if after is not None:
            alone = (after.case_id,)
            for sha256 in now - was:
                there = self._holders.get(sha256)
                self._holders[sha256] = (*there, *alone) if there else alone
        if before is not None:
            for sha256 in was - now:
                self._drop(sha256, before.case_id)

    def _note_claim(self, was: str | None, now: str | None) -> None:
        if was == now:
            return
        if was is not None:
            self._claims[was] -= 1
        if now is not None:
            self._claims[now] = self.claims_of(now) + 1

    def _note_suspicion(self, before: Case | None, after: Case | None) -> None:
        was, now = _suspect(before), _suspect(after)
        if was == now:
            return
        if before is not None and was is not None:
            left = tuple(one for one in self._suspected[was] if one != before.case_id)
            self._suspected[was] = left
            if not left:
                del self._suspected[was]
        if after is not None and now is not None:
            self._suspected[now] = tuple(sorted((*self._suspected.get(now, ()), after.case_id)))

    def held_by_another(self, item: Evidence, case_id: str | None) -> str | None:
        """The id of the case that holds this content where `case_id` (None: one that is not opened yet) does not.

        A case that was merged is one with its host. What a case that is void holds proves nothing, and is free.
        """
        if item.kind is EvidenceKind.DOCUMENT:
            return None
        holders = [holder for holder in self._holders.get(item.sha256, ()) if not self._is_void(holder)]
        if case_id and self._host_of(case_id) in {self._host_of(holder) for holder in holders}:
            return None
        return min(holders, default=None)

    def is_of_another(self, mark: SetAside, case: Case) -> bool:
        """Whether what `case` set aside still is another's; after a merge it is its own, and free when the other is void."""
        other = mark.case_id
        if other is None or self._is_void(other):
            return False
        return self._host_of(other) != self._host_of(case.case_id)

    def _host_of(self, case_id: str) -> str:
        """The case that `case_id` was merged into, or itself."""
        case = self._cases.get(case_id)
        return case.merged.into if case and case.merged else case_id

    def _is_void(self, case_id: str) -> bool:
        """Whether the case, or the one that it was merged into, is void."""
        case = self._cases.get(self._host_of(case_id))
        return case is not None and case.outcome is CaseOutcome.VOIDED

    def _drop(self, sha256: str, case_id: str) -> None:
        left = tuple(holder for holder in self._holders[sha256] if holder != case_id)
        if left:
            self._holders[sha256] = left
        else:
            del self._holders[sha256]


def _suspect(case: Case | None) -> str | None:
    """The case with which it is likely one, where that is asked."""
    request = request_of(case, RequestKind.DUPLICATE) if case and case.request else None
    return request.into if request else None


def _contents(case: Case) -> frozenset[str]:
    """The photos and clips that the case holds, those of the reports that joined it among them, without other cases'."""
    contents = _own(case.evidence, case.reports[0].set_aside)
    for report in case.reports[1:]:
        contents |= _own(report.evidence, report.set_aside)
    return contents


def _own(items: Sequence[Evidence], marks: Iterable[SetAside]) -> frozenset[str]:
    if not items:
        return frozenset()
    others = {mark.sha256 for mark in marks if mark.case_id is not None}
    return frozenset(
        item.sha256 for item in items if item.kind is not EvidenceKind.DOCUMENT and item.sha256 not in others
    )
