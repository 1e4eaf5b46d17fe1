"""The boards as Grafana will read them."""

import json
import re
from itertools import combinations

import pytest
import yaml

from deploy.generate import ROOT, contents
from deploy.grafana.grafana_files import FOLDER, grafana_files
from deploy.grafana.kit.board import COLUMNS, SCHEMA_VERSION, UIDS
from deploy.grafana.kit.queries import UnknownLabel, notice, value
from deploy.grafana.kit.series_labels import LABELS, SCRAPED
from pipeline.indicators.indicator_table import INDICATORS
from pipeline.indicators.stock_records import INCOMPLETE, SERIES, asks_for_stock

FILES = dict(grafana_files())
BOARDS = {name: json.loads(FILES[f"{FOLDER}/dashboards/{name}.json"]) for name in UIDS}
ALL = {
    f"{name} {panel['title']}": panel
    for name, board in BOARDS.items()
    for panel in board["panels"]
    if panel["type"] != "row"
}
ASKING = [name for name, panel in ALL.items() if panel["type"] != "text"]
HAN = re.compile(r"[\u4e00-\u9fff]")
UNITS = {"none", "string", "percentunit", "s", "d", "h", "cps", "time:MM-DD HH:mm"}
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_METRIC = re.compile(r"(enforcement[_:][\w:]+)(?:\{([^}]*)\})?")
_MADE = re.compile(r'"(\w+)", "[^"]*\$1"')
"""A label that `label_replace` makes."""
_GROUPED = re.compile(r"\b(?:by|on|ignoring)\s*\(([^)]*)\)")


def asked_of(query):
    """Each metric in a query with the labels it is asked for."""
    plain = _STRINGS.sub('""', query)
    for metric, inside in _METRIC.findall(plain):
        yield metric, {part.strip() for part in re.findall(r"(\w+)\s*[=!]", inside)}


def queries_of(board):
    """Every query of a board: panels and annotations."""
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))
    yield from (annotation["expr"] for annotation in board["annotations"]["list"])


@pytest.mark.parametrize("path", FILES)
def test_what_is_committed_is_what_is_generated(path):
    """Nobody edits a board by hand, and nobody forgets to generate."""
    assert (ROOT / path).read_text("utf-8") == FILES[path], "run: python -m deploy.generate"


def test_generating_twice_gives_the_same():
    """Nothing in a board depends on the run."""
    assert dict(grafana_files()) == FILES
    assert FILES.items() <= dict(contents()).items()


def test_nothing_else_lies_there():
    """A board that is made no more is deleted."""
    there = {f"{FOLDER}/dashboards/{file.name}" for file in (ROOT / FOLDER / "dashboards").iterdir()}
    assert there == {path for path in FILES if "/dashboards/" in path and path.endswith(".json")}


def test_boards_keep_their_addresses():
    """Uids are unique and fixed, and so is the schema."""
    assert {name: board["uid"] for name, board in BOARDS.items()} == UIDS
    assert len(set(UIDS.values())) == len(UIDS)
    assert {board["schemaVersion"] for board in BOARDS.values()} == {SCHEMA_VERSION}


@pytest.mark.parametrize("name", ALL)
def test_a_panel_says_what_it_is(name):
    """A Chinese title; English and Chinese under the mouse."""
    panel = ALL[name]
    assert HAN.search(panel["title"])
    english = panel["description"].splitlines()[0]
    assert re.fullmatch(r"\*\*[^*]+\*\*", english)
    assert not HAN.search(english)


@pytest.mark.parametrize("name", ASKING)
def test_a_panel_asks_and_has_a_unit(name):
    """No panel without a query, none whose numbers have no unit, none without a word for no data."""
    panel = ALL[name]
    assert panel["targets"]
    assert all(target["expr"] for target in panel["targets"])
    settings = panel["fieldConfig"]
    overridden = {
        override["value"]
        for over in settings["overrides"]
        for override in over["properties"]
        if override["id"] == "unit"
    }
    assert settings["defaults"]["unit"] in UNITS
    assert overridden <= UNITS
    assert settings["defaults"]["noValue"]


