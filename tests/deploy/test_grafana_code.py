"""Boards drawn with Grafana's own code on a real Prometheus: what a person reads, in a wide window and on a small screen."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from math import isfinite
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from deploy.generate import ROOT
from deploy.grafana.kit.board import UIDS
from deploy.grafana.kit.queries import NOT_COUNTED, notice
from deploy.picture import main
from deploy.render.answers import answers_of
from deploy.render.dashboard import Span
from deploy.render.grafana_code import MENU, BrowserWindow, draw
from deploy.render.prometheus_api import Prometheus
from deploy.value_words import NAMES
from tests.deploy.drawn_boards import Drawn, board_of, overlap, planted, shot_of, texts_of
from tests.deploy.invented import START, openmetrics
from tests.deploy.prometheus import backfill, prometheus_on, record_stock
from tests.deploy.tools import grafana_code

HOUR = 3600
END = START + timedelta(days=2, hours=4)
SPAN = Span(START + timedelta(hours=12), END, HOUR)
BEFORE = Span(START - timedelta(days=9), START - timedelta(days=8), HOUR)
"""When nothing had happened yet."""
WINDOWS = (BrowserWindow("wide", 1920), BrowserWindow("small", 1366, MENU))
"""A big screen without Grafana's menu, and the smallest that people work at, with it."""
LETTERS_MIN = 12
"""Pixels."""
FIRST_SCREEN = 768 - 160 + 64
"""Pixels from our page's top that are seen at 768: Grafana's bars and a board's variables take 160, our heading stands in for 64."""
OPEN_LISTS = ("code", "invariant", "department", "grid", "version", "clock", "due")
"""Labels whose values are too many to be seen at once: their tables scroll."""
FIRST_LINES = ("哪里：按街道", "哪里：按类别", "谁：按队伍")
"""Tables of whose lines the first are what matters."""
TIME = re.compile(r"\d\d[/:-]\d\d.*")
SHORTENED = re.compile(r"\s*(K|Mil|Bil|Tri)")


@pytest.fixture(scope="module")
def code() -> None:
    """Grafana's packages and a browser; where they are missing what needs them is skipped."""
    grafana_code()


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory) -> Iterator[Prometheus]:
    """Two invented days."""
    blocks = backfill(openmetrics(HOUR, START, END), tmp_path_factory.mktemp("prometheus"))
    record_stock(blocks, BEFORE.start, END, timedelta(seconds=HOUR), "2h")
    with prometheus_on(blocks, lookback="2h") as server:
        yield server


@pytest.fixture(scope="module")
def drawn(code, prometheus, tmp_path_factory) -> dict[tuple[str, str], Drawn]:
    """Every board in both windows; the manager's also before anything happened, and with the faults of before. Drawn once for all."""
    shots = {key: shot_of(key, prometheus, SPAN) for key in UIDS}
    manager = shots["manager"]
    shots["empty"] = shot_of("manager", prometheus, BEFORE)._replace(name="empty")
    shots["planted"] = manager._replace(
        name="planted", board=manager.board._replace(model=planted(manager.board))
    )
    measured = draw(list(shots.values()), WINDOWS, tmp_path_factory.mktemp("drawn"))
    return {
        (one["board"], one["window"]): Drawn(
            shots[one["board"]], {panel["id"]: panel for panel in one["panels"]}
        )
        for one in measured
    }


EACH = pytest.mark.parametrize(
    ("name", "window"), [(name, window.name) for name in UIDS for window in WINDOWS]
)
ALSO_EMPTY = pytest.mark.parametrize(
    ("name", "window"), [(name, window.name) for name in (*UIDS, "empty") for window in WINDOWS]
)
"""Also while nothing is counted, when notices stand in place of numbers."""


@pytest.mark.parametrize("name", UIDS)
def test_every_query_is_answered(name, prometheus):
    """Prometheus understands each query, and where everything moves none is empty without a reason."""
    board = board_of(name)
    empty = []
    for panel in board.panels:
        words = json.dumps(panel.settings["fieldConfig"], ensure_ascii=False) if panel.targets else ""
        for letter, series in answers_of(panel, board, SPAN, prometheus).items():
            numbers = [value for one in series for _, value in one["points"] if value != "NaN"]
            told = next(target["expr"] for target in panel.targets if target["refId"] == letter) == notice()
            if not numbers and not told and "… " not in words:
                empty.append(f"{panel.title}: {letter}")
    assert empty == []


