"""What is done about people and devices: each action in its order, what it is refused for, and that nothing is done twice."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.core.partition import Partition
from pipeline.core.rules.meanings.duty_meanings import DUTY_MEANINGS
from pipeline.core.rules.refusals import meaning_of
from schemas import topics
from schemas.duty.duty_terms import DeviceState
from schemas.partitioning import partition_of
from schemas.wire import codecs, envelope
from tests.core.duty.duty_story import KNOWN_PEOPLE, DutyStory, local
from tests.core.known_people import people_of
from tests.core.story import CHIEF, KEY, STREET, Story, encode

NOON, EVENING = "2026-11-24T12:00:00+08:00", "2026-11-24T20:00:00+08:00"
LEADER = {"id": "L1", "role": "team", "team": "area-east"}


def certificate(**changes) -> dict[str, object]:
    """What a certificate says, as it is pushed."""
    return {
        "number": "140100099",
        "kind": "comprehensive",
        "organ": "测试区司法局",
        "since": "2026-01-01",
        "until": "2027-12-31",
    } | changes


def leave(**changes) -> dict[str, object]:
    """XH-001 is ill from noon to the evening."""
    return {"officer": "XH-001", "begins": NOON, "ends": EVENING, "reason": "sick"} | changes


def loan(**changes) -> dict[str, object]:
    """XH-006 helps the other team until the evening."""
    return {
        "officer": "XH-006",
        "team": "area-east",
        "begins": "2026-11-24T09:00:00+08:00",
        "ends": EVENING,
    } | changes


OUT: tuple[str, dict[str, object]] = ("hand_out", {"device": "CAM-01", "officer": "XH-001"})
NIGHT_TO_DAY = {"officer": "XH-003", "day": "2026-11-26", "other": "XH-001"}


@pytest.mark.parametrize(
    ("action", "said", "event"),
    [
        ("take_leave", leave(), "leave_taken"),
        ("swap_shift", NIGHT_TO_DAY | {"other_day": "2026-11-27"}, "shifts_swapped"),
        ("call_out", {"officer": "XH-007", "until": EVENING, "note": "保障任务"}, "officer_called_out"),
        ("lend", loan(), "officer_lent"),
        ("issue_certificate", {"officer": "XH-006", "certificate": certificate()}, "certificate_issued"),
        ("withdraw_certificate", {"number": "140100001", "note": "调离"}, "certificate_withdrawn"),
        ("hand_out", {"device": "CAR-01", "officer": "140100002"}, "device_handed_out"),
        ("mark_device", {"device": "CAM-01", "mark": "broken"}, "device_marked"),
        ("mark_device", {"device": "CAM-02", "mark": "calibrated", "until": "2027-11-23"}, "device_marked"),
    ],
)
def test_what_is_done_is_told_and_kept(action, said, event):
    """An event of its own and that it was accepted; the receipt says so; whoever takes over knows the same."""
    story = DutyStory().on_duty(action, **said)
    assert story.answer == "accepted"
    assert story.events == [event, "duty_action_accepted"]
    assert story.last.entry.street == STREET
    assert story.last.receipts[0].case_id is None
    kept = story.duty
    story.restart()
    assert story.duty == kept
    assert kept is not None
    assert (kept.version, kept.entry_id) == (1, story.last.entry.entry_id)


Row = tuple[str, tuple[tuple[str, Mapping[str, object]], ...], str, Mapping[str, object]]
REFUSED: list[Row] = [
    ("unknown_officer", (), "take_leave", leave(officer="XH-099")),
    ("span_wrong", (), "take_leave", leave(begins=EVENING, ends=NOON)),
    ("span_wrong", (), "take_leave", leave(begins="2026-11-23T08:00:00+08:00", ends="2026-11-24T08:59:00+08:00")),
    ("leave_overlaps", (("take_leave", leave()),), "take_leave", leave(reason="training")),
    ("not_on_leave", (), "end_leave", {"officer": "XH-001"}),
    ("swap_with_self", (), "swap_shift", NIGHT_TO_DAY | {"other": "XH-003"}),
    ("unknown_officer", (), "swap_shift", NIGHT_TO_DAY | {"other": "XH-099"}),
    ("swap_other_team", (), "swap_shift", NIGHT_TO_DAY | {"other": "XH-005"}),
    ("swap_uncertified", (), "swap_shift", NIGHT_TO_DAY | {"other": "XH-002"}),
    ("swap_uncertified", (), "swap_shift", {"officer": "XH-002", "day": "2026-11-26", "other": "XH-004"}),
    ("no_shift_that_day", (), "swap_shift", NIGHT_TO_DAY | {"day": "2026-11-25"}),
    ("shift_begun", (), "swap_shift", {"officer": "XH-001", "day": "2026-11-24", "other": "XH-007"}),
    ("already_on_duty", (), "swap_shift", {"officer": "XH-007", "day": "2026-11-26", "other": "XH-001"}),
    ("officer_absent", (("take_leave", leave(ends="2026-11-27T08:00:00+08:00")),), "swap_shift", NIGHT_TO_DAY),
    ("span_wrong", (), "call_out", {"officer": "XH-007", "until": "2026-11-24T08:00:00+08:00", "note": "保障"}),
    ("officer_absent", (("take_leave", leave()),), "call_out", {"officer": "XH-001", "until": EVENING, "note": "保障"}),
    ("already_on_duty", (), "call_out", {"officer": "XH-001", "until": NOON, "note": "保障"}),
    ("shift_too_long", (), "call_out", {"officer": "XH-001", "until": "2026-11-25T08:30:00+08:00", "note": "保障"}),
    ("unknown_team", (), "lend", loan(team="nobody")),
    ("lent_to_own_team", (), "lend", loan(team="city-appearance")),
    ("span_wrong", (), "lend", loan(ends="2026-11-24T08:00:00+08:00")),
    ("already_lent", (("lend", loan()),), "lend", loan(team="utilities")),
    ("not_lent", (), "end_loan", {"officer": "XH-006"}),
    ("certificate_ended", (), "issue_certificate", {"officer": "XH-006", "certificate": certificate(until="2026-11-23")}),
    ("unknown_matter", (), "issue_certificate", {"officer": "XH-006", "certificate": certificate(covers=["ZZ-999"])}),
    ("certificate_of_another", (), "issue_certificate", {"officer": "XH-006", "certificate": certificate(number="140100001")}),
    ("unknown_certificate", (), "withdraw_certificate", {"number": "140199999", "note": "调离"}),
    ("unknown_certificate", (), "withdraw_certificate", {"number": "XH-001", "note": "调离"}),
    ("certificate_withdrawn", (("withdraw_certificate", {"number": "140100001", "note": "调离"}),), "withdraw_certificate", {"number": "140100001", "note": "调离"}),
    ("unknown_device", (), "hand_out", {"device": "CAM-99", "officer": "XH-001"}),
    ("unknown_officer", (), "hand_out", {"device": "CAM-01", "officer": "XH-099"}),
    ("device_out", (OUT,), "hand_out", {"device": "CAM-01", "officer": "XH-002"}),
    ("device_uncalibrated", (), "hand_out", {"device": "CAM-02", "officer": "XH-001"}),
    ("device_broken", (("mark_device", {"device": "CAM-01", "mark": "broken"}),), *OUT),
    ("not_on_duty", (), "hand_out", {"device": "CAM-01", "officer": "XH-003"}),
    ("not_your_task", (), "hand_out", {"device": "CAM-01", "officer": "XH-006", "actor": LEADER}),
    ("device_not_out", (), "hand_back", {"device": "CAM-01"}),
    ("not_your_task", (("hand_out", {"device": "CAM-01", "officer": "XH-006"}),), "hand_back", {"device": "CAM-01", "actor": LEADER}),
    ("device_not_broken", (), "mark_device", {"device": "CAM-01", "mark": "repaired"}),
    ("device_broken", (("mark_device", {"device": "CAM-01", "mark": "broken"}),), "mark_device", {"device": "CAM-01", "mark": "broken"}),
    ("calibration_end", (), "mark_device", {"device": "CAM-01", "mark": "calibrated"}),
    ("role_not_allowed", (), "take_leave", leave(actor=LEADER)),
    ("not_your_task", (), "take_leave", leave(actor=CHIEF | {"team": "verification"})),
    ("not_your_task", (), "take_leave", leave(actor=CHIEF | {"street": "140109001"})),
    ("acted_in_future", (), "take_leave", leave(acted_at=EVENING)),
    ("unknown_street", (), "take_leave", leave(street="999999999")),
    ("people_unknown", (), "take_leave", leave(street="140109003")),
    ("id_used_otherwise", (OUT,), "hand_out", {"device": "CAM-01", "officer": "XH-002", "action_id": "D1"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "before", "action", "said"), REFUSED, ids=[f"{row[0]}-{row[2]}" for row in REFUSED]
)
def test_what_cannot_be_is_refused_with_its_reason_and_changes_nothing(code, before, action, said):
    """The code is stable, has its meaning in both languages and a rule behind it; the state stays as it was."""
    story = DutyStory()
    for name, fields in before:
        story.on_duty(name, **fields)
        assert story.answer == "accepted"
    known = story.duty
    story.on_duty(action, **said)
    assert story.answer == code
    assert story.events == ["duty_action_refused"]
    receipt = story.last.receipts[0]
    assert (receipt.message_zh, receipt.message_en) == meaning_of(code)
    assert receipt.rule
    assert story.duty == known


def test_every_reason_of_its_own_is_met_above():
    """No refusal about people and devices is left untried; that too much is noted takes hundreds."""
    assert DUTY_MEANINGS.keys() - {"duty_full"} <= {code for code, *_ in REFUSED}


def test_a_camera_goes_out_breaks_on_site_comes_back_and_is_repaired():
    """While it is out it is its officer's, broken or not; who had it when stays known."""
    story = DutyStory().on_duty(OUT[0], **OUT[1])
    story.wait(hours=1)
    story.on_duty("mark_device", device="CAM-01", mark="broken", actor={"id": "XH-001", "role": "officer"})
    broken = story.view.device("CAM-01")
    assert broken is not None
    assert (broken.state, broken.holder) == (DeviceState.BROKEN, "XH-001")
    story.wait(hours=1)
    story.on_duty("hand_back", device="CAM-01", state="broken")
    story.wait(hours=1)
    story.on_duty("mark_device", device="CAM-01", mark="repaired")
    story.on_duty("hand_out", device="CAM-01", officer="XH-002")
    now = story.view
    assert now.holder_of("CAM-01", local("2026-11-24T10:59")) == "XH-001"
    assert now.holder_of("CAM-01", local("2026-11-24T11:30")) is None
    assert now.holder_of("CAM-01") == "XH-002"


