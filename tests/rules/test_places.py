"""The named places: what is wrong is found, with its code and line; a list is taken over into the files of its streets."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.core.locate.locating import Located
from pipeline.core.rules.grid import from_wgs84
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.rulebook.archive import RuleFolders, archive_rules
from pipeline.rulebook.book import read_book
from pipeline.rulebook.differences import differences
from schemas.values.terms import Crs
from tests.rules.conftest import problems_of

HOME = "140109004"
HEAD = "kind,name,aliases,road,numbers,line,radius_m\n"
ROAD = "road,甲乙街,,,,112.48 37.88; 112.49 37.88,\n"


def ran(*words: str) -> tuple[int, str]:
    """The exit code and what is printed."""
    result = CliRunner().invoke(commands, ["places", *words], env={"LC_ALL": "C.UTF-8"})
    return result.exit_code, result.stdout


@pytest.mark.parametrize(
    ("code", "line", "row"),
    [
        ("kind_unknown", 3, "lake,东湖,,,,112.48 37.88,\n"),
        ("name_wrong", 3, "estate,湖,,,,112.48 37.88,\n"),
        ("name_wrong", 3, "estate,东湖苑,湖,,,112.48 37.88,\n"),
        ("line_wrong", 3, "estate,东湖苑,,,,112.48,\n"),
        ("line_wrong", 3, "estate,东湖苑,,,,112.48 nan,\n"),
        ("line_wrong", 3, "road,丙丁街,,,,112.48 37.88,\n"),
        ("numbers_wrong", 3, "numbers,甲乙街,,,odd 99-1,112.48 37.88; 112.49 37.88,\n"),
        ("numbers_wrong", 3, "numbers,甲乙街,,,,112.48 37.88; 112.49 37.88,\n"),
        ("radius_wrong", 3, "estate,东湖苑,,,,112.48 37.88,99999\n"),
        ("road_unknown", 3, "numbers,丙丁街,,,odd 1-99,112.48 37.88; 112.49 37.88,\n"),
        ("road_unknown", 3, "junction,甲乙街,,丙丁街,,112.48 37.88,\n"),
        ("road_unknown", 3, "spot,银行,,丙丁街,,112.48 37.88,\n"),
        ("place_twice", 3, ROAD),
        ("outside_street", 3, "estate,东湖苑,,,,113.48 37.88,\n"),
        ("columns_wrong", 3, "estate,东湖苑\n"),
    ],
)  # fmt: skip
def test_each_fault_is_found_by_its_code_and_line(tmp_path, code, line, row):
    """And 65 is the exit code."""
    path = tmp_path / f"{HOME}.csv"
    path.write_text(HEAD + ROAD + row)
    exit_code, text = ran("check", str(path), "--json")
    assert exit_code == 65
    assert [(fault["code"], fault["line"]) for fault in json.loads(text)["found"]] == [(code, line)]


def test_another_table_is_no_list_of_places(tmp_path):
    """Nor a file that is named for no street."""
    path = tmp_path / f"{HOME}.csv"
    path.write_text("a,b\n1,2\n")
    assert "columns_wrong" in ran("check", str(path), "--json")[1]
    path.write_bytes(b"\xff\xfe\x00")
    assert "unreadable" in ran("check", str(path), "--json")[1]
    other = tmp_path / "140109099.csv"
    other.write_text(HEAD + ROAD)
    assert "no_street" in ran("check", str(other), "--json")[1]


def test_the_shipped_places_are_right():
    """All of 14 streets."""
    exit_code, text = ran("check", "--json")
    assert exit_code == 0
    assert len(json.loads(text)["streets"]) == 14


def test_rules_with_wrong_places_are_not_loaded(folder):
    """The line is named."""
    path = folder / "places" / f"{HOME}.csv"
    path.write_text(path.read_text().replace("road,长宁街", "rode,长宁街", 1))
    assert ("kind", 2) in {(problem.field, problem.line) for problem in problems_of(folder)}


def test_another_place_is_another_version_and_shows_as_a_difference(folder, tmp_path):
    """The archive keeps the places with the rules."""
    old = read_book(folder)
    path = folder / "places" / f"{HOME}.csv"
    path.write_text(path.read_text() + "estate,东湖苑,,,,112.48 37.88,90\n")
    new = read_book(folder)
    assert new.version != old.version
    (found,) = differences(old, new)
    assert (found.group, found.path, found.old) == ("places", f"{HOME}.estate 东湖苑", None)
    archive_rules(folder, tmp_path / "archive")
    kept = RuleFolders([tmp_path / "archive"]).find(new.version)
    assert kept is not None
    assert isinstance(load_rules(kept).locator.locate("东湖苑3号楼", HOME), Located)


def test_a_list_is_taken_over_in_its_coordinate_system(tmp_path):
    """Own names of columns; each place into its street's file; the same list again changes nothing."""
    rules = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
    at = {"东湖苑": (112.48, 37.88), "西湖苑": (112.52, 37.875)}
    lines = ["XQMC,JD,WD"]
    for name, point in at.items():
        lon, lat = from_wgs84(*point, Crs.BD09)
        lines.append(f"{name},{lon},{lat}")
    path = tmp_path / "estates.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    words = (
        "--kind",
        "estate",
        "--name",
        "XQMC",
        "--lon",
        "JD",
        "--lat",
        "WD",
        "--rules",
        str(rules),
        "--json",
    )
    for _ in range(2):
        exit_code, text = ran("import", str(path), "--crs", "BD-09", *words)
        assert (exit_code, json.loads(text)["streets"]) == (0, {HOME: 1, "140109001": 1})
    taken = load_rules(rules)
    for name, point in at.items():
        result = taken.locator.locate(name, None)
        assert isinstance(result, Located)
        assert result.place.lonlat == pytest.approx(point, abs=1e-5)
    assert (rules / "places" / f"{HOME}.csv").read_text().count("东湖苑") == 1


def test_a_wrong_list_changes_nothing(tmp_path):
    """One row that lies nowhere keeps all of it out."""
    rules = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
    path = tmp_path / "estates.csv"
    path.write_text("kind,name,lon,lat\nestate,东湖苑,112.48,37.88\nestate,西湖苑,0,0\n")
    before = (rules / "places" / f"{HOME}.csv").read_bytes()
    assert ran("import", str(path), "--crs", "WGS84", "--rules", str(rules))[0] == 65
    assert (rules / "places" / f"{HOME}.csv").read_bytes() == before