def test_a_share_stands_beside_its_counts(prometheus):
    """In the table of all shares each is what stands above the line by what stands below it, or its rest to 1."""
    board = board_of("manager")
    panel = next(panel for panel in board.panels if panel.title == "指标一览")
    share, above, below = (
        {one["labels"]["indicator"]: float(one["points"][-1][1]) for one in series}
        for series in list(answers_of(panel, board, SPAN, prometheus).values())[:3]
    )
    assert len(share) > 15
    for key, value in share.items():
        ratio = above[key] / below[key]
        assert any(value == pytest.approx(one) for one in (ratio, 1 - ratio)), key


@ALSO_EMPTY
def test_letters_can_be_read(name, window, drawn):
    """No letter of a panel is smaller than 12 pixels: titles, names, numbers, columns, legends, axes."""
    small = [
        (panel.title, text["text"], text["px"])
        for panel, read in drawn[name, window].panels
        for text in texts_of(read)
        if text["px"] < LETTERS_MIN
    ]
    assert small == []


@ALSO_EMPTY
def test_no_word_is_cut(name, window, drawn):
    """Every title, name, number and column is seen whole, and no table must be scrolled to the side."""
    cut = [
        (panel.title, text["text"])
        for panel, read in drawn[name, window].panels
        for text in texts_of(read)
        if text["cut"] == "side"
    ]
    assert cut == []
    assert [panel.title for panel, read in drawn[name, window].panels if read["wide"]] == []


@ALSO_EMPTY
def test_no_word_lies_on_another(name, window, drawn):
    """Lines of a panel stand below each other, also where a word is long."""
    over = [
        (panel.title, one["text"], other["text"])
        for panel, read in drawn[name, window].panels
        for one, other in combinations(
            [text for text in texts_of(read) if text["box"] and not text["cut"]], 2
        )
        if overlap(one["box"], other["box"])
    ]
    assert over == []


@EACH
def test_counts_are_written_in_full(name, window, drawn):
    """1011 cases are 1011, not 1 K; no count has a fraction."""
    shortened = [
        (panel.title, text["text"])
        for panel, read in drawn[name, window].panels
        for text in texts_of(read, "inside", "cell")
        if SHORTENED.fullmatch(text["text"]) or re.search(r"\d K\b", text["text"])
    ]
    assert shortened == []


@pytest.mark.parametrize("window", [window.name for window in WINDOWS])
def test_bars_say_what_prometheus_answered(window, drawn):
    """The flow's numbers, digit for digit, each beside its name."""
    panel, read = drawn["manager", window].panel("流转：件数")
    answers = drawn["manager", window].shot.answers[panel.number]
    counts = [f"{float(series[0]['points'][-1][1]):.0f}" for series in answers.values()]
    texts = [text["text"] for text in texts_of(read, "inside")]
    assert texts[1::2] == counts
    assert texts[0::2] == [target["legendFormat"] for target in panel.targets]
    assert max(map(int, counts)) > 1000


@pytest.mark.parametrize("window", [window.name for window in WINDOWS])
def test_a_grid_is_called_by_its_name(window, drawn):
    """140109004001014 is the street's grid 014 in its community 001, and not 140 trillion."""
    panel, read = drawn["manager", window].panel("重复点位（网格）")
    codes = {series["labels"]["grid"] for series in drawn["manager", window].shot.answers[panel.number]["A"]}
    names = {f"兴华街道 {code[9:12]}社区{code[12:]}网格" for code in codes}
    assert len(names & {text["text"] for text in texts_of(read, "cell")}) >= 8


