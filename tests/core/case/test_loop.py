"""The closed loop, told case by case."""

from datetime import UTC, datetime, timedelta

from schemas.journal.entry import TimerCause
from schemas.values.terms import CaseOutcome, Stage
from tests.core.story import HERE, Story, sha


def test_a_hotline_report_goes_the_whole_way():
    """A 12345 report is dispatched, signed, arrived at, disposed, verified, called back and closed."""
    story = Story().path("report", "sign", "arrive", "dispose", "pass", "call")
    assert story.stage is Stage.CLOSED
    assert story.case.outcome is CaseOutcome.RESOLVED
    assert [outcome.entry.counts.receipts for outcome in story.outcomes] == [1] * 7


def test_a_patrols_find_is_offered_and_claimed():
    """A patrol's find lies in the pool; the claiming team then signs, and nobody is called back."""
    story = Story().path("offer")
    assert story.events == ["case_opened", "case_accepted", "case_offered"]
    pool = {assignment.team for assignment in story.last.assignments}
    story.path("claim")
    endings = {
        assignment.team: assignment.status.value
        for assignment in story.last.assignments
        if assignment.kind.value == "offer"
    }
    assert set(endings) == pool
    assert sorted(endings.values()) == ["done", "withdrawn"]
    story.path("sign", "arrive", "dispose", "pass")
    assert (story.stage, story.case.outcome) == (Stage.CLOSED, CaseOutcome.RESOLVED)


def test_the_second_claim_is_told_who_won():
    """Two teams race for an offer: the first in the log has it, the other learns its name."""
    story = Story().path("offer")
    first, second = story.case.task.offered_to[:2]
    story.act("claim", actor={"id": "O1", "role": "team", "team": second})
    story.act("claim", actor={"id": "O9", "role": "team", "team": first})
    assert story.answer == "claim_lost"
    assert story.last.receipts[0].team == second


def test_an_offer_nobody_claims_is_dispatched():
    """When the claim clock is due, the case is dispatched by the rule, without anybody's action."""
    story = Story().path("offer").wait(hours=2)
    assert story.stage is Stage.DISPATCHED
    fired = [o for o in story.outcomes if isinstance(o.entry.cause, TimerCause)]
    assert fired[0].entry.events[0].timer.kind.value == "claim_lapsed"
    assert {
        assignment.status.value for assignment in fired[0].assignments if assignment.kind.value == "offer"
    } == {"withdrawn"}


def test_a_self_disposed_find_only_awaits_verification():
    """A grid member dealt with it on the spot and shows the photo: no team is sent, somebody verifies, it is closed."""
    photo = [{"sha256": sha("after"), "kind": "photo_after", "taken_at": "2026-11-24T08:59:00+08:00"}]
    story = Story().report(source="patrol", caller=None, reporter="W0931", self_disposed=True, evidence=photo)
    assert story.stage is Stage.AWAITING_VERIFICATION
    assert [assignment.team for assignment in story.last.assignments] == [
        story.rules.policy.verification_post
    ]
    story.act("verify", actor={"id": "W0931", "role": "verifier"})
    assert story.answer == "self_verification"
    story.path("pass")
    assert story.case.outcome is CaseOutcome.SELF_DISPOSED


def test_a_self_disposed_find_without_a_photo_is_looked_after():
    """Who says it is done and shows nothing is believed only so far: the case goes the ordinary way."""
    story = Story().report(source="patrol", caller=None, reporter="W0931", self_disposed=True)
    assert story.stage in (Stage.OFFERED, Stage.DISPATCHED)


def test_a_self_disposed_find_that_fails_verification_gets_a_team():
    """The verifier finds it as before: the lead team is sent, in the matter's time."""
    photo = [{"sha256": sha("after"), "kind": "photo_after", "taken_at": "2026-11-24T08:59:00+08:00"}]
    story = Story().report(source="patrol", caller=None, reporter="W0931", self_disposed=True, evidence=photo)
    story.path("fail")
    assert story.stage is Stage.DISPATCHED
    assert story.case.task.team == story.rules.matters["SR-001"].lead_team
    story.path("sign", "arrive", "dispose", "pass")
    assert story.stage is Stage.CLOSED


def test_the_same_report_again_gets_the_same_receipt():
    """Pushing again is always safe: the same receipt to the byte, no second case, no new version."""
    story = Story().report()
    first, before = story.last.receipts[0], story.state()
    story.wait(hours=3).again()
    assert story.last.receipts == [first]
    assert story.events == ["report_repeated"]
    assert story.last.cases == []
    story_cases = {case.case_id for case in story.core.cases()}
    assert len(story_cases) == 1
    assert before != []


