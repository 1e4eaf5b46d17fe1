"""A generated day: the same for ever from its seed, like a real one in its shares and hours, and honest about itself."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from pipeline.core.case.turn import InputRecord, Turn
from pipeline.core.locate.gazetteer import Gazetteer
from pipeline.core.locate.locating import Located
from pipeline.core.partition import Partition
from pipeline.core.rules.grid import distance_m
from pipeline.core.rules.rules import Rules
from pipeline.core.stages.duplicates import spot_of
from pipeline.edge.sources.files import open_source
from pipeline.edge.sources.mapping import load_mappings
from pipeline.edge.sources.streets import streets_of
from pipeline.rulebook import load_rules
from pipeline.simulate.world.day import Day, Push, generate_day
from pipeline.simulate.world.ground_truth import SHARES
from pipeline.simulate.world.persons import PHONE_PREFIX
from pipeline.simulate.world.poison import POISONS, encode
from pipeline.simulate.world.row_files import source_files
from pipeline.simulate.world.street import StreetMap
from pipeline.simulate.world.wording import phrases
from schemas.errors import BadMessage
from schemas.inputs.intake import read_report
from schemas.inputs.lenient_reading import decode_report
from schemas.inputs.report import Report
from schemas.journal.events import MessageDead, ReportRefused, ReportRepeated
from schemas.journal.update_events import ReportUpdated
from schemas.topics import REPORTS
from schemas.values.terms import Source

TUESDAY = date(2026, 11, 24)
HOME = "140109004"
NEIGHBOUR = "140109001"


@cache
def rules() -> Rules:
    """The rules of the repository."""
    return load_rules(Path(__file__).parents[2] / "rules")


@cache
def day(seed: int = 7, scale: float = 1.0, streets: tuple[str, ...] = (HOME,)) -> Day:
    """A generated Tuesday in late November."""
    return generate_day(seed, TUESDAY, streets, scale, rules())


def told(of: Day, *sources: Source) -> list[tuple[Push, Report]]:
    """The good pushes of these sources, repeats left out, as reports."""
    good = [push for push in of.pushes if push.expectation in ("valid", "duplicate_of_event")]
    return [
        (push, decode_report(push.value).report)
        for push in good
        if not sources or Source(push.source) in sources
    ]


def _is_passed_on(source_no: str) -> bool:
    """Whether the call has a number in the other hotline too: its own stands before it."""
    return source_no[2:4].isalpha()


def test_the_same_seed_gives_the_same_day():
    """Two runs agree in every byte and every truth."""
    again = generate_day(7, TUESDAY, (HOME,), 1.0, rules())
    assert again == day()


@pytest.mark.parametrize(("seed", "on"), [(8, TUESDAY), (7, TUESDAY + timedelta(days=1))])
def test_another_seed_or_date_gives_another_day(seed, on):
    """Nothing but the arguments decides, and each of them does."""
    values = {push.value for push in generate_day(seed, on, (HOME,), 1.0, rules()).pushes}
    assert not values & {push.value for push in day().pushes if push.value}


def test_a_street_does_not_change_when_another_is_added():
    """Each street draws from streams of its own."""
    both = day(streets=(HOME, NEIGHBOUR))
    alone = {push.value for push in day().pushes}
    assert alone < {push.value for push in both.pushes}


def test_pushes_rise_in_time():
    """They can be pushed one after the other."""
    moments = [push.at for push in day(scale=3).pushes]
    assert moments == sorted(moments)


def test_some_reports_are_pushed_out_of_order():
    """A patrol without network uploads hours later what others have overtaken."""
    patrols = [report.reported_at for _, report in told(day(scale=3), Source.PATROL)]
    assert patrols != sorted(patrols)


def test_a_design_day_has_some_300_reports():
    """Good reports of one street at scale 1, over many seeds."""
    sizes = [len(told(day(seed))) for seed in range(1, 9)]
    assert 240 <= min(sizes) <= max(sizes) <= 390


def test_the_sources_have_their_shares():
    """Patrols tell most, then the hotlines, then the cameras."""
    counts = Counter(push.source for push, _ in told(day(scale=12)))
    share = {source: count / sum(counts.values()) for source, count in counts.items()}
    assert 0.45 <= share["patrol"] <= 0.62
    assert 0.12 <= share["12345"] <= 0.24
    assert 0.05 <= share["12319"] <= 0.13
    assert 0.12 <= share["monitor"] <= 0.28


def test_patrols_dispose_of_most_finds_themselves():
    """About 71 of 100 first finds, each with a photo before and a later one after."""
    finds = [report for push, report in told(day(scale=12), Source.PATROL) if push.expectation == "valid"]
    settled = [report for report in finds if report.self_disposed]
    assert 0.66 <= len(settled) / len(finds) <= 0.76
    for report in settled:
        before, after = report.evidence
        assert before.taken_at < after.taken_at <= report.reported_at


def test_a_third_of_the_alarms_is_false():
    """Things that only a device saw belong to no event."""
    alarms = [push for push, _ in told(day(scale=12), Source.MONITOR) if push.expectation == "valid"]
    assert 0.25 <= sum(push.event_id is None for push in alarms) / len(alarms) <= 0.35


def test_alarms_come_in_storms():
    """At least one device repeats itself more than five times within the hour."""
    by_thing = defaultdict(list)
    for push, report in told(day(scale=5), Source.MONITOR):
        by_thing[push.thing].append(report)
    storms = [reports for reports in by_thing.values() if len(reports) > 5]
    assert storms
    for reports in storms:
        assert len({report.alarm.device for report in reports if report.alarm}) == 1
        assert max(r.reported_at for r in reports) - min(r.reported_at for r in reports) < timedelta(hours=1)


def test_the_hours_have_their_profile():
    """Two peaks by day, little at night; building noise at night, barbecues in the evening."""
    hours = Counter((push.at.hour) for push, _ in told(day(scale=12)))
    quiet, morning, evening = (
        sum(hours[h] for h in span) for span in (range(1, 5), range(8, 12), range(17, 21))
    )
    assert quiet * 8 < min(morning, evening)
    events = day(scale=12).events
    noise = [event.at.hour for event in events if event.matter == "HB-005"]
    assert sum(hour >= 21 or hour < 6 for hour in noise) > 0.7 * len(noise) > 5
    grills = [event.at.hour for event in events if event.matter == "HB-002"]
    assert sum(hour >= 17 or hour < 2 for hour in grills) > 0.7 * len(grills) > 5


def test_every_matter_has_its_words():
    """Each matter of the rules has phrases, and each source tells of some."""
    assert set(phrases()) == set(rules().matters)
    things = [thing for words in phrases().values() for thing in words.things]
    assert all(len(thing.told) >= 3 and thing.noted for thing in things)
    assert min(len(words.things) for words in phrases().values()) >= 2
    assert all(any(words.may_be_told_by(source) for words in phrases().values()) for source in SHARES)


def test_matters_of_all_kinds_happen():
    """A long enough day knows nearly all of them, the common ones more."""
    counts = Counter(event.matter for event in day(scale=12).events)
    assert len(counts) >= 50
    assert counts["SR-001"] > 5 * counts["WJ-002"]


def test_good_reports_are_what_the_contract_says():
    """Every push that is not bad can be read."""
    for push in day(scale=5).pushes:
        if not push.expectation.startswith("bad:"):
            report = read_report(push.street.encode(), (), push.value)
            assert (report.source.value, report.source_no) == (
                push.source,
                push.source_no,
            ) or push.expectation.startswith("refused")


def test_bad_records_are_bad_as_marked():
    """Every bad one is refused with the code it carries, and over a long day every kind comes."""
    kinds = Counter[str]()
    for push in day(scale=5).pushes:
        if push.expectation.startswith("bad:"):
            with pytest.raises(BadMessage) as why:
                read_report(push.street.encode(), (), push.value)
            assert f"bad:{why.value.code}" == push.expectation
        kinds[push.expectation] += 1
    assert {poison.expects for poison in POISONS} <= set(kinds)


def test_no_phone_is_a_real_one():
    """Every mobile number anywhere in the bytes is of the range kept for examples, however it was typed."""
    phones = 0
    for push in day(scale=5).pushes:
        text = unicodedata.normalize("NFKC", push.value.decode("utf-8", "replace"))
        for number in re.findall(r"(?<![0-9a-f])1[3-9][0-9] ?[0-9]{4} ?[0-9]{4}(?![0-9a-f])", text):
            assert number.replace(" ", "").startswith(PHONE_PREFIX)
            phones += 1
    assert phones > 100


def test_duplicates_are_of_one_thing():
    """The first that is pushed is valid, all others of its incident are duplicates, of one matter and place in truth."""
    first: dict[str, Push] = {}
    again = 0
    for push, report in told(day(scale=10)):
        original = first.setdefault(push.thing, push)
        assert push.truth
        assert push.truth == original.truth
        assert (push.expectation == "valid") == (original is push)
        assert report.matter in (None, push.truth.matter) or push.format == "12345-export"
        again += original is not push
    assert again > 100


def test_nobody_but_patrols_and_cameras_says_the_grid():
    """Calls say words, at most a point that nobody can use, and only some a category that the mapping knows."""
    formats = Counter[str]()
    matters = Counter[str]()
    for push, report in told(day(scale=5)):
        formats[push.format] += 1
        matters[push.format] += report.matter is not None
        if push.source in ("12345", "12319"):
            assert report.place.grid is None
            assert report.place.point is None
    assert set(formats) == {
        *("12345-order", "12345-export", "12345-community", "12319-record", "12319-push"),
        *("patrol", "monitor", "alarm-gb28181"),
    }
    assert matters["patrol"] == formats["patrol"]
    assert matters["monitor"] == formats["monitor"]
    assert matters["alarm-gb28181"] == matters["12345-order"] == 0
    assert 0 < matters["12319-record"] < formats["12319-record"] / 2


def test_rows_are_files_that_the_edge_reads():
    """Each source's own file, opened as a stranger's would be: every row becomes the report that the day pushes."""
    pushed = {push.value for push in day().pushes}
    seen = 0
    for file in source_files(day().rows):
        opened = open_source(BytesIO(file.content), load_mappings())
        assert opened.format_name == file.name.rpartition(".")[0]
        for row in opened.rows:
            content = opened.read(row, streets_of()).content
            assert encode(content) in pushed
            seen += 1
    assert seen == len(day().rows) > 250


def test_addresses_are_of_the_street_that_is_simulated():
    """In the home street and in another the gazetteer finds most of them, and in the right grid."""
    for street in (HOME, NEIGHBOUR):
        place = StreetMap(rules().streets[street], rules().locator.gazetteer)
        draw = Random(street)
        right = 0
        for kind in ("road", "shop", "compound", "green", "site") * 20:
            scene = place.scene(kind, draw, food=False)
            found = rules().locator.locate(scene.address, street)
            right += isinstance(found, Located) and distance_m(found.place.lonlat, scene.lonlat) < 120
        assert right >= 95


def test_a_street_without_places_has_invented_ones():
    """Its map is the same each time, and inside its grids."""
    street = rules().streets[NEIGHBOUR]
    empty = Gazetteer((), {}, {}, {})
    scenes = [StreetMap(street, empty).scene("shop", Random(3), food=True) for _ in range(2)]
    assert scenes[0] == scenes[1]
    assert street.grids.contains(scenes[0].grid)


def test_some_calls_are_nothing_to_enforce():
    """Of every kind that the rules know; they belong to no event."""
    others = [push for push, _ in told(day(scale=10)) if push.truth and push.truth.kind]
    assert rules().recognition
    assert {push.truth.kind for push in others if push.truth} == set(rules().recognition.kinds)
    assert all(push.event_id is None and push.source in ("12345", "12319") for push in others)


def test_who_tells_again_uses_other_words():
    """Two callers hardly ever say the same; only a call that reached both hotlines is word for word the same."""
    texts = defaultdict(list)
    for push, report in told(day(scale=10), Source.HOTLINE_12345, Source.HOTLINE_12319):
        if not _is_passed_on(push.source_no):
            texts[push.thing].append(report.text)
    several = [said for said in texts.values() if len(said) > 1]
    different = [said for said in several if len(set(said)) == len(said)]
    assert len(different) > 0.85 * len(several) > 20


def test_a_call_in_both_hotlines_has_two_numbers():
    """The same caller and text, under a number of each hotline."""
    calls = defaultdict(set)
    for push, report in told(day(scale=10), Source.HOTLINE_12345, Source.HOTLINE_12319):
        calls[push.thing, report.text, report.reported_at].add((push.source, push.source_no))
    twins = [numbers for numbers in calls.values() if len(numbers) == 2]
    assert len(twins) > 10
    assert all({source for source, _ in numbers} == {"12345", "12319"} for numbers in twins)


def test_repushes_repeat_a_good_push():
    """Later than the first, mostly the same bytes, sometimes with other content."""
    pushes = day(scale=10).pushes
    first: dict[tuple[str, str], bytes] = {}
    same = changed = 0
    for push in pushes:
        number = (push.source, push.source_no)
        if push.expectation == "repush":
            same += push.value == first[number]
            changed += push.value != first[number]
        elif not push.expectation.startswith(("bad", "refused")):
            assert number not in first
            first[number] = push.value
    assert same > 2 * changed > 0


def test_a_mended_report_comes_after_its_bad_one():
    """Some bad records are pushed again, right this time, under the same number."""
    spoilt, mended = set(), 0
    for push in day(scale=10).pushes:
        if push.expectation.startswith(("bad", "refused")):
            spoilt.add(push.source_no)
        elif push.source_no in spoilt:
            mended += push.expectation == "valid"
    assert mended > 10


def test_places_are_in_the_street():
    """Every grid is the street's own, whatever the coordinate system of the point; callers say words, some none but in the text."""
    grids = rules().streets[HOME].grids
    kinds = Counter[str]()
    for push, report in told(day(scale=5)):
        assert push.truth
        assert grids.contains(push.truth.grid)
        spot = spot_of(report.place, rules().policy.address)
        said = str(report.place.point.crs if report.place.point else "") or (
            "address" if spot.address else "text"
        )
        kinds[said] += 1
        if report.place.grid:
            assert grids.contains(report.place.grid)
        if spot.lonlat:
            assert grids.grid_at(*spot.lonlat) or report.place.grid
    assert set(kinds) == {"address", "text", "GCJ02", "WGS84"}
    assert kinds["address"] > kinds["text"] > 50