@pytest.mark.parametrize("window", [window.name for window in WINDOWS])
@pytest.mark.parametrize("name", ["manager", "team"])
def test_a_number_leads_to_its_cases(name, window, drawn):
    """Each case that is named stands with its number, team, street and matter in words; overdue for longest comes first."""
    panel, read = drawn[name, window].panel("哪些案件：超期与临期")
    answers = drawn[name, window].shot.answers[panel.number]["A"]
    texts = [text["text"] for text in texts_of(read, "cell")]
    columns = 8
    lines = [texts[n : n + columns] for n in range(0, len(texts), columns)]
    numbers = [line[1] for line in lines]
    assert numbers == sorted(numbers, key=lambda number: number.partition("-")[2])
    assert len(numbers) >= min(5, len(answers)), "so many lines are seen at once"
    by_number = {series["labels"]["case"]: series["labels"] for series in answers}
    for state, number, *words, severity, limit, left in lines:
        labels = by_number[number]
        assert state == NAMES["due"][labels["due"]].zh
        assert words == [NAMES[label][labels[label]].zh for label in ("team", "street", "matter")]
        assert severity == labels["severity"]
        assert re.fullmatch(r"\d\d-\d\d \d\d:\d\d", limit)
        assert left.startswith("-") == (labels["due"] == "overdue")
    links = [
        link["url"]
        for title in ("临期", "超期在办")
        for override in drawn[name, window].panel(title)[0].settings["fieldConfig"]["overrides"]
        for one in override["properties"]
        if one["id"] == "links"
        for link in one["value"]
    ]
    assert links
    assert all(f"/d/{UIDS[name]}?" in url and url.endswith(f"&viewPanel={panel.number}") for url in links)


@EACH
def test_a_share_is_a_percentage(name, window, drawn):
    """Where the unit is a share, a number with its sign, or the word for none: never a bare fraction."""
    for panel, read in drawn[name, window].panels:
        if panel.kind == "stat" and panel.settings["fieldConfig"]["defaults"]["unit"] == "percentunit":
            texts = [text["text"] for text in texts_of(read, "inside")]
            first = texts.index(panel.targets[0]["legendFormat"]) + 1
            assert re.fullmatch(r"\d+\.\d", texts[first]), (panel.title, texts)
            assert texts[first + 1] == "%"


@EACH
def test_what_is_known_to_fit_is_seen_at_once(name, window, drawn):
    """Tables by team, category, severity and source, and bars, show their last line without scrolling."""
    hidden = [
        (panel.title, text["text"])
        for panel, read in drawn[name, window].panels
        if panel.kind in ("table", "bargauge", "stat")
        and panel.title not in FIRST_LINES
        and not any(f"by ({label}" in panel.targets[0]["expr"] for label in OPEN_LISTS)
        for text in texts_of(read)
        if text["cut"] == "below"
    ]
    assert hidden == []


@pytest.mark.parametrize("window", [window.name for window in WINDOWS])
def test_the_first_screen_answers_the_three_questions(window, drawn):
    """On time, where not, who can act: read without scrolling on a screen of 768, below Grafana's own bars; the latest stand on top."""
    board = drawn["manager", window]
    for title in ("按期处置率", *FIRST_LINES):
        assert texts_of(board.panel(title)[1], "inside", "cell")[0]["box"][3] < FIRST_SCREEN, title
    for title in FIRST_LINES:
        lines: dict[int, list[str]] = {}
        for text in sorted(texts_of(board.panel(title)[1], "cell"), key=lambda text: text["box"]):
            if text["box"][3] < FIRST_SCREEN:
                lines.setdefault(text["box"][1], []).append(text["text"])
        late = [int(line[1]) for _, line in sorted(lines.items())]
        assert len(late) >= 2, title
        assert late == sorted(late, reverse=True), title


@EACH
def test_a_line_has_an_axis(name, window, drawn):
    """A chart with points has numbers at its side: one value without end, and Grafana draws none of its lines."""
    bare = []
    for panel, read in drawn[name, window].panels:
        answers = drawn[name, window].shot.answers[panel.number].values()
        points = [float(value) for series in answers for one in series for _, value in one["points"]]
        if panel.kind == "timeseries" and any(map(isfinite, points)):
            numbers = [text for text in texts_of(read, "axis") if not TIME.fullmatch(text["text"])]
            if len(numbers) < 2:
                bare.append(panel.title)
    assert bare == []


