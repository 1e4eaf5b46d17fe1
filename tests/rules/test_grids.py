"""The polygons of grids: what is wrong is found, with its code and line; a survey is taken over as it is meant."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.core.rules.grid import from_wgs84
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.rulebook.archive import RuleFolders, archive_rules
from pipeline.rulebook.book import read_book
from pipeline.rulebook.differences import differences
from pipeline.rulebook.places.grid_files import grid_files, read_grids
from schemas.values.terms import Crs
from tests.locate.district import grid_files as made_files
from tests.rules.conftest import problems_of

STREET = "140109003"
FILE = RULES_DIR / "grids" / f"{STREET}.geojson"


def ran(*words: str) -> tuple[int, str]:
    """The exit code and what is printed."""
    result = CliRunner().invoke(commands, ["grids", *words], env={"LC_ALL": "C.UTF-8"})
    return result.exit_code, result.stdout


def edited(tmp_path: Path, edit) -> Path:
    """A copy of a shipped file after `edit` of its features."""
    content = json.loads(FILE.read_text())
    edit(content["features"])
    path = tmp_path / FILE.name
    path.write_text(json.dumps(content))
    return path


def ring(feature):
    """The outline of a feature."""
    return feature["geometry"]["coordinates"][0]


def crossed(features):
    """Exchanges two corners."""
    corners = ring(features[0])
    corners[1], corners[2] = corners[2], corners[1]


def moved(features):
    """Moves a corner some hundred metres into the neighbour."""
    ring(features[0])[2][0] += 0.001


def properties(name, value):
    """An edit of the first grid's property."""
    return lambda features: features[0]["properties"].update({name: value})


FAULTS = [
    ("not_closed", lambda features: ring(features[0]).pop()),
    ("too_few_points", lambda features: features[0]["geometry"].update(coordinates=[ring(features[0])[:2]])),
    ("number_wrong", lambda features: ring(features[0])[0].__setitem__(0, 400.0)),
    ("number_wrong", lambda features: ring(features[0])[0].__setitem__(0, float("nan"))),
    ("not_simple", crossed),
    ("overlap", moved),
    ("hole", lambda features: features.pop(7)),
    ("hole", lambda features: features[0]["geometry"]["coordinates"].append(ring(features[0]))),
    ("id_wrong", properties("grid", "14010900300100")),
    ("id_wrong", properties("grid", 140109003001001)),
    ("not_of_street", properties("grid", "140109004001099")),
    ("community_wrong", properties("community", "002")),
    ("name_wrong", properties("name_zh", 7)),
    ("id_twice", lambda features: features.append(features[0])),
    ("not_a_polygon", lambda features: features[0]["geometry"].update(type="Point")),
    ("no_grids", lambda features: features.clear()),
]


@pytest.mark.parametrize(("code", "edit"), FAULTS)
def test_each_fault_is_found_by_its_code(tmp_path, code, edit):
    """With the grid that it is of, and 65 as the exit code."""
    path = edited(tmp_path, edit)
    exit_code, text = ran("check", str(path), "--json")
    assert exit_code == 65
    assert code in {fault["code"] for fault in json.loads(text)["found"]}
    assert ran("check", str(path))[0] == 65


def test_what_is_no_geojson_is_unreadable(tmp_path):
    """Neither broken text nor another document stops the command."""
    for text in ("{", "[]", '{"type": "FeatureCollection"}'):
        path = tmp_path / FILE.name
        path.write_text(text)
        exit_code, out = ran("check", str(path), "--json")
        assert (exit_code, json.loads(out)["found"][0]["code"]) == (65, "unreadable")


def test_the_shipped_grids_are_right_and_made_as_is_said():
    """All 651 of 14 streets; the script writes them again byte by byte."""
    exit_code, text = ran("check", "--json")
    counts = json.loads(text)["streets"]
    assert (exit_code, len(counts), sum(counts.values())) == (0, 14, 651)
    assert {name: (RULES_DIR / name).read_text() for name in made_files()} == made_files()


