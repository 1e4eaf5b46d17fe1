"""`enforcement duty`: who and what is there, as planned and as it came, for people in both languages and for programs."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from pipeline.cli import commands
from pipeline.core.duty.who_is_there import DutyView
from pipeline.edge.duty.duty_board import duty_board
from pipeline.edge.duty.duty_text import duty_json, duty_lines
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.words.language import Lang
from pipeline.words.spoken import speak
from schemas import topics
from schemas.duty.duty_terms import DeviceState, LeaveReason
from schemas.duty.street_duty import (
    Absence,
    CalledOut,
    DeviceDuty,
    DeviceSpell,
    Loan,
    StreetDuty,
    WithdrawnCertificate,
)
from schemas.wire import codecs
from tests.edge.played import Log, Written

STREET = "140109004"
RULES = load_rules(RULES_DIR)


def at(text: str) -> datetime:
    """A time of November 2026 in Shanghai."""
    return datetime.fromisoformat(f"2026-11-{text}+08:00").astimezone(UTC)


NINE = at("24T09:00")
HAPPENED = StreetDuty(
    street=STREET,
    version=1,
    entry_id="0:1:1",
    absences=(
        Absence(officer="XH-031", begins=at("24T00:00"), ends=at("27T00:00"), reason=LeaveReason.SICK),
    ),
    call_outs=(CalledOut(officer="XH-032", begins=at("24T08:30"), ends=at("24T12:00")),),
    loans=(Loan(officer="XH-002", team="emergency", begins=at("24T08:00"), ends=at("25T08:00")),),
    withdrawn=(
        WithdrawnCertificate(
            number="SX140109-0002", at=at("24T08:00"), until=datetime(2031, 10, 31, tzinfo=UTC).date()
        ),
    ),
    devices=(
        DeviceDuty(
            device="XH-BWC-01",
            state=DeviceState.OUT,
            since=at("24T08:40"),
            spells=(DeviceSpell(holder="XH-035", out_at=at("24T08:40")),),
        ),
        DeviceDuty(device="XH-BWC-02", state=DeviceState.BROKEN, since=at("23T16:00")),
    ),
)


def lines(duty: StreetDuty | None, team: str | None, lang: Lang) -> list[str]:
    """What is printed."""
    speak(lang)
    board = duty_board(RULES.streets[STREET], DutyView.of(RULES.people[STREET], duty, NINE), team)
    return list(duty_lines(board, planned=duty is None))


def test_a_team_as_planned_is_told_with_the_next_change():
    """Who is there, from when until when, and how many there are then; the devices are in store."""
    assert lines(None, "emergency", Lang.EN) == [
        "Xinghua Street 140109004 at 2026-11-24 09:00+08:00: 2 of 8 on duty",
        "as the rules plan it, without what happened since",
        "",
        "emergency Emergency and fire group: 2 of 8 on duty; from 20:00 on 2",
        "  XH-031  08:00 – 20:00  leader",
        "  XH-035  08:00 – 20:00",
    ]


def test_what_happened_since_is_told_in_chinese_too():
    """One is ill, one was called out, one is lent and has lost the certificate, a camera is out."""
    assert lines(HAPPENED, "emergency", Lang.ZH) == [
        "兴华街道 140109004，2026-11-24 09:00+08:00：在岗3人，共9人",
        "",
        "emergency 应急消防组：在岗3人，共9人；12:00 起2人",
        "  XH-002  08:30 – 17:30  由 city-appearance 借调，无执法证",
        "  XH-032  08:30 – 12:00  组长",
        "  XH-035  08:00 – 20:00                                     XH-BWC-01",
        "",
        "30日内到期或已失效的执法证",
        "  XH-002  city-appearance  SX140109-0002  2031-10-31  已失效",
        "",
        "执法记录仪1台（领用1台）",
        "  XH-BWC-01  领用  XH-035  08:40 起",
    ]


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("24T19:59", "  XH-BWC-01  领用  XH-035  08:40 起"),
        ("24T20:00", "  XH-BWC-01  领用  XH-035  08:40 起  20:00 已下班，尚未归还"),
        ("25T09:00", "  XH-BWC-01  领用  XH-035  11-24 08:40 起  11-24 20:00 已下班，尚未归还"),
        ("25T20:30", "  XH-BWC-01  领用  XH-035  11-24 08:40 起"),
        ("28T07:30", "  XH-BWC-01  领用  XH-035  11-24 08:40 起  11-26 08:00 已下班，尚未归还"),
    ],
)
def test_a_camera_that_is_out_after_its_shift_is_told_until_it_is_back(time, told):
    """From the end of the shift on, and not while whoever has it is on duty again."""
    speak(Lang.ZH)
    view = DutyView.of(RULES.people[STREET], HAPPENED, at(time))
    board = duty_board(RULES.streets[STREET], view, "emergency")
    assert told in [*duty_lines(board, planned=False)]
    (row,) = [row for row in duty_json(board) if row["what"] == "device"]
    assert (row["kept_on"], row["off_since"] is not None) == ("已下班" in told, "已下班" in told)


def test_a_camera_of_somebody_long_away_is_told_without_a_time():
    """Ill for a month: when the last shift ended is too long ago to be told."""
    speak(Lang.ZH)
    ill = Absence(officer="XH-035", begins=at("01T00:00"), ends=at("30T09:00"), reason=LeaveReason.SICK)
    view = DutyView.of(RULES.people[STREET], replace(HAPPENED, absences=(ill,)), at("29T12:00"))
    told = [*duty_lines(duty_board(RULES.streets[STREET], view, "emergency"), planned=False)]
    assert "  XH-BWC-01  领用  XH-035  11-24 08:40 起  已下班，尚未归还" in told


def test_the_street_is_told_as_rows_for_programs():
    """The same, a line for each thing, with its kind."""
    view = DutyView.of(RULES.people[STREET], HAPPENED, NINE)
    rows = list(duty_json(duty_board(RULES.streets[STREET], view)))
    assert json.loads(json.dumps(rows[0]))["devices"] == {
        "camera": {"in": 28, "out": 1, "broken": 1},
        "vehicle": {"in": 8},
    }
    (lending,) = [row for row in rows if row.get("team") == "city-appearance" and row["what"] == "team"]
    on_duty = lending["on_duty"]
    assert isinstance(on_duty, list)
    assert (lending["people"], len(on_duty)) == (7, 5)
    assert [(row["device"], row["state"], row["holder"]) for row in rows if row["what"] == "device"] == [
        ("XH-BWC-01", "out", "XH-035"),
        ("XH-BWC-02", "broken", None),
    ]


@pytest.mark.parametrize(
    ("day", "number"),
    [("2029-03-01", None), ("2029-03-02", "SX140109-0003"), ("2029-04-01", "SX140109-0003")],
)
def test_a_certificate_that_ends_within_thirty_days_is_named(day, number):
    """From thirty days before its last day on, and afterwards as one that counts no more."""
    noon = datetime.fromisoformat(f"{day}T12:00:00+08:00")
    board = duty_board(RULES.streets[STREET], DutyView.of(RULES.people[STREET], None, noon))
    found = {row.number: row.is_valid for row in board.ending}
    assert (number in found) == (number is not None)
    assert found.get("SX140109-0003", True) == (day < "2029-04-01")


def test_the_command_reads_what_happened_from_the_log(log: Log):
    """The state of the street stands among the cases, under a key of its own; without it, it is as planned."""
    line = ("duty", "--rules", str(RULES_DIR), "--team", "emergency", "--at", "2026-11-24T09:00+08:00", "--json", "--brokers",
            log.settings.brokers, "--topic-prefix", log.settings.topic_prefix)  # fmt: skip
    before = CliRunner().invoke(commands, line)
    assert json.loads(before.stdout.splitlines()[0])["on_duty"] == 2, before.output
    key = topics.DUTY_KEY + STREET.encode()
    log.write([Written(topics.CASES, key, codecs.STREET_DUTY.encode(HAPPENED), street=STREET)])
    after = CliRunner().invoke(commands, line)
    assert json.loads(after.stdout.splitlines()[0])["on_duty"] == 3, after.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--rules", str(RULES_DIR), "--plan", "--team", "emergancy"), 2, "error[unknown_team]"),
        (("--rules", str(RULES_DIR), "--plan", "--street", "140109777"), 2, "error[unknown_street]"),
        (
            ("--rules", str(RULES_DIR), "--plan", "--street", "140109001"),
            1,
            "error[nobody_known]: no people of 140109001",
        ),
        (("--plan",), 1, "error[nobody_known]: no people of any street in these rules"),
    ],
)
def test_what_nobody_knows_is_said(words, code, said):
    """A team or street that there is not, and a street, or rules, without people."""
    ran = CliRunner().invoke(commands, ("duty", *words))
    assert (ran.exit_code, said in ran.output) == (code, True), ran.output