@pytest.mark.parametrize("window", [window.name for window in WINDOWS])
def test_before_anything_happened_nothing_is_judged(window, drawn):
    """No case is "too few", no audit is "no audit", no worker is said: each line says so, and none is left out."""
    board = drawn["empty", window]
    for panel, read in board.panels:
        if panel.kind == "stat":
            texts = {text["text"] for text in texts_of(read, "inside")}
            named = {target["legendFormat"] for target in panel.targets if target["expr"] != notice()}
            assert named <= texts or len(named) == 1, panel.title
            if any(target["expr"] == notice() for target in panel.targets):
                assert {"数据不完整 incomplete, no worker 无工作进程", NOT_COUNTED} <= texts, panel.title
    assert {"… 件数太少 too few"} <= {text["text"] for text in board.panel("满意率")[1]["texts"]}
    assert {"… 未审计 no audit"} <= {text["text"] for text in board.panel("丢失（审计）")[1]["texts"]}


def test_codes_are_shown_in_words(drawn):
    """No value of a label that has a Chinese word is shown as its code."""
    codes = {
        value for label in ("hours", "reason", "kind", "end", "outcome", "quantile") for value in NAMES[label]
    }
    codes -= {"other", "p50", "p99"}
    shown = {
        text["text"] for name in UIDS for _, read in drawn[name, "wide"].panels for text in texts_of(read)
    }
    assert codes & shown == set()
    assert NAMES["hours"]["office"].zh in shown


def test_the_faults_of_before_would_be_seen(drawn):
    """With letters fitted to the longest word, the unit `short` and columns of 150 pixels each check above finds something."""
    read = [text for panel in drawn["planted", "small"].read.values() for text in panel["texts"]]
    assert min(text["px"] for text in read) < 7
    assert any(SHORTENED.fullmatch(text["text"]) for text in read)
    assert any(text["cut"] == "side" for text in read)
    assert any(panel["wide"] for panel in drawn["planted", "small"].read.values())


def test_a_board_is_drawn(code, prometheus, tmp_path):
    """A picture as wide as the window asked for."""
    out = tmp_path / "board.png"
    span = ("--from", SPAN.start.isoformat(), "--to", SPAN.end.isoformat(), "--sample", str(HOUR))
    asked = (
        "--board",
        "team",
        "--prometheus",
        prometheus.address,
        "--out",
        str(out),
        "--width",
        "1280",
        *span,
    )
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 0, answer.output
    with Image.open(out) as picture:
        assert picture.width == 1280
        assert len(picture.getcolors(1 << 24) or ()) > 50


def test_a_team_is_chosen(prometheus):
    """A variable narrows what is shown: a team's cases are fewer than all."""
    held = [
        prometheus.number(board.fill('sum(enforcement:held_cases:now{team=~"$team"})', SPAN), END)
        for board in (board_of("manager"), board_of("team"), board_of("manager", team="planning|ecology"))
    ]
    assert held[0] > held[2]
    assert held[0] > held[1]


def test_a_dead_prometheus_is_told(tmp_path):
    """The command says which address does not answer, and writes nothing."""
    out = tmp_path / "board.png"
    asked = ("--board", "team", "--prometheus", "http://127.0.0.1:1", "--out", str(out))
    answer = CliRunner().invoke(main, (*asked, "--from", "2026-11-01T00:00Z", "--to", "2026-11-02T00:00Z"))
    assert answer.exit_code == 1
    assert "http://127.0.0.1:1" in answer.output
    assert not out.exists()


def test_the_packages_are_pinned_and_name_no_registry():
    """Every package of the lock file has its checksum, and none says from where it comes."""
    lock = json.loads((ROOT / "deploy/render/page/package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity")] == []
    assert lock["packages"]["node_modules/@grafana/ui"]["license"] == "Apache-2.0"
    assert (
        Path(ROOT / "deploy/render/page/.npmrc").read_text("utf-8").count("omit-lockfile-registry-resolved")
    )