def test_other_content_under_the_same_number_is_an_update_of_the_case():
    """The case has both texts; no second one is opened."""
    story = Story().report(source_no="X1").report(source_no="X1", text="另一件事")
    assert story.events == ["report_updated"]
    assert "另一件事" in story.case.facts.text
    assert len(list(story.core.cases())) == 1


def test_the_same_action_again_gets_the_same_receipt():
    """A team's retry does nothing a second time, also when the case has moved on since."""
    story = Story().report().act("sign")
    first = story.last.receipts[0]
    signed = story.pushed[-1][0]
    story.path("arrive")
    before = story.state()
    story.push_bytes(signed.topic, signed.key, signed.value)
    assert story.last.receipts == [first]
    assert story.state() == before


def test_a_second_report_of_the_same_thing_is_merged():
    """Same matter, a few metres away, within the window: one case, two receipts, two people to answer."""
    near = {"point": {"lon": 112.5002, "lat": 37.8801, "crs": "WGS84"}}
    story = Story().report().wait(minutes=30)
    story.report(source="12319", source_no="B7", place=near, text="路口摆摊", caller={"phone": "13800000002"})
    assert story.answer == "merged"
    assert story.events == ["report_merged"]
    assert [ref.outcome.value for ref in story.case.reports] == ["accepted", "merged"]
    story.path("sign", "arrive", "dispose", "pass")
    assert len(story.last.assignments[-1].callers) == 2
    story.path("call")
    answered = {(notice.source, notice.source_no) for notice in story.last.notices}
    assert answered == {("12345", "R1"), ("12319", "B7")}


def test_other_matter_other_place_or_too_late_is_a_case_of_its_own():
    """Only the same matter at the same place within the window is a duplicate."""
    far = {"point": {"lon": 112.5012, "lat": 37.88, "crs": "WGS84"}}
    story = Story().report().report(matter="SR-002").report(place=far).wait(hours=25).report()
    assert len(list(story.core.cases())) == 4


def test_the_same_address_without_a_point_is_a_duplicate():
    """A caller gives only the address, with other spaces and marks: the same place."""
    story = Story().report().report(place={"address": "兴华街 18号。"})
    assert story.answer == "merged"


def test_a_returned_task_goes_to_the_next_team():
    """One return: another team has it, the first one's assignment is withdrawn, the centre is told."""
    story = Story().report()
    first = story.case.task.team
    story.path("sign", "return")
    assert story.stage is Stage.DISPATCHED
    assert story.case.task.team != first
    assert [(assignment.team == first, assignment.status.value) for assignment in story.last.assignments] == [
        (True, "withdrawn"),
        (False, "open"),
    ]
    assert [notice.kind.value for notice in story.last.notices] == ["returned"]
    story.path("sign", "arrive", "dispose", "pass", "call")
    assert story.stage is Stage.CLOSED


def test_after_the_last_return_the_centre_decides_and_its_decision_binds():
    """The case cannot circle for ever: the third return waits for the centre, on a clock, and then must be taken."""
    story = Story().report().path("return", "return", "return")
    assert story.stage is Stage.DISPATCH_PENDING
    assert [
        (assignment.team, assignment.kind.value)
        for assignment in story.last.assignments
        if assignment.status.value == "open"
    ] == [("duty", "dispatch")]
    assert story.clock("dispatch").stopped_at is None
    story.wait(minutes=5).act("dispatch", team="city-appearance")
    assert story.case.task.designated
    story.path("return")
    assert story.answer == "return_by_designated_team"


def test_a_return_comes_soon_or_not_at_all():
    """Two workdays after it was given, a task is no longer somebody else's."""
    story = Story().report().wait(days=3).act("return")
    assert story.answer == "return_too_late"


def test_a_failed_verification_is_rework_on_the_same_clock():
    """The same team goes again, and its clock goes on: only the minute that the verifier had it does not count."""
    story = Story().path("report", "sign", "arrive", "dispose")
    due = next(clock.due_at for clock in story.case.clocks if clock.kind.value == "dispose")
    story.path("fail")
    assert story.stage is Stage.REWORK
    again = story.last.assignments[-1]
    assert (again.stage, again.why, again.status.value) == (Stage.REWORK, "仍有垃圾", "open")
    clock = next(clock for clock in story.case.clocks if clock.kind.value == "dispose")
    assert (clock.due_at, clock.stopped_at) == (due + timedelta(minutes=1), None)
    story.path("dispose", "pass", "call")
    assert story.stage is Stage.CLOSED