def test_rules_with_wrong_grids_are_not_loaded(folder):
    """The line of the grid is named; so is a street without a file, and a file without a street."""
    path = folder / "grids" / FILE.name
    path.write_text(path.read_text().replace('"community": "001"', '"community": "009"', 1))
    (problem,) = problems_of(folder)
    assert (problem.line, problem.field) == (2, "features.0.properties.community")
    path.rename(path.with_name("140109099.geojson"))
    found = {problem.wrong for problem in problems_of(folder)}
    assert {"no such street: 140109099", f"no grids for street {STREET}"} <= found


def test_rules_check_finds_grids_that_overlap(folder):
    """What a worker would take as it is, whoever writes rules hears of."""
    path = folder / "grids" / FILE.name
    content = json.loads(path.read_text())
    moved(content["features"])
    path.write_text(json.dumps(content))
    result = CliRunner().invoke(commands, ["rules", "check", str(folder), "--json"])
    assert result.exit_code == 65
    assert {problem["wrong"] for problem in json.loads(result.stdout)["found"]} == {
        f"overlaps {STREET}001001"
    }


def test_a_moved_corner_is_another_version_and_shows_as_a_difference(folder, tmp_path):
    """The archive keeps both; the difference names the grid."""
    old = read_book(folder)
    path = folder / "grids" / FILE.name
    path.write_text(path.read_text().replace("[112.4715, 37.8705]", "[112.4716, 37.8705]"))
    new = read_book(folder)
    assert new.version != old.version
    found = list(differences(old, new))
    assert [(one.group, one.path) for one in found] == [("grids", f"{STREET}001001.outline")]
    archive_rules(folder, tmp_path / "archive")
    kept = RuleFolders([tmp_path / "archive"]).find(new.version)
    assert kept is not None
    assert len(load_rules(kept).streets[STREET].grids) == 36


@pytest.mark.parametrize(
    ("crs", "named"), [(Crs.GCJ02, "GCJ-02"), (Crs.BD09, "bd09"), (Crs.CGCS2000, "CGCS2000")]
)
def test_a_survey_is_taken_over_in_its_coordinate_system(tmp_path, crs, named):
    """Its own names of properties, codes as numbers, both streets in one file; then each point has the grid that it had."""
    features = []
    for path in grid_files(RULES_DIR)[:2]:
        for feature in json.loads(path.read_text())["features"]:
            own = feature["properties"]
            outline = [list(from_wgs84(point[0], point[1], crs)) for point in ring(feature)]
            features.append({
                "type": "Feature",
                "properties": {"WGDM": float(own["grid"]), "SQMC": own["community_zh"]},
                "geometry": {"type": "Polygon", "coordinates": [outline]},
            })  # fmt: skip
    survey = tmp_path / "survey.geojson"
    survey.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8-sig")
    rules = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
    words = ("--code", "WGDM", "--community", "SQMC", "--rules", str(rules), "--json")
    exit_code, text = ran("import", str(survey), "--crs", named, *words)
    assert (exit_code, json.loads(text)["streets"]) == (0, {"140109001": 48, "140109002": 48})
    before, after = load_rules(), load_rules(rules)
    for street in ("140109001", "140109002"):
        plan, taken = before.streets[street].grids, after.streets[street].grids
        assert all(taken.grid_at(*plan.centre_of(code)) == code for code in plan.codes())
        assert taken.grids[f"{street}001001"].community_zh == plan.grids[f"{street}001001"].community_zh


def test_a_wrong_survey_changes_nothing(tmp_path):
    """Neither with a fault in it, nor in a coordinate system that nobody knows."""
    rules = Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))
    wrong = edited(tmp_path, lambda features: features.pop(7))
    assert ran("import", str(wrong), "--crs", "WGS84", "--rules", str(rules))[0] == 65
    assert ran("import", str(FILE), "--crs", "city", "--rules", str(rules))[0] != 0
    nothing = tmp_path / "text.geojson"
    nothing.write_text("no GeoJSON")
    assert ran("import", str(nothing), "--crs", "WGS84", "--rules", str(rules))[0] == 65
    assert (rules / "grids" / FILE.name).read_bytes() == FILE.read_bytes()
    assert read_grids(rules / "grids" / FILE.name).faults == []