@pytest.mark.parametrize("name", BOARDS)
def test_panels_lie_side_by_side(name):
    """Inside the grid, one over the other nowhere, each with a number of its own."""
    places = [panel["gridPos"] for panel in BOARDS[name]["panels"]]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= COLUMNS for place in places)
    for place, other in combinations(places, 2):
        assert (
            place["x"] + place["w"] <= other["x"]
            or other["x"] + other["w"] <= place["x"]
            or place["y"] + place["h"] <= other["y"]
            or other["y"] + other["h"] <= place["y"]
        ), (place, other)
    numbers = [panel["id"] for panel in BOARDS[name]["panels"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_asks_only_for_what_there_is(name):
    """Every metric and label of its queries is in the contract."""
    for query in queries_of(BOARDS[name]):
        exported = set(_MADE.findall(query))
        for metric, labels in asked_of(query):
            assert metric in LABELS, query
            assert labels <= LABELS[metric] | SCRAPED, query
            exported |= LABELS[metric] | SCRAPED
        grouped = {part.strip() for inside in _GROUPED.findall(query) for part in inside.split(",")}
        assert grouped - {""} <= exported, query


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_sums_over_workers(name):
    """A bare metric would show one worker's part: each stands in a sum, a max or a count."""
    for query in queries_of(BOARDS[name]):
        for match in re.finditer(r"enforcement[_:][\w:]+", query):
            before = query[: match.start()]
            gathered = (
                r"(?:sum|max|count)(?: by \([^)]*\))? ?\((?:(?:round\()?increase\(|rate\(|label_replace\()?$"
            )
            assert re.search(gathered, before), query


@pytest.mark.parametrize("name", ASKING)
def test_a_panel_of_what_stands_says_so_when_not_all_is_counted(name):
    """Its number is gone then; in its place stands how many partitions are counted. No panel adds up over workers by itself."""
    queries = [target["expr"] for target in ALL[name]["targets"]]
    assert not [query for query in queries for metric in SERIES if re.search(rf"\b{metric}\b", query)]
    if any(asks_for_stock(query) for query in queries):
        legend = ALL[name]["options"].get("legend", {"calcs": []})
        asked_now = all(target["instant"] for target in ALL[name]["targets"])
        assert legend["calcs"] == [] if ALL[name]["type"] == "timeseries" else asked_now, "a number of before"
        assert any(INCOMPLETE in query for query in queries)
        if ALL[name]["type"] == "table":
            assert all(INCOMPLETE in query for query in queries if asks_for_stock(query))
        else:
            [told] = [target for target in ALL[name]["targets"] if target["expr"] == notice()]
            assert told["legendFormat"] in ("{{notice}}", "未计全 {{counted}}")


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_fills_in_only_its_own_variables(name):
    """A variable that nobody defines would stay in the query as it is."""
    board = BOARDS[name]
    mine = {variable["name"] for variable in board["templating"]["list"]} | {"__range", "__rate_interval"}
    assert {name for query in queries_of(board) for name in re.findall(r"\$([a-z_]\w*)", query)} <= mine


def test_every_indicator_is_on_the_managers_board():
    """Its name and its formula are read there, in both languages."""
    text = json.dumps(BOARDS["manager"], ensure_ascii=False)
    missing = [
        key
        for key, indicator in INDICATORS.items()
        if not (indicator.formula_zh in text and indicator.formula_en in text)
    ]
    assert missing == []


def test_a_number_of_what_stands_keeps_its_colours_and_links():
    """What is shown in its place while not all is counted changes nothing else: from the bound on it is orange, and leads on."""
    settings = ALL["manager 超期在办"]["fieldConfig"]
    [own] = [override for override in settings["overrides"] if override["matcher"]["options"] == "A"]
    shown = {one["id"]: one["value"] for one in own["properties"]}
    assert len(shown["thresholds"]["steps"]) == 3
    assert shown["thresholds"] == settings["defaults"]["thresholds"]
    assert shown["links"] == settings["defaults"]["links"]


def test_links_lead_to_boards():
    """A number leads on, to an address that there is."""
    text = json.dumps(BOARDS)
    led = set(re.findall(r"/d/([\w-]+)\?", text))
    assert led
    assert led <= set(UIDS.values())


def test_an_indicator_is_not_asked_for_a_label_it_has_not():
    """A slice that would be empty is an error when the board is made."""
    with pytest.raises(UnknownLabel):
        value("satisfied", by="category")


def test_grafana_is_told_where_the_boards_are():
    """The provisioning names the data source that boards begin with, and the folder beside it."""
    [source] = yaml.safe_load(FILES[f"{FOLDER}/provisioning/datasources/prometheus.yaml"])["datasources"]
    [provider] = yaml.safe_load(FILES[f"{FOLDER}/provisioning/dashboards/enforcement.yaml"])["providers"]
    variables = {board["name"]: board for board in BOARDS["manager"]["templating"]["list"]}
    assert source["uid"] == variables["datasource"]["current"]["value"]
    assert provider["options"]["path"].endswith("/../dashboards")
