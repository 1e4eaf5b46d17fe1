"""What follows from the events of a decision: requests that nobody can grant any more lapse, clocks go with the stages, cases change."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.core.case.case_book import CaseBook
from pipeline.core.case.changes import demerits
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.transitions import evolve, fold
from pipeline.core.case.turn import Change
from pipeline.core.clocks import hotline_deadlines, kept_clocks, new_holder, running_clocks
from pipeline.core.duty.who_goes import WhoGoes
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.requested import request_lapse
from schemas.journal.clock_events import ClockChange, ClocksChanged
from schemas.journal.events import CaseEvent
from schemas.state.case import Case


def moved(
    rules: Rules,
    book: CaseBook,
    events: tuple[CaseEvent, ...],
    entry_id: str,
    at: datetime,
    who_goes: WhoGoes,
) -> tuple[tuple[CaseEvent, ...], tuple[Change, ...]]:
    """The events with what follows from them for requests and clocks, and each case before and after. They take effect at `at`."""
    first = events[0].case_id
    if all(event.case_id == first for event in events):
        # mostly; unless it is over nothing of another case follows
        before = book.get(first)
        after = fold(before, events, entry_id, rules.version)
        if not STAGE_TABLE[after.stage].is_terminal:
            followed, after = _followed(rules, before, after, events, at, who_goes)
            return (*events, *followed), (Change(before, after),)
    return _moved_together(rules, book, events, entry_id, at, who_goes)


def _moved_together(
    rules: Rules,
    book: CaseBook,
    events: tuple[CaseEvent, ...],
    entry_id: str,
    at: datetime,
    who_goes: WhoGoes,
) -> tuple[tuple[CaseEvent, ...], tuple[Change, ...]]:
    """What ends a case, or moves several: requests of others whether they are one with it lapse."""
    by_case = _by_case(events)
    folded = {
        case_id: fold(book.get(case_id), own, entry_id, rules.version) for case_id, own in by_case.items()
    }
    following: list[CaseEvent] = []
    for host in [*folded.values()]:
        for lapsed in request_lapse.without_their_host(book, host, folded, at):
            following.append(lapsed)
            by_case.setdefault(lapsed.case_id, []).append(lapsed)
            known = folded.get(lapsed.case_id)
            folded[lapsed.case_id] = (
                evolve(known, lapsed)
                if known
                else fold(book[lapsed.case_id], (lapsed,), entry_id, rules.version)
            )
    changes: list[Change] = []
    for case_id, folded_case in folded.items():
        before = book.get(case_id)
        own, after = _followed(rules, before, folded_case, by_case[case_id], at, who_goes)
        following += own
        changes.append(Change(before, after))
    return (*events, *following), tuple(changes)


def _followed(
    rules: Rules,
    before: Case | None,
    after: Case,
    events: Sequence[CaseEvent],
    at: datetime,
    who_goes: WhoGoes,
) -> tuple[list[CaseEvent], Case]:
    """What follows for the requests and the clocks of one case, and how it stands then."""
    following: list[CaseEvent] = []
    after = _folded(after, request_lapse.followed(before, after, events, at), following)
    clocks = running_clocks.follow(rules, before, after, at)
    clocks = kept_clocks.kept(rules, after, events, clocks) if before is None else clocks
    after = _folded(after, _changed(after, clocks), following)
    after = _folded(after, demerits.following(before, after, events, clocks, at), following)
    after = _folded(after, _changed(after, new_holder.relimited(rules, before, after)), following)
    after = _folded(after, _changed(after, hotline_deadlines.bounded(rules, after)), following)
    after = _folded(after, hotline_deadlines.called_at_rest(rules, before, after, at), following)
    after = _folded(after, who_goes.proposed(before, after, at), following)
    return following, after


def _folded(case: Case, events: Iterable[CaseEvent], following: list[CaseEvent]) -> Case:
    """The case after these events, which are added to those that follow."""
    for event in events:
        following.append(event)
        case = evolve(case, event)
    return case


def _changed(case: Case, changes: tuple[ClockChange, ...]) -> tuple[ClocksChanged, ...]:
    return (ClocksChanged(case_id=case.case_id, changes=changes),) if changes else ()


def _by_case(events: tuple[CaseEvent, ...]) -> dict[str, list[CaseEvent]]:
    """The events of each case, the cases in the order in which they come up."""
    by_case: dict[str, list[CaseEvent]] = {}
    for event in events:
        by_case.setdefault(event.case_id, []).append(event)
    return by_case