def test_whoever_has_it_repaired_on_site_has_it_still():
    """Repaired while out, it is out."""
    story = DutyStory().on_duty(OUT[0], **OUT[1])
    story.on_duty("mark_device", device="CAM-01", mark="broken").on_duty(
        "mark_device", device="CAM-01", mark="repaired"
    )
    out = story.view.device("CAM-01")
    assert out is not None
    assert (out.state, out.holder) == (DeviceState.OUT, "XH-001")


def test_leave_that_is_ended_lets_the_officer_be_there_again():
    """From that instant on; leave that had not begun is as if never taken."""
    story = DutyStory().on_duty("take_leave", **leave(begins="2026-11-24T08:00:00+08:00"))
    assert story.view.presence("XH-001") is None
    story.wait(hours=1)
    story.on_duty("end_leave", officer="XH-001")
    assert story.view.presence("XH-001") is not None
    story.on_duty("take_leave", **leave()).on_duty("end_leave", officer="XH-001")
    assert story.duty is not None
    assert [absence.ends for absence in story.duty.absences] == [local("2026-11-24T10:00")]


def test_a_swap_may_be_passed_on_and_taken_back():
    """Whoever does the shift now gives it away; back with its owner nothing is swapped."""
    story = DutyStory().on_duty("swap_shift", **NIGHT_TO_DAY)
    assert story.view.presence("XH-001", local("2026-11-26T21:00")) is not None
    assert story.view.presence("XH-003", local("2026-11-26T21:00")) is None
    story.on_duty("swap_shift", officer="XH-003", day="2026-11-26", other="XH-007")
    assert story.answer == "no_shift_that_day"
    back = DutyStory().on_duty("swap_shift", officer="XH-007", day="2026-11-27", other="XH-003")
    back.on_duty("swap_shift", officer="XH-003", day="2026-11-27", other="XH-007")
    assert back.answer == "accepted"
    assert back.duty is not None
    assert back.duty.swaps == ()