def test_too_many_reworks_are_told_to_the_centre():
    """After the last rework the policy allows, the centre hears of each further one."""
    story, notices = Story().path("report", "sign", "arrive", "dispose"), ["nothing yet"]
    for _ in range(story.rules.policy.reworks_max):
        assert not [n for n in story.last.notices if n.kind.value == "rework_limit"]
        story.path("fail")
        notices = [notice.kind.value for notice in story.last.notices]
        story.path("dispose")
    assert notices == ["rework_limit"]


def test_an_unsolved_case_is_reopened_and_goes_again():
    """The caller says it is still there: the same team goes, and is verified anew."""
    story = Story().path("report", "sign", "arrive", "dispose", "pass", "unsolved")
    assert story.stage is Stage.DISPATCHED
    assert story.case.reopens == 1
    story.path("sign", "arrive", "dispose", "pass", "call")
    assert story.stage is Stage.CLOSED


def test_three_missed_calls_close_the_case_as_unreached():
    """Nobody answers: tried three times, on two days at least, then closed and counted apart."""
    story = Story().path("report", "sign", "arrive", "dispose", "pass")
    for _ in range(3):
        story.wait(minutes=5).act("call_back", reached=False)
    assert (story.stage, story.case.failed_calls) == (Stage.AWAITING_CALLBACK, 3)
    story.wait(days=1).act("call_back", reached=False)
    assert (story.stage, story.case.outcome) == (Stage.CLOSED, CaseOutcome.UNREACHED)


def test_warnings_and_breach_fire_once_each_with_their_lateness():
    """At each percent of the dispose clock a notice, at the end the breach; none of them twice."""
    story = Story().report().wait(hours=3)
    assert [(kind, level) for kind, level, to in story.notified() if to == "city-appearance"] == [
        ("warning", 0),
        ("warning", 1),
        ("breach", 2),
    ]
    fired = [o.entry.events[0] for o in story.outcomes if isinstance(o.entry.cause, TimerCause)]
    assert all(event.late_s > 0 for event in fired)


def test_a_deadline_beyond_the_announced_calendar_is_provisional():
    """A case opened on the last day of a year is due in a year whose holidays nobody knows yet: said so, never a crash."""
    eve = datetime.fromisoformat("2026-12-31T16:30:00+08:00").astimezone(UTC)
    story = Story(now=eve).report(matter="WJ-004")
    clock = next(clock for clock in story.case.clocks if clock.kind.value == "dispose")
    assert clock.due_at.year == 2027
    assert clock.provisional
    assert story.last.assignments[0].provisional
    story.wait(days=30)
    assert [level for _, level, _ in story.notified()][:5] == [0, 1, 1, 2, 2]


def test_a_closed_case_is_retired_after_its_days():
    """The snapshot goes when its time is over; the same number may then open a case again."""
    story = Story().path("report", "sign", "arrive", "dispose", "pass", "call")
    retired = story.case_id
    story.wait(days=story.rules.policy.retire_days + 1)
    assert story.last.retired == [retired]
    assert list(story.core.cases()) == []


def test_personal_data_leaves_for_the_callers_topic():
    """Name and phone stand in the caller record and nowhere else, the free text included."""
    from schemas.wire import codecs

    text = "我是张三丰测试,电话13800138000,身份证11010519491231002X"
    story = Story().report(caller={"name": "张三丰测试", "phone": "13800138000"}, text=text)
    last = story.last
    written = [codecs.JOURNAL_ENTRY.encode(last.entry), codecs.CASE.encode(last.cases[0])]
    written += [codecs.ASSIGNMENT.encode(assignment) for assignment in last.assignments]
    written += [codecs.RECEIPT.encode(receipt) for receipt in last.receipts]
    for canary in ("张三丰测试", "13800138000", "11010519491231002X"):
        assert not any(canary.encode() in value for value in written)
    assert last.callers[0].person.phone == "13800138000"


def test_a_caller_whose_name_is_a_word_leaves_addresses_their_words():
    """市民 calls of 市民广场: the team reads where it is, and a second call, by somebody else, joins the case."""
    place = {"address": "市民广场东门", "grid": "140109004001001"}
    story = Story().report(place=place, caller={"name": "市民", "phone": "13800138000"})
    assert [task.place.address for task in story.last.assignments] == ["市民广场东门"]
    story.wait(minutes=5).report(
        source_no="SECOND", place=place, caller={"name": "李测试", "phone": "13800138001"}
    )
    assert story.answer == "merged"


def test_two_callers_own_homes_are_not_one_place():
    """What is left of both addresses is the same, and names neither."""
    story = Story().report(
        place={"address": "王测试家楼下17号"}, caller={"name": "王测试", "phone": "13800138000"}
    )
    story.wait(minutes=5).report(
        source_no="SECOND",
        place={"address": "李测试家楼下17号"},
        caller={"name": "李测试", "phone": "13800138001"},
    )
    assert story.answer == "accepted"


