"""I17: what of a report was not taken over is said, to whoever sent it and to whoever handles the case; nothing vanishes silently.

Reads what was pushed by itself: the JSON as it stands in the input, not the contract's door.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.errors import BadMessage
from schemas.journal.events import CaseOpened, ReportMerged
from schemas.outputs import Assignment, Receipt
from schemas.state.case import Facts
from schemas.values.evidence import Evidence
from schemas.values.terms import LeftOutReason
from schemas.wire import envelope

_KEPT_SINCE: Final = b'"left_out"'
"""An entry without it was written before notes of this were kept."""
_NOTHING: Final = re.compile(r"[\W_0]*|-1(\.0)?")
_NO_DAY: Final = re.compile(
    r"(0000|0001-01-01|1899-12-3[01]|1900-01-01|1969-12-31|1970-01-01|1980-01-06|2000-01-01|2099-12-31|9999-12-31)"
)
_NO_PHONE: Final = re.compile(
    r"(86)?(1+|1[3-9]\d0{8}|12345678|123456789|1234567890\d?|(?P<digit>\d)(?P=digit){8,})|"
)
_WORDS: Final = frozenset(
    (
        "null", "nil", "none", "nan", "n/a", "n.a.", "undefined", "unknown",
        "无", "空", "暂无", "没有", "不详", "不祥", "不明", "未知", "不知道", "未提供", "未填", "未填写", "未留", "匿名", "保密",
    )
)  # fmt: skip


class LeftOutFields:
    """Holds what was pushed against what the case has, and against what is said to be missing."""

    def __init__(self, context: CheckContext) -> None:
        self._holds = context.findings.holds

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        if joined.input is None or joined.input.topic != topics.REPORTS:
            return
        for event in joined.entry.events:
            if isinstance(event, CaseOpened | ReportMerged) and _KEPT_SINCE in (joined.record.value or b""):
                self._arrived(joined, event)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _arrived(self, joined: JoinedEntry, event: CaseOpened | ReportMerged) -> None:
        report, place, case_id = event.report, joined.place, event.case_id
        facts = event.facts if isinstance(event, CaseOpened) else report.facts
        evidence = event.evidence if isinstance(event, CaseOpened) else report.evidence
        pushed = _pushed(joined)
        if facts is None or pushed is None:
            return
        told = {one.field: one.why for one in report.left_out}
        number = f"{report.source.value}/{report.source_no}"
        for field, is_sent, is_there in _both_sides(pushed, facts, evidence):
            self._holds(
                "left_out_untold",
                is_there or not is_sent or field in told,
                place,
                case_id,
                number=number,
                field=field,
            )
            self._holds(
                "left_out_kept", not (is_there and field in told), place, case_id, number=number, field=field
            )
        for field, why in told.items():
            if why is LeftOutReason.PLACEHOLDER and field != "place.address":
                real = _is_real(field, _at(pushed, field))
                self._holds("left_out_real", not real, place, case_id, number=number, field=field)
        self._said(joined, event)

    def _said(self, joined: JoinedEntry, event: CaseOpened | ReportMerged) -> None:
        """The receipt names the same fields, and so does the assignment of a case that was just opened."""
        answers = [*joined.contents(topics.RECEIPTS)]
        if isinstance(event, CaseOpened):
            answers += joined.contents(topics.ASSIGNMENTS)
        for answer in answers:
            if isinstance(answer, Receipt | Assignment) and answer.case_id == event.case_id:
                same = answer.left_out == event.report.left_out
                fields = ", ".join(one.field for one in event.report.left_out) or "-"
                self._holds("left_out_differs", same, joined.place, event.case_id, fields=fields)


def _both_sides(
    pushed: Mapping[str, object], facts: Facts, evidence: Sequence[Evidence]
) -> Iterator[tuple[str, bool, bool]]:
    """Each field that a case takes over as it is: whether it was sent, and whether it is there.

    A grid may be there because the point lies in it, so it is only missed, never found too much.
    """
    place = facts.place
    address = _at(pushed, "place.address")
    yield "place.address", isinstance(address, str) and any(map(str.isalnum, address)), bool(place.address)
    yield "place.point", _is_filled(_at(pushed, "place.point")), place.point is not None
    yield "occurred_at", _is_filled(pushed.get("occurred_at")), facts.occurred_at is not None
    yield "reporter", _is_filled(pushed.get("reporter")), facts.reporter is not None
    if place.grid is None:
        yield "place.grid", _is_filled(_at(pushed, "place.grid")), False
    items = pushed.get("evidence")
    kept = {one.sha256 for one in evidence}
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and item:
            yield f"evidence.{number}", True, item.get("sha256") in kept


def _is_real(field: str, value: object) -> bool:
    """Whether a text or a number says something. Of an object, and of a number that another rule judges, it is not asked."""
    if isinstance(value, int | float):
        return value not in (0, -1)
    if not isinstance(value, str):
        return False
    text = unicodedata.normalize("NFKC", value).strip().casefold()
    if text in _WORDS or _NOTHING.fullmatch(text) or re.sub(r"^[\W_]+|[\W_]+$", "", text) in _WORDS:
        return False
    if field.endswith("_at") and _NO_DAY.match(text):
        return False
    return not (field == "caller.phone" and _NO_PHONE.fullmatch("".join(re.findall(r"\d", text))))


def _is_filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _at(content: object, path: str) -> object:
    """What stands at a dotted path; None where nothing does."""
    for step in path.split("."):
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdecimal() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def _pushed(joined: JoinedEntry) -> Mapping[str, object] | None:
    """The report as JSON has it; None where it cannot be read."""
    record = joined.input
    if record is None or not record.value:
        return None
    try:
        content = json.loads(envelope.payload(envelope.REPORT, record.headers, record.value))
    except (BadMessage, ValueError):
        return None
    return content if isinstance(content, dict) else None
