"""待研判：a report of which nobody knows what it is about, or where; and the people who say so."""

import pytest

from schemas.values.text import UNDETERMINED
from tests.core.assessment.test_recognised import BARBECUE, QUESTION, UNCLEAR, VENDOR, told
from tests.core.story import RULES, STREET, Story

GRID = f"{STREET}005001"


def test_an_address_that_nobody_can_find_is_located_by_a_person_before_anybody_is_sent():
    """The clock of acceptance runs meanwhile; with a grid or a point beside it the address need not be known."""
    story = Story().report(place={"address": "老地方旁边"})
    assert (story.stage.value, story.answer) == ("under_assessment", "accepted")
    assert [fact.value for fact in story.last.receipts[0].missing] == ["place"]
    [task] = story.last.assignments
    assert (task.kind.value, task.team, task.place.address) == (
        "assess",
        RULES.policy.centre_team,
        "老地方旁边",
    )
    assert story.clock("accept").due_at > story.now
    story.wait(minutes=1).act("locate", address="兴华街18号", grid=None)
    assert (story.answer, story.stage.value) == ("accepted", "dispatched")
    assert story.case.facts.place.grid == "140109004001002"
    known = Story().report(place={"address": "老地方旁边", "grid": f"{STREET}001001"})
    assert known.stage.value == "dispatched"


def test_an_address_that_only_an_open_case_knows_joins_that_case():
    """Whoever calls again of the same unknown place need not wait for the centre."""
    place = {"address": "新民街86号"}
    story = Story().report(place=place | {"grid": f"{STREET}001001"}).wait(minutes=5).report(place=place)
    assert story.answer == "merged"
    assert story.last.receipts[0].missing == ()


def nowhere(text: str = VENDOR, **changes: object) -> Story:
    """Somebody pushes a text that says what, and nothing that says where."""
    return Story().report(text=text, place={}, **changes)


def test_what_is_not_plain_is_asked_of_the_centre():
    """Nobody is sent on a guess: the centre sees the two best with their words, and the clock of acceptance runs."""
    story = told(UNCLEAR)
    case, task, receipt = story.case, story.last.assignments[0], story.last.receipts[0]
    assert (case.stage.value, case.facts.matter, case.assessment.missing) == (
        "under_assessment",
        UNDETERMINED,
        ("matter",),
    )
    assert (task.kind.value, task.team, task.missing) == (
        "assess",
        story.rules.policy.centre_team,
        ("matter",),
    )
    assert task.recognised.best.words
    assert task.recognised.second.code != task.recognised.best.code
    assert [clock.kind.value for clock in case.clocks] == ["accept"]
    assert task.due_at == case.clocks[0].due_at
    assert (receipt.outcome.value, receipt.missing, receipt.due_at) == ("accepted", ("matter",), None)
    assert "研判" in receipt.message_zh


def test_the_clerk_says_it_and_it_goes_on_as_if_it_had_come_complete():
    """Its team is sent, its clocks count from the report, the sender is told, and nothing of the guess is left in the facts."""
    story = told(UNCLEAR)
    reported = story.now
    story.wait(minutes=10).act("recognise", matter="SR-001")
    assert (story.answer, story.stage.value, story.case.facts.matter) == ("accepted", "dispatched", "SR-001")
    assert story.case.facts.severity is story.rules.matters["SR-001"].severity
    assert {story.clock(kind).started_at for kind in ("dispose", "whole")} == {reported}
    assert story.clock("accept").stopped_at == story.now
    assert ("taken_up", "12345") in [(notice.kind.value, notice.to) for notice in story.last.notices]
    assert next((task.kind.value, task.status.value) for task in story.last.assignments) == ("assess", "done")
    complete = Story().report(text=UNCLEAR).case
    assert story.clock("dispose").due_at == next(
        c.due_at for c in complete.clocks if c.kind.value == "dispose"
    )


def test_a_case_that_turns_out_to_be_known_joins_the_open_one():
    """By the machinery of merging: its reporter is answered with the host, and it can be split off again."""
    story = Story().report(text=VENDOR)
    host = story.case_id
    story.wait(minutes=1).report(text=UNCLEAR, matter=None).wait(minutes=5).act("recognise", matter="SR-001")
    assert (story.stage.value, story.case.merged.into) == ("merged", host)
    assert "case_joined" in story.events
    asked = story.case_id
    story.wait(minutes=1).act("split", case_id=host, source="12345", source_no="R2")
    split = next(case for case in story.core.cases() if case.case_id == asked)
    assert (story.answer, split.stage.value) == ("accepted", "under_assessment")


def test_the_clerk_may_say_that_it_is_nothing_to_enforce():
    """Its caller has the answer of that kind, and the case leaves."""
    story = told(UNCLEAR).wait(minutes=2).act("recognise", matter=None, kind="private_dispute")
    assert (story.answer, story.stage.value, story.case.outcome.value) == ("accepted", "answered", "answered")
    answer = story.last.notices[0]
    assert (answer.kind.value, answer.to) == ("final_answer", "12345")
    assert "人民调解" in answer.text_zh


def test_a_report_whose_text_alone_says_where_and_what_goes_to_its_team_at_once():
    """A transcript of a call: no matter, no address, no point. Its words say both, and which of them say it is kept."""
    story = Story().report(text="兴华街18号门口有人占道卖水果", matter=None, place={})
    facts = story.case.facts
    assert (story.stage.value, facts.matter, facts.place.address) == ("dispatched", "SR-001", "")
    assert facts.place.grid == "140109004001002"
    assert facts.geocode is not None
    assert any("兴华街18号" in word for word in facts.geocode.words)