def test_the_core_answers_as_marked():
    """The real core, fed the day: refusals and repeats come exactly where the truth says, everything else is a case."""
    core = Partition(rules(), b"k" * 32, "test")
    kinds = Counter[str]()
    for number, push in enumerate(day(scale=3).pushes):
        record = InputRecord(REPORTS, 0, number, push.street.encode(), push.value, ())
        answer = core.step(record, Turn(0, 1, number + 1, push.at)).entry.events[0]
        match answer:
            case MessageDead():
                expectation = f"bad:{answer.code}"
            case ReportRefused():
                expectation = f"refused:{answer.code}"
            case ReportRepeated() | ReportUpdated():
                expectation = "repush"
            case _:
                expectation = "case"
        expected = push.expectation if push.expectation not in ("valid", "duplicate_of_event") else "case"
        assert expectation == expected, push
        kinds[answer.event] += 1
    assert kinds["case_opened.v1"] > 500
    assert kinds["report_merged.v1"] > 100


def test_json_is_what_a_source_would_write():
    """Chinese stands as Chinese, and the hotline's local times have their offset."""
    push, _ = told(day(), Source.HOTLINE_12345)[0]
    content = json.loads(push.value)
    assert content["reported_at"].endswith("+08:00")
    assert re.search("[\u4e00-\u9fff]", push.value.decode())


@pytest.mark.parametrize(
    ("streets", "scale", "error"), [(("999999999",), 1.0, LookupError), ((HOME,), 0.0, ValueError)]
)
def test_nonsense_is_refused(streets, scale, error):
    """An unknown street, or a day of no size."""
    with pytest.raises(error):
        generate_day(7, TUESDAY, streets, scale, rules())
