"""What follows from the events of a decision: requests that nobody can grant any more lapse, clocks go with the stages, cases change."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.core.case.case_book import CaseBook
from pipeline.core.case.transitions import evolve, fold
from pipeline.core.case.turn import Change
from pipeline.core.clocks import hotline_deadlines, running_clocks
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.requested import request_lapse
from schemas.journal.clock_events import ClocksChanged
from schemas.journal.events import CaseEvent


def moved(
    rules: Rules, book: CaseBook, events: tuple[CaseEvent, ...], entry_id: str, at: datetime
) -> tuple[tuple[CaseEvent, ...], tuple[Change, ...]]:
    """The events with what follows from them for requests and clocks, and each case before and after. They take effect at `at`."""
    by_case = {case_id: [*own] for case_id, own in _by_case(events).items()}
    folded = {
        case_id: fold(book.get(case_id), own, entry_id, rules.version) for case_id, own in by_case.items()
    }
    followed: list[CaseEvent] = []
    for host in [*folded.values()]:
        for lapsed in request_lapse.without_their_host(book, host, folded, at):
            followed.append(lapsed)
            by_case.setdefault(lapsed.case_id, []).append(lapsed)
            known = folded.get(lapsed.case_id)
            folded[lapsed.case_id] = (
                evolve(known, lapsed)
                if known
                else fold(book[lapsed.case_id], (lapsed,), entry_id, rules.version)
            )
    changes: list[Change] = []
    for case_id, after in folded.items():
        before = book.get(case_id)
        for lapsed in request_lapse.followed(before, after, by_case[case_id], at):
            followed.append(lapsed)
            after = evolve(after, lapsed)
        clocks = running_clocks.follow(rules, before, after, at)
        if clocks:
            followed.append(ClocksChanged(case_id=case_id, changes=clocks))
            after = evolve(after, followed[-1])
        bounds = hotline_deadlines.bounded(rules, after)
        if bounds:
            followed.append(ClocksChanged(case_id=case_id, changes=bounds))
            after = evolve(after, followed[-1])
        changes.append(Change(before, after))
    return (*events, *followed), tuple(changes)


def _by_case(events: tuple[CaseEvent, ...]) -> Mapping[str, Sequence[CaseEvent]]:
    """The events of each case, the cases in the order in which they come up; mostly there is one."""
    first = events[0].case_id
    if all(event.case_id == first for event in events):
        return {first: events}
    by_case: dict[str, list[CaseEvent]] = {}
    for event in events:
        by_case.setdefault(event.case_id, []).append(event)
    return by_case