def test_a_report_without_a_place_waits_until_somebody_says_where():
    """A point finds its grid; then it is dispatched as any other."""
    story = nowhere()
    assert (story.stage.value, story.case.assessment.missing) == ("under_assessment", ("place",))
    assert (story.case.facts.matter, story.last.assignments[0].missing) == ("SR-001", ("place",))
    story.wait(minutes=3).act("locate", grid=GRID)
    assert (story.answer, story.stage.value, story.case.facts.place.grid) == ("accepted", "dispatched", GRID)


def test_of_two_things_that_are_missing_each_is_said_by_itself():
    """In any order; only then it goes on."""
    for first, second in (("recognise", "locate"), ("locate", "recognise")):
        story = Story().report(text=UNCLEAR, matter=None, place={})
        story.wait(minutes=1).act(first)
        assert story.stage.value == "under_assessment"
        story.wait(minutes=1).act(second)
        assert (story.stage.value, story.case.assessment) == ("dispatched", None)


def test_an_alarm_is_still_looked_at_and_a_patrols_find_still_verified():
    """What becomes of a case depends on who reported it, not on when it was known what it is."""
    alarm = nowhere(source="monitor", caller=None).wait(minutes=1).act("locate")
    assert alarm.stage.value == "verifying_before_filing"
    patrol = nowhere(source="patrol", caller=None, self_disposed=True, reporter="G1", evidence=[photo()])
    patrol.wait(minutes=1).act("locate")
    assert patrol.stage.value == "awaiting_verification"


def photo() -> dict[str, str]:
    """What the patrol took of the place when it was done."""
    return {"sha256": f"{7:064x}", "kind": "photo_after", "taken_at": Story().now.isoformat()}


REFUSED = """
text      place  action     said                               code                field
unclear   yes    recognise  matter=ZZ-999                      unknown_matter      matter
unclear   yes    recognise  matter=SR-001,kind=consult         matter_or_kind      matter
unclear   yes    recognise  matter=                            matter_or_kind      matter
unclear   yes    recognise  matter=,kind=magic                 unknown_kind        kind
unclear   yes    locate     -                                  nothing_missing     place
unclear   no     locate     grid=140109001001001               grid_not_in_street  grid
unclear   no     locate     grid=                              place_missing       place
unclear   no     locate     grid=,address=!!!😀                place_missing       address
vendor    no     recognise  matter=SR-001                      nothing_missing     matter
vendor    yes    recognise  matter=SR-001                      not_at_this_stage   action
question  yes    recognise  matter=,kind=consult               nothing_missing     kind
question  yes    locate     -                                  case_closed         case_id
"""


@pytest.mark.parametrize("line", REFUSED.strip().splitlines()[1:])
def test_what_makes_no_sense_is_refused_and_changes_nothing(line):
    """With the code, the field, and what would be right."""
    text, place, action, said, code, field = line.split()
    texts = {"unclear": UNCLEAR, "vendor": VENDOR, "question": QUESTION}
    story = Story().report(text=texts[text], matter=None, **({} if place == "yes" else {"place": {}}))
    before = story.state()
    pairs = (pair.partition("=") for pair in said.split(",")) if said != "-" else ()
    story.wait(minutes=1).act(action, **{name: value or None for name, _, value in pairs})
    receipt = story.last.receipts[0]
    assert (receipt.code, receipt.field, story.state()) == (code, field, before)


def test_a_point_outside_the_street_is_no_place():
    """Nor is one that stands for none."""
    for lon, lat in ((10.0, 50.0), (0.0, 0.0)):
        point = {"lon": lon, "lat": lat, "crs": "WGS84"}
        story = nowhere().wait(minutes=1).act("locate", grid=None, point=point)
        assert story.answer == "place_outside_street"


def test_only_the_centre_says_it():
    """A team does not choose its own matter."""
    story = told(UNCLEAR).act("recognise", actor={"id": "W1", "role": "team", "team": "city-appearance"})
    assert story.answer == "role_not_allowed"


def test_who_is_asked_too_long_is_heard_of():
    """When the time for accepting is over the centre and its leaders are told, as of any other clock."""
    story = told(UNCLEAR).wait(hours=10)
    assert ("breach", 1, story.rules.policy.centre_team) in story.notified("accept")
    assert ("escalation", 2, "duty_chief") in story.notified("accept")


def test_it_may_be_void_or_merged_by_hand():
    """As whatever nobody has arrived for; whoever merges it says thereby what it is about."""
    story = told(UNCLEAR).wait(minutes=1).act("void").act("decide")
    assert (story.answer, story.stage.value) == ("accepted", "voided")
    story = Story().report(text=BARBECUE, matter="HB-002")
    host = story.case_id
    story.wait(minutes=1).report(text=UNCLEAR, matter=None).act("merge", into=host)
    assert (story.answer, story.stage.value) == ("accepted", "merged")
    other = told(UNCLEAR)
    first = other.case_id
    other.report(text=UNCLEAR, matter=None).act("merge", into=first)
    assert other.answer == "merge_into_unclear"


def test_another_worker_goes_on_with_what_is_asked():
    """All that it needs stands in the snapshot."""
    story = told(UNCLEAR).restart().wait(minutes=1).act("recognise", matter="SR-001")
    assert (story.answer, story.stage.value) == ("accepted", "dispatched")
