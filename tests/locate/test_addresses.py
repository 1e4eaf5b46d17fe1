"""Where addresses in words are: what is said is understood, what cannot be told is left to a person."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import commands
from pipeline.core.locate.locating import CONFIDENCE_MAX, Located, Unlocated
from pipeline.rulebook import RULES_DIR
from tests.core.story import RULES
from tests.locate.district import grid_files
from tests.locate.figures import ADDRESSES, Truths, judged
from tests.locate.made_places import place_files

HOME = "140109004"
LOCATOR = RULES.locator


def place_of(address: str, street: str | None = HOME):
    """The place that is taken for the address."""
    result = LOCATOR.locate(address, street)
    assert isinstance(result, Located), result
    return result.place


def test_a_door_has_its_grid_and_says_what_it_rests_on():
    """Odd numbers stand on one side; the words are named, so that a person can judge."""
    place = place_of("兴华街道兴华街23号")
    assert place.name == "兴华街23号"
    assert place.grid == RULES.streets[HOME].grids.grid_at(*Truths().point("number 兴华街 23"))
    assert place.words == (("number", "兴华街23号"), ("street", "兴华街道"))
    assert place.confidence > 90
    assert place.radius_m <= 50


@pytest.mark.parametrize(
    "address",
    [
        "兴华街23号", "兴华街２３号", "兴华街二十三号", "兴华街 23 号", "兴华街甲23号", "兴华街23-1号", "兴华街23#",
        "兴华大街23号", "兴华接23号", "星华街二十三号", "兴华街路北23号", "兴华街23号楼下", "万柏林区兴华街道兴华街23号",
    ],
)  # fmt: skip
def test_one_door_is_written_in_many_ways(address):
    """Width, numerals, alias, homophones and what stands before it change nothing."""
    assert place_of(address).name == "兴华街23号"


def test_what_is_only_heard_is_less_sure_than_what_is_written():
    """An alias takes a little, a homophone more; the word that was heard is named."""
    written, alias, heard = (place_of(f"{road}23号") for road in ("兴华街", "兴华大街", "兴华接"))
    assert written.confidence > alias.confidence > heard.confidence
    assert ("sounds_like", "兴华接") in heard.words


def test_so_many_metres_to_a_side_move_the_place():
    """North is north, and the farther the less sure."""
    here, north = place_of("兴华街河汾路口"), place_of("兴华街河汾路口往北50米")
    assert north.lonlat[0] == here.lonlat[0]
    assert 40 < (north.lonlat[1] - here.lonlat[1]) * 111_320 < 60
    assert north.confidence < here.confidence
    assert north.radius_m > here.radius_m


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("和平街道兴华街23号", "other_street"),
        ("锦苑社区兴业苑", "other_community"),
        ("兴华街23号兴业苑", "contradicts"),
    ],
)
def test_what_is_named_besides_can_veto(address, word):
    """Another street, another community, another place far away: a person must say, and sees why."""
    result = LOCATOR.locate(address, HOME)
    assert isinstance(result, Unlocated)
    assert word in {kind for kind, _ in result.candidates[0].words}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "不详",
        "兴华街",
        "学苑街路边",
        "银行门口",
        "文兴街便民市场",
        "解放路17号",
        "，。！",
        "5号",
        "号" * 300,
    ],
)
def test_what_names_no_one_place_is_not_located(address):
    """A whole road, a bank somewhere, a road that nobody knows, marks alone."""
    assert isinstance(LOCATOR.locate(address, HOME), Unlocated)


def test_a_place_of_another_street_is_not_taken_and_is_named():
    """Who asks without a street is told it; who asks in the wrong one is not given a grid."""
    result = LOCATOR.locate("千峰派出所对面", HOME)
    assert isinstance(result, Unlocated)
    assert result.candidates[0].street == "140109001"
    assert place_of("千峰派出所对面", None).street == "140109001"
    assert place_of("兴华街23号", None).street == HOME


def test_two_places_of_one_name_are_not_chosen_between():
    """Both are listed."""
    result = LOCATOR.locate("文兴街便民市场", HOME)
    assert isinstance(result, Unlocated)
    assert len({one.lonlat for one in result.candidates}) >= 2


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="兴华街河汾路口与号往北5十米楼旁对面苑社区,。 0123", max_size=40))
def test_any_text_has_an_answer_and_the_same_one_twice(text):
    """Whole numbers from 0 to 99, best first; nothing raises; what is given up early could not have been sure."""
    candidates = LOCATOR.candidates(text, HOME)
    located = LOCATOR.locate(text, HOME)
    said = (located.place, *located.alternatives) if isinstance(located, Located) else located.candidates
    is_sure = bool(candidates) and candidates[0].confidence >= LOCATOR.confidence_min
    assert said == candidates
    assert isinstance(located, Located) is (is_sure and candidates[0].street == HOME)
    sure = [one.confidence for one in candidates]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= one <= CONFIDENCE_MAX for one in sure)


def test_the_written_addresses_are_located_as_the_figures_say():
    """Hardly one wrong, few asked: what docs/discovery.md says."""
    verdicts = [one.verdict for path in ADDRESSES.glob("*.jsonl") for one in judged(RULES, path)]
    assert len(verdicts) >= 150
    assert verdicts.count("wrong") <= len(verdicts) * 0.02
    assert verdicts.count("asked") <= len(verdicts) * 0.10


def test_the_shipped_places_are_made_as_is_said_and_in_every_grid():
    """The script writes them again byte by byte; each grid has an estate."""
    made = place_files()
    assert {name: (RULES_DIR / name).read_text() for name in made} == made
    assert len(made) == len(grid_files())
    estates = {place.lonlat for place in _estates()}
    assert len(estates) == sum(len(street.grids) for street in RULES.streets.values())


def _estates():
    named = [place for place in LOCATOR.gazetteer.places if place.kind == "estate"]
    return [LOCATOR.candidates(place.name, place.street)[0] for place in named]


def ran(*words: str, stdin: str = "") -> tuple[int, str]:
    """The exit code and what is printed."""
    result = CliRunner().invoke(commands, ["locate", *words], input=stdin)
    return result.exit_code, result.stdout


def test_a_person_reads_where_it_is_and_why():
    """In Chinese: street, grid, how sure, the words; and what else it may be."""
    code, text = ran("长宁街十二号对面", "--lang", "zh")
    assert code == 0
    assert "兴华街道" in text
    assert "门牌 长宁街12号" in text
    code, text = ran("文兴街便民市场", "--street", HOME, "--lang", "zh")
    assert code == 1
    assert "须人工确认" in text


def test_a_program_reads_a_line_for_each_row(tmp_path: Path):
    """Located or not, with the alternatives; a row that cannot be read stops no other."""
    rows = [
        {"id": 1, "address": "兴华街23号", "street": HOME},
        {"id": 2, "text": "路边"},
        {"id": 3},
        {"id": 4, "address": "和平派出所"},
    ]
    path = tmp_path / "addresses.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    code, text = ran(str(path), "--json")
    told = [json.loads(line) for line in text.splitlines()]
    assert code == 1
    assert [row.get("located") for row in told] == [True, False, None, True]
    assert told[0]["grid"].startswith(HOME)
    assert told[0]["words"] == ["number 兴华街23号"]
    assert told[2] == {
        "row": 3,
        "error": {"code": "field_missing", "field": "address", "allowed": "an address or a text"},
    }
    assert told[3]["street"] == "140109003"
