"""Who is there at an instant: shifts over midnight and new year, swaps, leave, call-outs, loans, certificates, and who has which camera."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.duty.shifts import Presence
from pipeline.core.duty.who_is_there import DutyView, day_of
from schemas.duty.duty_terms import DeviceState, LeaveReason
from schemas.duty.street_duty import (
    Absence,
    CalledOut,
    DeviceDuty,
    DeviceSpell,
    IssuedCertificate,
    Loan,
    ShiftSwap,
    StreetDuty,
    WithdrawnCertificate,
)
from tests.core.duty.duty_story import PEOPLE, local
from tests.core.known_people import certificate
from tests.core.story import STREET


def duty(**fields) -> StreetDuty:
    """What happened."""
    return StreetDuty(street=STREET, version=1, entry_id="0:1:1", **fields)


def view(at: str, **fields) -> DutyView:
    """The street at that minute."""
    return DutyView.of(PEOPLE, duty(**fields) if fields else None, local(at))


def span(begins: str, ends: str) -> Presence:
    """From then until then."""
    return Presence(local(begins), local(ends))


@pytest.mark.parametrize(
    ("officer", "at", "there"),
    [
        ("XH-001", "2026-11-24T07:59", None),
        ("XH-001", "2026-11-24T08:00", span("2026-11-24T08:00", "2026-11-24T18:00")),
        ("XH-001", "2026-11-24T18:00", None),
        ("XH-003", "2026-11-24T23:59", span("2026-11-24T20:00", "2026-11-25T08:00")),
        ("XH-003", "2026-11-25T07:59", span("2026-11-24T20:00", "2026-11-25T08:00")),
        ("XH-003", "2026-11-25T20:00", None),
        ("XH-004", "2026-12-31T23:00", span("2026-12-31T20:00", "2027-01-01T08:00")),
        ("XH-004", "2027-01-01T03:00", span("2026-12-31T20:00", "2027-01-01T08:00")),
        ("XH-007", "2026-11-24T15:00", None),
        ("XH-007", "2026-11-25T15:00", span("2026-11-25T14:00", "2026-11-25T22:00")),
        ("140100001", "2026-11-24T09:00", span("2026-11-24T08:00", "2026-11-24T18:00")),
        ("xh-001", "2026-11-24T09:00", span("2026-11-24T08:00", "2026-11-24T18:00")),
        ("XH-099", "2026-11-24T09:00", None),
        ("XH-001", "2025-12-31T09:00", None),
    ],
)
def test_who_is_planned_is_there_from_the_first_minute_to_before_the_last(officer, at, there):
    """A night shift belongs to the day on which it began, over a month's and a year's end too; before the pattern begins nobody is."""
    assert view(at).presence(officer) == there


def test_leave_takes_off_what_it_covers_and_leaves_the_rest_of_the_shift():
    """Away from eleven to twelve, an officer is there before and behind."""
    away = Absence(
        officer="XH-001",
        begins=local("2026-11-24T11:00"),
        ends=local("2026-11-24T12:00"),
        reason=LeaveReason.SICK,
    )
    assert view("2026-11-24T10:00", absences=(away,)).presence("XH-001") == span(
        "2026-11-24T08:00", "2026-11-24T11:00"
    )
    assert view("2026-11-24T11:00", absences=(away,)).presence("XH-001") is None
    assert view("2026-11-24T12:00", absences=(away,)).presence("XH-001") == span(
        "2026-11-24T12:00", "2026-11-24T18:00"
    )


def test_whoever_took_over_a_night_is_there_behind_midnight_and_the_other_is_not():
    """The swap is of the shift that begins on that day; the day behind it is as planned."""
    swap = ShiftSwap(day=date(2026, 12, 31), owner="XH-004", by="XH-001")
    night = view("2027-01-01T02:00", swaps=(swap,))
    assert night.presence("XH-004") is None
    presence = night.presence("XH-001")
    assert presence is not None
    assert presence.ends == local("2027-01-01T18:00"), "the night adjoins the day shift"
    assert view("2026-12-31T10:00", swaps=(swap,)).presence("XH-001") == span(
        "2026-12-31T08:00", "2026-12-31T18:00"
    )
    assert view("2027-01-02T21:00", swaps=(swap,)).presence("XH-004") is not None


def test_whoever_is_called_out_is_there_until_then():
    """Behind a shift it goes on; on a day off it is all there is."""
    call = CalledOut(officer="XH-001", begins=local("2026-11-24T18:00"), ends=local("2026-11-24T21:00"))
    assert view("2026-11-24T19:00", call_outs=(call,)).presence("XH-001") == span(
        "2026-11-24T08:00", "2026-11-24T21:00"
    )
    off = CalledOut(officer="XH-007", begins=local("2026-11-24T16:10"), ends=local("2026-11-24T18:00"))
    assert view("2026-11-24T17:00", call_outs=(off,)).presence("XH-007") == span(
        "2026-11-24T16:10", "2026-11-24T18:00"
    )


def test_whoever_is_lent_works_there_and_may_act_for_both():
    """While it lasts; the own team finds them no more among its people."""
    loan = Loan(
        officer="XH-006", team="area-east", begins=local("2026-11-24T08:00"), ends=local("2026-11-24T12:00")
    )
    lent = view("2026-11-24T09:00", loans=(loan,))
    assert lent.teams_of("XH-006") == ("city-appearance", "area-east")
    assert [officer.id for officer in lent.on_duty("area-east")] == ["XH-001", "XH-002", "XH-006"]
    assert lent.on_duty("city-appearance") == ()
    back = view("2026-11-24T12:00", loans=(loan,))
    assert back.teams_of("XH-006") == ("city-appearance",)
    assert [officer.id for officer in back.on_duty()] == ["XH-001", "XH-002", "XH-006"]


@pytest.mark.parametrize(
    ("officer", "matter", "day", "number"),
    [
        ("XH-001", "SR-001", "2026-11-24", "140100001"),
        ("XH-002", "SR-001", "2026-11-24", "140100002"),
        ("XH-002", "SW-001", "2026-11-24", None),
        ("XH-002", None, "2026-11-24", "140100002"),
        ("XH-004", "SR-001", "2026-11-24", "140100004"),
        ("XH-004", "SR-001", "2026-11-25", None),
        ("XH-006", "SR-001", "2026-11-24", None),
        ("XH-001", "SR-001", "2025-12-31", None),
    ],
)
def test_a_certificate_counts_on_its_days_and_in_its_matters(officer, matter, day, number):
    """The last day is one of them; a comprehensive one covers all."""
    found = view("2026-11-24T09:00").certificate_for(officer, matter, date.fromisoformat(day))
    assert (found.number if found else None) == number


def test_certificates_issued_and_withdrawn_since_the_file_count_as_they_are_now():
    """A new one names its bearer, a renewed one takes the old one's place, a withdrawn one is none from that day on."""
    issued = (
        IssuedCertificate(officer="XH-006", certificate=certificate("140100066")),
        IssuedCertificate(officer="XH-004", certificate=certificate("140100004", "2028-12-31")),
    )
    gone = (WithdrawnCertificate(number="140100001", at=local("2026-11-24T12:00"), until=date(2027, 12, 31)),)
    now = view("2026-11-24T13:00", issued=issued, withdrawn=gone)
    officer = now.officer("140100066")
    assert officer is not None
    assert officer.id == "XH-006"
    assert now.certificate_for("XH-006", "SR-001") is not None
    renewed = now.certificate_for("XH-004", "SR-001", date(2028, 1, 1))
    assert renewed is not None
    assert now.certificate_for("XH-001", "SR-001") is None
    assert now.certificate_for("XH-001", "SR-001", date(2026, 11, 23)) is not None