def test_nobody_is_on_duty_longer_at_a_time_than_the_street_says():
    """The night that is taken over adjoins the own day; where twenty hours are the most, that is too much."""
    people = replace(people_of(STREET), shift_hours=20)
    story = DutyStory(rules=replace(KNOWN_PEOPLE, people={STREET: people})).on_duty(
        "swap_shift", **NIGHT_TO_DAY
    )
    assert (story.answer, story.last.receipts[0].allowed) == ("shift_too_long", "20 h")


def test_a_loan_ends_sooner_when_it_is_said_so():
    """The officer is back in the own team from then on."""
    story = DutyStory().on_duty("lend", **loan())
    assert story.view.teams_of("XH-006") == ("city-appearance", "area-east")
    story.wait(hours=1)
    story.on_duty("end_loan", officer="XH-006")
    assert story.view.teams_of("XH-006") == ("city-appearance",)


def test_a_withdrawn_certificate_is_given_back_by_issuing_it_again():
    """It counts again, under its own number."""
    story = DutyStory().on_duty("withdraw_certificate", number="140100001", note="停职")
    assert story.view.certificate_for("XH-001", "SR-001") is None
    story.on_duty("issue_certificate", officer="XH-001", certificate=certificate(number="140100001"))
    assert story.view.certificate_for("XH-001", "SR-001") is not None


