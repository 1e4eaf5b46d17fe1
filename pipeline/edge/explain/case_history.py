"""One case by its journal: each entry that changed it, with the case before and after, and its story."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from msgspec.structs import replace

from pipeline.core.case.transitions import TOUCHING_NOTHING, fold
from schemas.errors import PipelineError
from schemas.journal.clock_events import ClocksChanged, TimerArmed, TimerFired
from schemas.journal.entry import JournalEntry
from schemas.journal.events import ActionAccepted, Answer, CaseEvent, CaseOpened
from schemas.state.case import Case
from schemas.values.place import Geocode
from schemas.values.recognised_text import DirectAnswer, Recognised
from schemas.values.terms import SuspensionReason

SILENT: Final = (ClocksChanged, TimerArmed, TimerFired, ActionAccepted)
"""Events left out of the story: the account of the clocks shows them."""

_FIELDS: Final = (
    "kind", "team", "teams", "to", "department", "departments", "designated", "measure_kind", "step", "name", "status", "granted",
    "valid", "missing", "matter", "solved", "satisfied", "outcome", "reason", "until", "more", "officers", "into", "source", "source_no",
    "paper", "result", "costs", "mark", "code", "added", "said", "measure", "expected_at", "by", "why", "note",
)  # fmt: skip
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "report": ("source", "source_no"),
    "request": _FIELDS,
    "suspension": ("reason", "until", "approved_by"),
    "done": ("ground", "unit", "party", "what", "performer", "cost_yuan", "paper"),
    "order": ("paper", "what", "party", "served", "until", "basis"),
    "joint": ("convened_by", "approved_by", "note"),
    "joined": ("case_id", "by"),
    "update": ("code", "added"),
    "place": ("address", "grid"),
}
"""The fields shown of the values that an event holds."""


class HistoryStep(NamedTuple):
    """One entry that touched the case, and the case before and after it; `events` are those of the entry that did."""

    entry: JournalEntry
    events: tuple[CaseEvent, ...]
    before: Case | None
    after: Case

    @property
    def at(self) -> datetime:
        """When it was decided."""
        return self.entry.at


class HistoryEvent(NamedTuple):
    """An event of the case: its name without the version, and its fields that are shown, as text."""

    at: datetime
    event: str
    about: Mapping[str, str]
    rules_version: str
    entry_id: str


class NoBeginning(PipelineError):
    """The entries do not begin with the opening of the case: the journal was cut, or another case's were given."""

    def __init__(self, case_id: str) -> None:
        super().__init__("journal_incomplete", f"{case_id}: the journal does not hold its beginning")


def steps(entries: Iterable[JournalEntry]) -> list[HistoryStep]:
    """The entries that changed the case, in order; repeated answers and refusals change nothing.

    Raises:
        NoBeginning: the first of them does not open the case.
    """
    history: list[HistoryStep] = []
    case: Case | None = None
    for entry in entries:
        events = tuple(event for event in entry.events if not isinstance(event, Answer))
        events = tuple(event for event in events if type(event) not in TOUCHING_NOTHING)
        if not events:
            continue
        if case is None and not isinstance(events[0], CaseOpened):
            raise NoBeginning(events[0].case_id)
        after = fold(case, events, entry.entry_id, entry.rules_version)
        history.append(HistoryStep(entry, events, case, after))
        case = after
    return history


def of_case(entry: JournalEntry, case_id: str) -> JournalEntry:
    """The entry with only this case's events and the answers."""
    events = tuple(event for event in entry.events if getattr(event, "case_id", case_id) == case_id)
    return entry if len(events) == len(entry.events) else replace(entry, events=events)


def history_events(history: Iterable[HistoryStep]) -> Iterator[HistoryEvent]:
    """The story: the events that a person sees, in order."""
    for step in history:
        for event in step.events:
            if not isinstance(event, SILENT):
                yield HistoryEvent(
                    step.at, name(event), _about(event), step.entry.rules_version, step.entry.entry_id
                )


def name(event: CaseEvent) -> str:
    """`case_opened` of `case_opened.v1`."""
    return event.event.rpartition(".")[0]


def cause(step: HistoryStep) -> str:
    """The name of the first event that a person sees; of a step without one, that of its first event."""
    for event in step.events:
        if not isinstance(event, SILENT):
            return name(event)
    return name(step.events[0])


def _about(event: CaseEvent) -> dict[str, str]:
    parts: list[tuple[object, tuple[str, ...]]] = [(event, _FIELDS)]
    parts += [(getattr(event, part, None), fields) for part, fields in _PARTS.items()]
    values = {field: getattr(part, field, None) for part, fields in parts if part for field in fields}
    values |= _recognised(getattr(getattr(event, "report", None), "recognised", None))
    values |= _answer(getattr(event, "answer", None))
    values |= _placed(getattr(getattr(event, "facts", None), "geocode", None))
    if values.get("reason") is SuspensionReason.CORRECTION:  # it follows from the order: nobody approved
        values.pop("approved_by", None)
    return {field: _plain(value) for field, value in values.items() if not _is_idle(field, value)}


def _recognised(recognised: Recognised | None) -> dict[str, object]:
    """What the text of a report was taken for, why, and what it was held against."""
    if recognised is None:
        return {}
    best, second = recognised.best, recognised.second
    return {
        "verdict": recognised.verdict,
        "verdict_reason": recognised.reason,
        "best": f"{best.code} {best.points:+}",
        "rests_on": tuple(f"{said.word} {said.points:+}" for said in best.words),
        "second": f"{second.code} {second.points:+}",
    }


def _placed(geocode: Geocode | None) -> dict[str, object]:
    """What the place rests on, where only the address says where it is."""
    if geocode is None:
        return {}
    return {
        "confidence": str(geocode.confidence),
        "radius_m": str(geocode.radius_m),
        "place_words": tuple(geocode.words),
    }


def _answer(answer: object) -> dict[str, object]:
    """Of a direct answer, what it was for; the answer that a verifier or a clerk gives is a text."""
    return {"answered_as": answer.kind} if isinstance(answer, DirectAnswer) else {}


def _is_idle(field: str, value: object) -> bool:
    return value in (None, "", ()) or (field == "designated" and not value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