def test_who_had_a_camera_is_known_for_past_instants_too():
    """From when it went out until before it came back; a file's camera of which nothing is known is in."""
    spells = (
        DeviceSpell(holder="XH-001", out_at=local("2026-11-23T08:00"), back_at=local("2026-11-23T18:00")),
        DeviceSpell(holder="XH-002", out_at=local("2026-11-24T08:00")),
    )
    out = DeviceDuty(device="CAM-01", state=DeviceState.OUT, since=local("2026-11-24T08:00"), spells=spells)
    now = view("2026-11-24T09:00", devices=(out,))
    assert now.holder_of("CAM-01") == "XH-002"
    assert now.holder_of("CAM-01", local("2026-11-23T17:59")) == "XH-001"
    assert now.holder_of("CAM-01", local("2026-11-23T18:00")) is None
    assert [carried.device.id for carried in now.carried_by("140100002")] == ["CAM-01"]
    assert now.carried_by("XH-001") == ()
    resting = now.device("CAM-03")
    assert resting is not None
    assert (resting.state, resting.holder) == ("in", None)
    assert resting.is_calibrated(date(2026, 11, 24))
    assert not resting.is_calibrated(date(2026, 11, 25))
    assert now.device("CAM-99") is None


def test_who_qualifies_is_there_now_or_it_is_said_from_when_on():
    """On duty with a certificate for the matter; else the first of the team who will be, and None where nobody will."""
    assert [officer.id for officer in view("2026-11-24T09:00").qualified("area-east", "SW-001")] == ["XH-001"]
    assert view("2026-11-24T09:00").next_qualified("area-east", "SW-001") == local("2026-11-24T09:00")
    assert view("2026-11-24T06:00").next_qualified("city-appearance", "SR-001") == local("2026-11-24T14:00")
    assert view("2026-11-24T22:00").next_qualified("city-appearance", "SR-001") == local("2026-11-25T14:00")
    away = Absence(
        officer="XH-005",
        begins=local("2026-11-24T00:00"),
        ends=local("2026-11-26T15:00"),
        reason=LeaveReason.LEAVE,
    )
    assert view("2026-11-24T09:00", absences=(away,)).next_qualified("city-appearance", "SR-001") == local(
        "2026-11-26T15:00"
    )
    assert view("2026-11-24T09:00").next_qualified("utilities", "SR-001") is None


