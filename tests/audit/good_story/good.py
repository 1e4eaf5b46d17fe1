"""A log in which everything happens that can, and all of it as it should: what the faults are planted in."""

from datetime import timedelta
from functools import cache

from pipeline.audit.log.checkpoint import Checkpoint
from schemas import topics
from schemas.journal.events import CaseOpened, ReportMerged
from schemas.values.terms import EvidenceKind
from schemas.wire.retried_letter import RETRY_OF
from tests.audit.good_story.good_duty import handled_next_door, on_duty_next_door
from tests.audit.good_story.good_penalties import (
    decided_again,
    elsewhere,
    pulled_down,
    seized,
    spared_and_published,
)
from tests.audit.logs import MemoryLog, audited, story_log
from tests.core.correcting import done_instead, ordered_to_correct
from tests.core.proceedings import NOTICE_5000, on_site, taken
from tests.core.story import NEIGHBOUR, STREET, Story, encode, sha


@cache
def seen_before() -> dict[int, Checkpoint]:
    """What an audit saw when the half of it was written."""
    log = good_log()
    entries = log.topics[topics.JOURNAL]
    until = entries[len(entries) // 2].timestamp_ms
    log.topics = {name: [r for r in there if r.timestamp_ms <= until] for name, there in log.topics.items()}
    return audited(log, replayed=False).checkpoints


def in_a_grid(number: int) -> dict[str, object]:
    """Such a place whose grid is known, so that its own squad may claim a case there."""
    return {"point": {"lon": 112.5, "lat": 37.87 + number / 500, "crs": "WGS84"}}


@cache
def good_story() -> Story:
    """Some weeks of a street: every turn of the loop, timers that fire, cases that are retired, and mistakes of senders."""
    story = taken(on_site(), NOTICE_5000)
    seized(story)
    _answered_twice(story)
    _reworked_and_reopened(story)
    _claimed_once(story)
    _merged_and_split(story)
    _ended_otherwise(story)
    _stood_and_extended(story)
    _jointly(story)
    _joined_and_contradicted(story)
    _suspected(story)
    _photographed(story)
    _never_decided(story)
    _secret(story)
    _told_more(story)
    _due_by_the_hotline(story)
    spared_and_published(story)
    pulled_down(story)
    decided_again(story)
    _of_the_district(story)
    ordered_to_correct(story)
    done_instead(story)
    _demanding(story)
    _of_another_street(story)
    on_duty_next_door(story)
    story.wait(days=36)
    story.on_duty("hand_out", street=NEIGHBOUR, device="CAM-01", officer="XH-001")
    _without_key(story)
    _pushed_again_years_later(story)
    handled_next_door(story)
    story.report(source="patrol", caller=None, place=in_a_grid(2)).path("claim", "sign").wait(days=5)
    story.path("report", "sign")
    return story


@cache
def _good_log() -> MemoryLog:
    return story_log(good_story())


def good_log() -> MemoryLog:
    """A copy that may be spoilt."""
    return _good_log().copy()


@cache
def _small_log() -> MemoryLog:
    story = Story()
    _answered_twice(story)
    _merged_and_split(story)
    _ended_otherwise(story)
    return story_log(story)


def small_log() -> MemoryLog:
    """A morning of it, for tests that audit it often."""
    return _small_log().copy()


def _answered_twice(story: Story) -> None:
    """Copies, mistakes and rubbish: each is answered."""
    story.report(source_no="TWICE", place=elsewhere(1)).again()
    story.act("sign").again()
    story.act("sign", expected_version=1)
    _half_empty(story)
    story.report(matter="ZZ-999").report(street="140109999", place=elsewhere(1))
    story.push_bytes(topics.REPORTS, STREET.encode(), b"{rubbish")
    letter = f"{story.last.entry.entry_id}:deadletter:0"
    story.push_bytes(topics.REPORTS, STREET.encode(), b"{rubbish", [(RETRY_OF, letter.encode())])
    discard = {"action": "discard_letter", "action_id": "X1", "letter": letter, "by": "W1", "why": "乱码"}
    story.push_bytes(topics.ACTIONS, None, encode(discard | {"acted_at": story.now.isoformat()}))
    story.push_bytes(topics.ACTIONS, STREET.encode(), b'{"action": "fly"}')
    story.act("arrive", officers=["O1"])


def _of_the_district(story: Story) -> None:
    """One order is doubted, and is there; it is supervised, found hard, and is over when the district agrees. Another is not there."""
    story.report(place=elsewhere(31)).path(
        "doubt", "check", "supervise", "assign", "sign", "arrive", "raise_hard"
    )
    story.path("dispose", "answer", "end_supervision", "pass", "call")
    story.report(place=elsewhere(33)).path("doubt", "reject")
    story.report(place=elsewhere(47)).path("sign", "arrive").wait(hours=48).path("dispose", "pass")
    story.act("call_back", satisfied=False).path("appeal", "lift")
    story.act("appeal", demerit="unsatisfied").act("decide", request="appeal", granted=False)


def _half_empty(story: Story) -> None:
    """A report full of placeholders, again under another writing of its number, and one with no number at all."""
    content: dict[str, object] = {
        "place": {**elsewhere(21), "point": {"lon": 0, "lat": 0, "crs": "WGS84"}},
        "reporter": "null",
        "occurred_at": "1970-01-01T08:00:00+08:00",
        "caller": {"name": "和平", "phone": "无"},
        "evidence": [{"sha256": sha(""), "kind": "photo", "taken_at": story.now.isoformat()}],
    }
    story.report(source_no="晋城管〔2026〕12号", **content).report(source_no="晋城管(2026)12号", **content)
    story.report(source_no="-", **content)


def _joined_and_contradicted(story: Story) -> None:
    """An urgent report raises a case; it is told of again after its disposal, before it is verified and before it is called about."""
    story.report(matter="YQ-001", place=elsewhere(20)).wait(minutes=9)
    story.report(matter="YQ-001", place=elsewhere(20), urgency="critical")
    story.path("sign", "arrive", "dispose").wait(minutes=9)
    story.report(matter="YQ-001", place=elsewhere(20), source_no="AFTER")
    story.act("verify").act("verify", answer="已复查").wait(minutes=9)
    story.report(matter="YQ-001", place=elsewhere(20), caller={"name": "李测试", "phone": "13800000002"})
    story.act("call_back").act("call_back", answer="均已回访")


def _secret(story: Story) -> None:
    """Somebody who wants to stay secret says at which door it is, and is called back."""
    secret = {"name": "李测试", "phone": "13800000009", "secret": True}
    place = {"address": "学苑街31号2单元501室", "point": {"lon": 112.51234, "lat": 37.87654, "crs": "WGS84"}}
    story.report(place=place, text="楼上501室油烟扰民", caller=secret).path("sign", "arrive", "dispose")


def _suspected(story: Story) -> None:
    """Three times a case is likely one with another: it is not, then it is, and then the other ends before anybody says."""
    litter: dict[str, object] = {"matter": "SR-008", "caller": None}
    for number, (name, said) in enumerate((("丽华苑", False), ("康乐苑", True), ("文华苑", None)), 41):
        there = {"address": f"{name}小区", "grid": f"{STREET}001001"}
        first = litter | {"place": there, "text": "垃圾堆了三天"}
        story.report(**first).wait(minutes=3)
        host = story.case_id
        again = {"place": elsewhere(number), "text": f"{name}北门没人收拾"}
        story.report(**litter | again).wait(minutes=3)
        assert story.case.request is not None
        assert story.case.request.into == host
        if said is not None:
            seat = {"id": "seat-1", "role": "dispatcher"}
            story.act("decide", actor=seat, granted=said)
        if said is False:
            story.act("sign").act("suspend").wait(minutes=3)
        if said is None:
            story.act("void", case_id=host).act("decide", case_id=host, request="void")


def _photographed(story: Story) -> None:
    """Two callers send one photo, a third one of tomorrow; then a report with a photo of its own is split off."""
    photo = {"sha256": sha("stall"), "kind": "photo_before", "taken_at": story.now.isoformat()}
    later = {"sha256": sha("clock"), "kind": "photo", "taken_at": (story.now + timedelta(days=1)).isoformat()}
    story.report(place=elsewhere(21), evidence=[photo]).path("sign", "arrive", "dispose")
    story.wait(minutes=1).report(place=elsewhere(22), evidence=[photo, later]).path(
        "sign", "arrive", "dispose"
    )
    own = {"sha256": sha("own"), "kind": "photo", "taken_at": story.now.isoformat()}
    story.report(place=elsewhere(22), source_no="ALSO", evidence=[own], matter="SR-001").wait(minutes=1)
    story.act("split", source="12345", source_no="ALSO")


def _pushed_again_years_later(story: Story) -> None:
    """Of cases that are kept no longer: the same record, the number with another content, and actions that come too late."""
    story.wait(days=31)
    gone = {case_id for outcome in story.outcomes for case_id in outcome.retired}
    told = [
        (event, story.pushed[outcome.entry.cause.offset][0])
        for outcome in story.outcomes
        for event in outcome.entry.events
        if isinstance(event, CaseOpened | ReportMerged) and event.case_id in gone
    ]
    for kind in (CaseOpened, ReportMerged):
        record = next(record for event, record in told if isinstance(event, kind))
        story.push_bytes(record.topic, record.key, record.value)
    event = told[-1][0]
    story.report(source_no=event.report.source_no, text="又有人占道")
    story.act("sign", case_id=event.case_id).act("sign", case_id=f"{STREET}-0000000000000")


def _told_more(story: Story) -> None:
    """One order comes again and again: with more, urged, urgent, about something else, withdrawn, and after its end; so does one that
    joined a case, one whose case was merged by hand, and one of which nobody knew what it was about."""
    again: dict[str, object] = {"source_no": "MORE", "place": elsewhere(26)}
    photo = {"sha256": sha("more"), "kind": "photo", "taken_at": story.now.isoformat()}
    story.wait(minutes=3).report(**again, caller=None).report(
        **again, text="又来了一辆车", evidence=[photo]
    ).again()
    story.wait(minutes=5).report(**again, mark="urged").report(**again, urgency="critical")
    story.report(**again, matter="SZ-001").act("decide").report(
        source_no="MORE", matter="SZ-001", place=elsewhere(30)
    )
    story.act("decide", granted=False).report(**again, mark="withdrawn").act("decide")
    story.report(**again, mark="urged", text="怎么终止了").wait(minutes=9)
    story.report(place=elsewhere(27)).report(source_no="JOINS", place=elsewhere(27))
    other = {"sha256": sha("joins"), "kind": "photo", "taken_at": story.now.isoformat()}
    story.report(source_no="JOINS", place=elsewhere(27), evidence=[photo, other], urgency="urgent")
    story.report(source_no="PARTLY", place=elsewhere(28)).wait(minutes=2)
    part = story.case_id
    story.report(place=elsewhere(29)).act("merge", case_id=part, into=story.case_id)
    story.report(source_no="PARTLY", place=elsewhere(28), mark="urged")
    story.report(source_no="UNCLEAR", matter=None, place={}, text="那个事情你们管一下吧").wait(minutes=4)
    story.report(source_no="UNCLEAR", place=elsewhere(31), urgency="urgent")


def _due_by_the_hotline(story: Story) -> None:
    """Two orders with deadlines of the hotline's of one thing, the one pushed again and split off; it rests, and the hotline gives it more time."""
    due = {name: {"due_at": (story.now + timedelta(days=days)).isoformat()} for name, days in _DUE.items()}
    there: dict[str, object] = {"matter": "SR-004", "place": elsewhere(51)}
    story.report(source_no="DUE", **there, order=due["DUE"]).wait(minutes=3)
    host = story.case_id
    story.report(source_no="SOONER", **there, order=due["SOONER"]).wait(minutes=3)
    story.report(source_no="SOONER", **there, order=due["SOONER"] | due["LATER"]).wait(minutes=3)
    story.act("split", source="12345", source_no="SOONER").wait(minutes=3)
    story.act("merge", into=host).wait(minutes=3)
    story.act("sign", case_id=host, actor={"id": "O1", "role": "team", "team": "city-appearance"})
    assert story.answer == "accepted"
    again = {"case_id": host, "actor": {"id": "O1", "role": "team", "team": "city-appearance"}}
    story.act("suspend", **again).act("decide", case_id=host).wait(days=2, minutes=1)
    story.act("extend", **again, more="3 workdays")
    story.act("decide", case_id=host, actor={"id": "H7", "role": "hotline"})
    assert story.answer == "accepted"


_DUE = {"DUE": 4, "SOONER": 2, "LATER": 3}
"""In so many days."""


def _demanding(story: Story) -> None:
    """Two callers want what nobody can give: the hotline agrees once, and once it does not, so that the team goes again."""
    for number, granted in ((60, True), (61, False)):
        story.report(place=elsewhere(number)).path("sign", "contact", "arrive", "dispose", "pass", "demand")
        story.wait(minutes=5).act("decide", request="unreasonable", granted=granted)
        assert story.answer == "accepted"
    story.path("sign", "arrive", "dispose", "pass", "call")


def _of_another_street(story: Story) -> None:
    """A case that two have reported is the neighbour's, which goes on with it by the deadline that was extended; its order comes again here."""
    story.report(source_no="NEXT", place=elsewhere(72))
    first = story.pushed[-1][0]
    story.wait(minutes=3).report(source_no="NEXT-2", source="12319", place=elsewhere(72))
    story.path("sign", "extend").wait(minutes=9).act("move").hand_on()
    assert [report.source_no for report in story.case.reports] == ["NEXT", "NEXT-2"]
    story.path("sign", "contact", "arrive", "dispose", "pass", "call")
    story.push_bytes(first.topic, first.key, first.value)
    story.report(place=elsewhere(73)).act("move").hand_on()


def _never_decided(story: Story) -> None:
    """Asked for and decided by nobody: at its own end it lapses; others do when officers arrive, and when the case rests."""
    story.report(place=elsewhere(23), matter="SZ-001").path("sign", "ask").act("extend").wait(days=4)
    story.act("decide")
    story.report(place=elsewhere(24), matter="SZ-001").path("sign", "object").act("void").path("arrive")
    story.act("terminate").act("suspend").act("decide").act("decide", request="suspension")
    story.report(place=elsewhere(25), matter="SZ-001").path("object", "return")


def _without_key(story: Story) -> None:
    """A report that has no key goes the way round."""
    keyed = encode(
        {
            "source": "12345",
            "source_no": "KEYLESS",
            "street": STREET,
            "matter": "SR-001",
            "reported_at": story.now.isoformat(),
            "place": elsewhere(19),
            "text": "店外堆物",
        }
    )
    story.push_bytes(topics.REPORTS, None, keyed).hop()


def _reworked_and_reopened(story: Story) -> None:
    """One case there and back, with the versions that its people saw."""
    story.report(place=elsewhere(2)).wait(minutes=3).act("return")
    story.act("sign", expected_version=story.case.version)
    story.path("arrive", "dispose", "fail", "arrive", "dispose", "pass")
    story.act("call_back", reached=False).path("unsolved", "sign", "arrive", "dispose", "pass", "call")
    story.act("reopen").path("sign", "arrive", "dispose", "pass", "call")


def _claimed_once(story: Story) -> None:
    """The first wins; a find that was dealt with on the spot needs nobody; an alarm is looked at first."""
    story.report(source="patrol", caller=None, place=in_a_grid(3))
    second = story.case.task.offered_to[1]
    story.path("claim").act("claim", actor={"id": "X1", "role": "team", "team": second})
    story.path("sign", "arrive", "dispose", "pass")
    story.report(source="patrol", caller=None, place=in_a_grid(4)).wait(days=1)
    photo = {"sha256": sha("done"), "kind": EvidenceKind.PHOTO_AFTER.value, "taken_at": story.now.isoformat()}
    story.report(source="patrol", caller=None, place=elsewhere(5), self_disposed=True, evidence=[photo])
    story.path("pass")
    story.report(source="monitor", caller=None, place=elsewhere(6)).path("check")
    story.report(source="monitor", caller=None, place=elsewhere(7)).path("reject")


def _merged_and_split(story: Story) -> None:
    """Told again, merged by hand, and what was merged wrongly taken apart."""
    story.report(source_no="HOST", place=elsewhere(8))
    host = story.case_id
    story.wait(minutes=9).report(source_no="AGAIN", place=elsewhere(8))
    story.act("split", source="12345", source_no="AGAIN")
    story.report(source_no="PART", place=elsewhere(9)).wait(minutes=2).act("merge", into=host)
    story.act("split", case_id=host, source="12345", source_no="PART")
    story.report(source_no="GONE", place=elsewhere(10)).wait(minutes=2).act("merge", into=host)


def _ended_otherwise(story: Story) -> None:
    """Void, not accepted, sent back, transferred, terminated, redirected."""
    story.report(place=elsewhere(11)).path("void")
    story.report(place=elsewhere(33)).path("decline")
    story.report(place=elsewhere(34)).path("sign", "send_back")
    story.report(place=elsewhere(12)).path("sign", "transfer")
    story.report(place=elsewhere(13)).path("terminate")
    story.report(place=elsewhere(55), matter="SZ-003").act("dispatch", team="pipeline-owner")
    story.report(place=elsewhere(14)).path("object")
    story.act("decide")
    story.path("sign", "arrive")
    story.act("progress")
    story.act("contact", reached=False).wait(hours=2).path("contact")


def _stood_and_extended(story: Story) -> None:
    """Suspended until its time was over, extended with its stages, suspended when late, and then up to the top of its ladder; the
    hotline's deadline of another comes while it rests."""
    story.report(place=elsewhere(15), matter="SZ-001").path("sign", "extend", "suspend").wait(days=3)
    story.report(place=elsewhere(16), matter="WJ-001").path("sign", "arrive")
    story.act("reach_stage").path("extend", "suspend").wait(minutes=7).path("resume").wait(days=1)
    story.path("suspend").wait(days=2).wait(days=8)
    wanted = {"due_at": (story.now + timedelta(days=1)).isoformat()}
    story.report(place=elsewhere(40), matter="SZ-001", order=wanted).path("sign", "suspend").wait(days=1)


def _jointly(story: Story) -> None:
    """Partners that come, and one that need not."""
    story.report(place=elsewhere(17), matter="SZ-001").path("sign", "arrive", "whistle")
    for status in ("responded", "arrived", "done"):
        story.wait(minutes=20).act("joint_step", status=status)
    story.path("dispose")
    story.act("settle").path("dispose", "pass", "call")
