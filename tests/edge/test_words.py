"""What people read: in both languages, on one line, late in words."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from pipeline.core.worktime.policy import UNITS, ClockMode
from pipeline.edge.client.receipt_waiting import NoReceipt
from pipeline.edge.commands import receipt_text
from pipeline.edge.commands.terminal import clean, error_line
from pipeline.edge.explain import why_words
from pipeline.edge.explain.clock_account_rows import IntervalState
from pipeline.words import field_words, intake_words, penalty_words
from pipeline.words.field_words import Lang, due_in, duration, exactly, limit, reason
from schemas.errors import BadMessage, PipelineError
from schemas.journal.events import CaseEvent
from schemas.journal.journal_event import event_name
from schemas.outputs import Receipt, ReportSubject
from schemas.values.penalty_terms import Disposal, MeasureKind, MeasureStep, PenaltyKind
from schemas.values.request_terms import RejectReason
from schemas.values.terms import (
    AssignmentKind,
    AssignmentStatus,
    CaseOutcome,
    ClockEvent,
    ClockKind,
    ExtensionReason,
    JointStatus,
    LapseReason,
    LeftOutReason,
    NoticeKind,
    Paper,
    PenaltyStep,
    ReportOutcome,
    RequestKind,
    ReturnReason,
    Source,
    Stage,
    SuspensionReason,
    TimerKind,
    VoidReason,
)
from tests.edge.played import receipt

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
EVENTS = [event_name(arg).rpartition(".")[0] for arg in get_args(CaseEvent)]
TABLES = [
    (field_words.STAGES, Stage),
    (field_words.KINDS, AssignmentKind),
    (field_words.STATUSES, AssignmentStatus),
    (field_words.CLOCKS, ClockKind),
    (field_words.OUTCOMES, ReportOutcome),
    (field_words.ENDS, CaseOutcome),
    (field_words.SOURCES, Source),
    (field_words.TIMERS, TimerKind),
    (field_words.NOTICES, NoticeKind),
    (field_words.REQUESTS, RequestKind),
    (field_words.LAPSES, LapseReason),
    (field_words.PAPERS, Paper),
    (field_words.SUSPENSIONS, SuspensionReason),
    (field_words.EXTENSIONS, ExtensionReason),
    (field_words.RETURNS, ReturnReason),
    (field_words.REJECTIONS, RejectReason),
    (field_words.VOIDINGS, VoidReason),
    (field_words.JOINT_STATUSES, JointStatus),
    (intake_words.LEFT_OUT_REASONS, LeftOutReason),
    (penalty_words.PENALTY_STEPS, PenaltyStep),
    (penalty_words.PENALTY_KINDS, PenaltyKind),
    (penalty_words.MEASURE_KINDS, MeasureKind),
    (penalty_words.MEASURE_STEPS, MeasureStep),
    (penalty_words.DISPOSALS, Disposal),
    (field_words.UNITS, UNITS),
    (why_words.MEASURES, ClockKind),
    (why_words.MEASURED, ClockMode),
    (why_words.STATES, IntervalState),
    (why_words.DID, IntervalState),
    (why_words.MOVES, ClockEvent),
    (why_words.EVENTS, EVENTS),
]


@pytest.mark.parametrize(("table", "terms"), TABLES)
def test_every_term_has_its_words_in_both_languages(table, terms):
    """A new stage or kind cannot come without them."""
    assert set(table) == set(terms)
    assert all(table[term][lang] for term in terms for lang in Lang)


@pytest.mark.parametrize(
    ("span", "en", "zh"),
    [
        (timedelta(0), "0 min", "0分"),
        (timedelta(minutes=5, seconds=59), "5 min", "5分"),
        (timedelta(hours=2), "2 h", "2小时"),
        (timedelta(days=1, hours=3, minutes=9), "1 d 3 h", "1天3小时"),
    ],
)
def test_a_length_of_time_is_cut_to_two_units(span: timedelta, en: str, zh: str):
    """As a person would say it."""
    assert (duration(span, Lang.EN), duration(span, Lang.ZH)) == (en, zh)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("1 workdays", "1 workday", "1个工作日"),
        ("120 work_minutes", "2 working hours", "2个工作时"),
        ("1 work_hours", "1 working hour", "1个工作时"),
        ("90 work_minutes", "90 working minutes", "90分钟（工作时间）"),
        ("240 natural_minutes + 3 workdays", "4 natural hours + 3 workdays", "4小时 + 3个工作日"),
        ("1 calendar_days", "1 calendar day", "1日"),
    ],
)
def test_a_limit_is_said_as_a_person_would(text: str, en: str, zh: str):
    """With its unit, in whole hours where it is."""
    assert (limit(text, Lang.EN), limit(text, Lang.ZH)) == (en, zh)


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [(0, "0 s", "0秒"), (3600, "1 h", "1小时"), (97_384, "27 h 3 min 4 s", "27小时3分4秒")],
)
def test_a_length_of_working_time_is_said_to_the_second(seconds: int, en: str, zh: str):
    """Without days: a working day has no 24 hours."""
    assert (exactly(seconds, Lang.EN), exactly(seconds, Lang.ZH)) == (en, zh)


def test_a_reason_of_any_list_has_its_words():
    """One that no list has is said as it is."""
    assert (reason("weather", Lang.ZH), reason("not_our_area", Lang.EN)) == ("天气", "not our area")
    assert reason("of_tomorrow", Lang.ZH) == "of_tomorrow"


def test_late_is_said_in_words():
    """Not by colour alone; and what has no deadline says so."""
    late = NOW - timedelta(minutes=5)
    assert due_in(late, NOW, Lang.EN) == "LATE 5 min"
    assert due_in(late, NOW, Lang.ZH) == "已超期 5分"
    assert due_in(None, NOW, Lang.EN) == "no deadline"
    assert due_in(NOW + timedelta(hours=1), NOW, Lang.EN, provisional=True) == "1 h (provisional)"


def test_text_does_nothing_to_a_terminal():
    """Escape sequences, line ends and direction marks are shown or dropped, never obeyed."""
    assert clean("红\x1b[31m\x00\u202e\r\nx\u3000y") == "红\ufffd[31m\ufffd\ufffd  x y"


def test_an_error_is_one_line_with_its_code_and_what_to_do():
    """Whatever the message holds."""
    assert error_line("no_receipt", "none\ncame", "try again") == "error[no_receipt]: none came — try again"


ANSWERS: list[tuple[Receipt | PipelineError, str]] = [
    (receipt(ReportSubject(source=Source.PATROL, source_no="G1")), "✓ accepted"),
    (
        receipt(
            ReportSubject(source=Source.PATROL, source_no="G1"),
            outcome=ReportOutcome.REFUSED,
            code="place_missing",
            field="place",
            allowed="an address",
            rule="contract report.place; rules 2026.11+ab12cd34",
            message_en="No place",
            case_id=None,
        ),
        "✗ refused [place_missing] No place (place; allowed: an address; rule: contract report.place)",
    ),
    (NoReceipt(3), "… sent, not answered yet"),
    (BadMessage("field_missing", "loc.crs", "WGS84"), "✗ error[field_missing]: loc.crs; allowed: WGS84"),
]


@pytest.mark.parametrize(("answer", "begins"), ANSWERS)
def test_an_answer_is_one_line_for_people_and_the_same_keys_for_programs(answer, begins: str):
    """With or without a receipt."""
    assert receipt_text.as_line(answer, Lang.EN).startswith(begins)
    keys = ["outcome", "code", "field", "allowed", "rule", "message", "case_id", "case_version", "stage"]
    assert list(receipt_text.as_json(answer, Lang.EN)) == [
        *keys,
        "team",
        "due_at",
        "due_by",
        "receipt_id",
        "at",
        "faults",
        "differs",
        "left_out",
        "ended",
        "recognised",
        "missing",
        "answer",
        "added",
    ]