def test_an_action_that_comes_again_is_done_once():
    """The same receipt, and nothing changes."""
    story = DutyStory().on_duty(OUT[0], **OUT[1])
    first, known = story.last.receipts[0], story.duty
    story.wait(minutes=5)
    story.again()
    assert story.last.receipts[0] == first
    assert story.events == ["duty_action_repeated"]
    assert story.duty == known


def test_what_is_over_is_forgotten_after_some_days_and_what_lasts_is_not():
    """A week later the spell, the leave and the action are gone; a camera that is still out is not."""
    story = DutyStory().on_duty(OUT[0], **OUT[1])
    story.on_duty("hand_out", device="CAR-01", officer="XH-001")
    story.on_duty("take_leave", **leave(officer="XH-002")).on_duty("hand_back", device="CAM-01")
    story.wait(days=8)
    story.on_duty("call_out", officer="XH-003", until=(story.now.replace(hour=23)).isoformat(), note="保障")
    assert story.answer == "accepted"
    kept = story.duty
    assert kept is not None
    assert [device.device for device in kept.devices] == ["CAR-01"]
    assert kept.absences == ()
    assert [done.action_id for done in kept.actions] == ["D5"]


@pytest.mark.parametrize("mode", ["plain", "binary", "structured"])
def test_an_action_comes_in_any_of_the_three_modes(mode):
    """Plain JSON, CloudEvents in headers, or around it."""
    content = {"action": "hand_out", "action_id": "D1", "street": STREET, "actor": CHIEF, "acted_at": NOON[:11] + "09:00:00+08:00", "device": "CAM-01", "officer": "XH-001"}  # fmt: skip
    headers: list[tuple[str, bytes | None]] = []
    value = encode(content)
    if mode == "binary":
        headers = [*envelope.headers(envelope.DUTY_ACTION, "D1", NOON)]
    elif mode == "structured":
        kind = envelope.DUTY_ACTION.header[1].decode()
        value = encode({"specversion": "1.0", "type": kind, "source": "x", "id": "D1", "data": content})
    story = DutyStory()
    story.push_bytes(topics.ACTIONS, STREET.encode(), value, headers)
    assert story.answer == "accepted"


@pytest.mark.parametrize(
    ("changes", "key", "code"),
    [
        ({"officer": None}, STREET, "wrong_type"),
        ({"surprise": 1}, STREET, "unknown_field"),
        ({"reason": "hungry"}, STREET, "not_allowed"),
        ({"begins": "yesterday"}, STREET, "wrong_time"),
        ({}, "140109001", "wrong_key"),
    ],
)
def test_what_is_no_such_action_is_a_dead_letter(changes, key, code):
    """It names itself one, and is not what the contract says."""
    story = DutyStory()
    content = {
        "action": "take_leave",
        "action_id": "D1",
        "street": STREET,
        "actor": CHIEF,
        "acted_at": NOON,
    } | leave()
    story.push(topics.ACTIONS, key, content | changes)
    assert story.answer == code
    assert story.events == ["message_dead"]


def test_in_the_wrong_partition_it_is_forwarded_once_and_done_there():
    """As a report or an action on a case is."""
    right = partition_of(STREET, 4)
    story = DutyStory(partition=(right + 1) % 4)
    story.core = Partition(KNOWN_PEOPLE, KEY, "test", partitions=4)
    story.on_duty(OUT[0], **OUT[1])
    assert story.events == ["record_forwarded"]
    assert story.last.receipts[0].code == "wrong_partition"
    story.hop()
    assert story.answer == "accepted"


def test_a_note_that_speaks_of_cases_does_not_make_it_an_action_on_one():
    """What it is stands in `action`, not in its words."""
    story = DutyStory().on_duty("take_leave", **leave(note='"case_id" 与 "action"'))
    assert story.answer == "accepted"


def test_personal_numbers_in_a_note_are_masked_before_they_are_kept():
    """As in any other text."""
    story = DutyStory().on_duty("take_leave", **leave(note="请打13812345678"))
    assert b"13812345678" not in codecs.JOURNAL_ENTRY.encode(story.last.entry)


def test_a_street_without_people_works_as_before():
    """Nobody is known there, nothing is checked, and a case goes its way."""
    story = Story().report()
    assert story.core.held()[2] is not None
    assert story.answer == "accepted"


def test_the_same_again_gives_the_same_bytes():
    """Two cores that are told the same write the same journal."""

    def played() -> list[bytes]:
        story = DutyStory()
        for code, before, action, said in REFUSED:
            for name, fields in (*before, (action, said)):
                story.on_duty(name, **fields)
            story.wait(minutes=len(code))
        return [codecs.JOURNAL_ENTRY.encode(outcome.entry) for outcome in story.outcomes]

    assert played() == played()
