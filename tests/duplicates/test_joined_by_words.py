"""Reports that join an open case by what they say of its place; and those that lie beside one and are of another thing."""

from pipeline.core.locate.locating import Located
from schemas.journal.clock_events import CaseAsked
from schemas.values.terms import RequestKind
from tests.core.story import RULES, STREET, Story

Told = dict[str, object]
SHOP: Told = {"address": "学苑街86号"}
POINT = {"lon": 112.5, "lat": 37.88, "crs": "WGS84"}
BESIDE = {"lon": 112.5001, "lat": 37.88, "crs": "WGS84"}
GRID: Told = {"grid": f"{STREET}001001"}


def told(*reports: Told) -> Story:
    """Each by another caller, five minutes after the one before, of 店外经营."""
    story = Story()
    for number, report in enumerate(reports):
        caller: object = {"phone": f"1380000000{number}"}
        story.wait(minutes=5).report(**{"matter": "SR-002", "caller": caller} | report)
    return story


def test_one_shop_in_other_words_is_one_case_and_the_reasons_are_kept():
    """By its name and road: the second caller knows no number."""
    story = told(
        {"place": SHOP, "text": "老四川火锅把桌椅摆到人行道上"},
        {"place": {"address": "学苑街"}, "text": "老四川火锅店外摆桌椅，人行道走不通"},
    )
    assert story.answer == "merged"
    why = story.last.entry.events[0].why
    assert why.startswith("SR-002, same road 学苑, same name 老四川")
    assert why.endswith("5 min after")


def test_what_an_idle_worker_has_read_ahead_changes_no_answer():
    """Each open case is read once, then none is left; the next caller gets what he would have got."""
    first: Told = {"place": SHOP, "text": "老四川火锅把桌椅摆到人行道上"}
    other: Told = {"place": {"address": "学苑街12号"}, "text": "水果店的筐子摆在门外"}
    second: Told = {"place": {"address": "学苑街"}, "text": "老四川火锅店外摆桌椅，人行道走不通"}
    read, unread = told(first, other), told(first, other)
    assert [read.core.read_ahead() for _ in range(3)] == [True, True, False]
    answers = [
        story.wait(minutes=5).report(matter="SR-002", **second).last.entry.events[0]
        for story in (read, unread)
    ]
    assert answers[0] == answers[1]
    assert read.answer == "merged"


def test_the_next_shop_is_another_case_though_it_lies_beside():
    """Nine metres apart, and another number."""
    story = told(
        {"place": SHOP | {"point": POINT}, "text": "老四川火锅桌椅占道"},
        {"place": {"address": "学苑街88号", "point": BESIDE}, "text": "火锅店桌椅占道"},
    )
    assert story.answer == "accepted"
    assert len(list(story.core.cases())) == 2


def test_another_plate_at_the_same_place_is_another_case():
    """Two cars stand there."""
    story = told(
        {"place": {"point": POINT}, "matter": "JT-001", "text": "晋A7K3M9停在盲道上"},
        {"place": {"point": POINT}, "matter": "JT-001", "text": "晋A7K3M8停在盲道上"},
    )
    assert len(list(story.core.cases())) == 2


def test_a_caller_who_asks_what_became_of_it_joins_the_case_of_his_call():
    """By the phone; he names no place again. Another phone that says the same opens a case."""
    first: Told = {"place": SHOP, "text": "老四川火锅桌椅占道", "caller": {"phone": "13800000009"}}
    urging: Told = {
        "place": GRID,
        "text": "早上反映的桌椅占道，到现在没人来",
        "caller": {"phone": "13800000009"},
    }
    assert told(first, urging).answer == "merged"
    assert told(first, urging | {"caller": {"phone": "13800000008"}}).answer == "accepted"


def test_whoever_joined_is_known_when_he_calls_again():
    """His phone stands in the snapshot beside that of the first."""
    first: Told = {"place": SHOP, "text": "老四川火锅桌椅占道"}
    joined: Told = {"place": SHOP, "text": "火锅店桌椅占道", "caller": {"phone": "13800000009"}}
    urging: Told = {"place": GRID, "text": "刚才反映的桌椅占道，还没人来", "caller": {"phone": "13800000009"}}
    assert told(first, joined, urging).answer == "merged"


def test_words_alone_join_nothing():
    """The same sentence from two grids."""
    text = "路边好多卖水果的三轮车占着人行道，行人过不去"
    there: Told = {"grid": f"{STREET}001002"}
    assert told({"place": GRID, "text": text}, {"place": there, "text": text}).answer == "accepted"


def test_a_patrols_point_at_the_door_that_a_caller_named_is_put_before_the_centre():
    """The named places say where 兴华街49号 is. Nearby, and in other words, it is for a person to see; a street away it is another thing."""
    door = RULES.locator.locate("兴华街49号", STREET)
    assert isinstance(door, Located)
    lon, lat = door.place.lonlat
    caller: Told = {
        "matter": "SZ-001",
        "place": {"address": "兴华街49号"},
        "text": "路面又给刨开了，没牌子没围着",
    }
    for east, is_asked in ((0.0003, True), (0.003, False)):
        point: Told = {"point": {"lon": lon + east, "lat": lat, "crs": "WGS84"}}
        story = told(caller, {"matter": "SZ-001", "place": point, "text": "擅自开挖约5米"})
        asked = [event for event in story.last.entry.events if isinstance(event, CaseAsked)]
        assert story.answer == "accepted"
        assert [event.request.kind is RequestKind.DUPLICATE for event in asked] == [True] * is_asked