def test_the_longest_texts_can_be_read_back():
    """A report at every limit, full of what is masked, gives outputs that are within theirs."""
    from schemas import limits
    from schemas.wire import codecs

    place = {"address": "王五," * (limits.ADDRESS_MAX // 3)}
    story = Story().report(place=place, text="王五," * (limits.TEXT_MAX // 3), caller={"name": "王五"})
    assert story.answer == "accepted"
    assert codecs.CASE.decode_strictly(codecs.CASE.encode(story.case)) == story.case


def test_a_place_outside_or_missing_is_refused():
    """Each says which field and what would be right, and opens nothing."""
    cases: dict[str, dict[str, object]] = {
        "place_missing": {},
        "grid_not_in_street": {"grid": "140109001001001"},
        "place_outside_street": {"point": {"lon": 10.0, "lat": 50.0, "crs": "WGS84"}},
    }
    for code, place in cases.items():
        story = Story().report(place=place, text="")
        assert story.answer == code
        assert story.last.receipts[0].field.startswith("place")
        assert story.last.receipts[0].allowed
        assert story.state() == []


def test_refusals_of_reports_name_field_and_remedy():
    """Unknown matter, unknown street, a future time, a hotline that says it disposed by itself."""
    table: dict[str, dict[str, object]] = {
        "matter_missing": {"matter": None, "text": ""},
        "unknown_matter": {"matter": "ZZ-999"},
        "unknown_street": {"street": "999999999"},
        "occurred_in_future": {"reported_at": "2030-01-01T00:00:00+08:00"},
        "self_disposal_not_allowed": {"self_disposed": True},
    }
    for code, change in table.items():
        story = Story().report(**change)
        receipt = story.last.receipts[0]
        assert (receipt.code, receipt.outcome.value) == (code, "refused")
        assert receipt.field
        assert receipt.allowed
        assert receipt.message_zh
        assert story.state() == []


def test_bytes_that_say_nothing_become_a_dead_letter():
    """The original is sealed with the callers, the letter says where and why, the sender is answered."""
    story = Story().push_bytes("reports.v1", b"140109004", b'{"source": "12345", "phone": "13800138000"')
    assert story.events == ["message_dead"]
    letter = story.last.dead_letters[0]
    assert (letter.code, letter.offset) == ("broken_json", 0)
    assert story.last.callers[0].token == letter.original
    assert story.last.receipts[0].outcome.value == "dead_letter"


def test_a_malformed_report_is_answered_by_its_number():
    """A field is wrong but the number can be read: the receipt names it, so the pusher finds its answer."""
    story = Story().report(matter=5, source_no="N-1")
    receipt = story.last.receipts[0]
    assert (receipt.outcome.value, receipt.code, receipt.field) == ("dead_letter", "wrong_type", "matter")
    assert receipt.of.source_no == "N-1"


def test_evidence_must_be_whole_and_make_sense():
    """Missing kinds, an after photo before the before photo, items older than the case or from the future."""
    story = Story().path("report", "sign", "arrive")
    story.act("dispose", evidence=[])
    assert story.answer == "evidence_missing"
    items = story.evidence()
    story.act("dispose", evidence=[item | {"taken_at": "2026-11-23T09:00:00+08:00"} for item in items])
    assert story.answer == "evidence_predates_case"
    story.act("dispose", evidence=[item | {"taken_at": "2026-11-25T09:00:00+08:00"} for item in items])
    assert story.answer == "evidence_in_future"
    times = {"photo_before": "2026-11-24T09:02:00+08:00", "photo_after": "2026-11-24T09:01:00+08:00"}
    story.act(
        "dispose", evidence=[item | {"taken_at": times.get(item["kind"], item["taken_at"])} for item in items]
    )
    assert story.answer == "after_photo_not_later"
    story.path("dispose")
    assert story.stage is Stage.AWAITING_VERIFICATION


def test_a_stale_version_is_refused():
    """Who acts on what it was is told to read again."""
    story = Story().report().act("sign", expected_version=1).act("arrive", expected_version=1)
    assert story.answer == "stale_version"
    assert story.last.receipts[0].case_version == 2


def test_the_place_of_a_point_gets_its_grid():
    """A GCJ-02 point and a WGS-84 point of the same spot fall into the same grid."""
    story = Story().report(place={"point": HERE["point"]})
    grid = story.case.facts.place.grid
    assert grid
    assert grid.startswith("140109004")