MINUTES = st.datetimes(datetime.fromisoformat("2026-11-20"), datetime.fromisoformat("2027-01-05")).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
OFFICERS = st.sampled_from(sorted(PEOPLE.officers))


@st.composite
def spans(draw):
    """Some hours or days."""
    begins = draw(MINUTES)
    return begins, begins + timedelta(minutes=draw(st.integers(1, 3 * 24 * 60)))


@st.composite
def duties(draw):
    """Anything that may have happened, sensible or not."""
    away = [
        Absence(officer=draw(OFFICERS), begins=begins, ends=ends, reason=LeaveReason.LEAVE)
        for begins, ends in draw(st.lists(spans(), max_size=4))
    ]
    calls = [
        CalledOut(officer=draw(OFFICERS), begins=begins, ends=ends)
        for begins, ends in draw(st.lists(spans(), max_size=3))
    ]
    days = st.dates(date(2026, 12, 28), date(2027, 1, 3))
    swapped = draw(st.lists(st.tuples(days, OFFICERS, OFFICERS), max_size=4))
    swaps = {
        (day, owner): ShiftSwap(day=day, owner=owner, by=by) for day, owner, by in swapped if owner != by
    }
    return duty(absences=tuple(away), call_outs=tuple(calls), swaps=tuple(swaps.values()))


def is_there(state: StreetDuty, officer: str, at: datetime) -> bool:
    """The same, said simply: minute by minute, without joining anything."""
    if any(one.officer == officer and one.begins <= at < one.ends for one in state.absences):
        return False
    if any(one.officer == officer and one.begins <= at < one.ends for one in state.call_outs):
        return True
    for day in (day_of(at) - timedelta(days=1), day_of(at)):
        for owner in PEOPLE.officers.values():
            done_by = next((s.by for s in state.swaps if (s.day, s.owner) == (day, owner.id)), owner.id)
            shift = PEOPLE.planned(owner, day)
            if done_by == officer and shift is not None and shift.on(day).holds(at):
                return True
    return False


@given(duties(), OFFICERS, MINUTES)
def test_presence_is_what_it_is_minute_by_minute(state, officer, at):
    """Whatever happened: there or not is the same as by the plain words, and all of a presence is one presence."""
    now = DutyView.of(PEOPLE, state, at)
    presence = now.presence(officer)
    assert (presence is not None) == is_there(state, officer, at)
    if presence is not None:
        last = presence.ends - timedelta(minutes=1)
        assert now.presence(officer, presence.begins) is not None
        assert is_there(state, officer, presence.begins)
        assert is_there(state, officer, last)
        assert not is_there(state, officer, presence.ends) or presence.ends - presence.begins > timedelta(
            days=2
        )


@given(duties(), st.sampled_from(["area-east", "city-appearance"]), MINUTES)
def test_whoever_is_said_to_come_is_then_there_and_nobody_sooner(state, team, at):
    """At the instant that is named somebody qualifies; a minute before nobody did."""
    begins = DutyView.of(PEOPLE, state, at).next_qualified(team, "SR-001")
    assert begins is not None
    assert begins >= at
    assert DutyView.of(PEOPLE, state, begins).qualified(team, "SR-001")
    if begins > at:
        assert not DutyView.of(PEOPLE, state, begins - timedelta(minutes=1)).qualified(team, "SR-001")
