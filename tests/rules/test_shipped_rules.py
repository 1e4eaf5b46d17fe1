"""The rules that come with the project: whole, in agreement with each other, and versioned by what they mean."""

import shutil
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path

import pytest
import yaml

from pipeline.core.rules import Limit, RouteMode, Unit
from pipeline.core.worktime import SHANGHAI
from pipeline.rulebook import RULES_DIR, load_rules
from pipeline.rulebook.book import limit_of, read_book
from schemas import limits
from schemas.terms import EvidenceKind, Severity, Source, Urgency

RULES = load_rules()
BOOK = read_book()


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped rules."""
    return Path(shutil.copytree(RULES_DIR, tmp_path / "rules"))


def test_there_are_53_matters_in_the_categories_of_the_catalogue():
    """Sixteen of city appearance, four of fire, and so on: 53."""
    counted = Counter(code[:2] for code in RULES.matters)
    assert counted == {
        "SR": 16,
        "WJ": 5,
        "SZ": 7,
        "YL": 3,
        "HB": 6,
        "SC": 4,
        "WY": 4,
        "SW": 2,
        "XF": 4,
        "YQ": 1,
        "JT": 1,
    }
    assert sum(counted.values()) == 53


def test_a_matter_becomes_what_the_core_needs():
    """One matter from the file to the value, field by field."""
    matter = RULES.matters["WJ-001"]
    assert (matter.name_en, matter.lead_team) == (
        "Construction under way without planning permit",
        "planning",
    )
    assert (matter.severity, matter.arrive) == (Severity.P2, Limit(60, Unit.NATURAL_MINUTES))
    assert matter.dispose == Limit(240, Unit.NATURAL_MINUTES)
    assert matter.sources == {Source.HOTLINE_12345, Source.HOTLINE_12319, Source.PATROL, Source.MONITOR}
    kinds = (EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER, EvidenceKind.BODYCAM, EvidenceKind.DOCUMENT)
    assert matter.evidence_required == kinds
    assert matter.legal_basis == ("《城乡规划法》第64、68条",)


def test_articles_that_nobody_has_read_are_shown_to_nobody():
    """The law is named, its article number is kept in the file only."""
    unread = [
        (entry.code, number)
        for entry in BOOK.matters.matters
        for number, basis in enumerate(entry.legal_basis)
        if basis.confidence == "from_memory"
    ]
    assert unread
    assert all(RULES.matters[code].legal_basis[number].endswith("》") for code, number in unread)


def test_severity_decides_whether_the_clock_stops_at_night():
    """P1 and P2 run on natural time, P3 and P4 on working time, for arriving and for disposing."""
    for matter in RULES.matters.values():
        urgent = matter.severity in (Severity.P1, Severity.P2)
        assert (matter.arrive.unit is Unit.NATURAL_MINUTES) == urgent, matter.code
        assert (matter.dispose.unit is Unit.NATURAL_MINUTES) == urgent, matter.code


def test_no_matter_is_larger_than_an_assignment_allows():
    """What a matter brings into each assignment fits the contract."""
    for matter in RULES.matters.values():
        assert len(matter.name_zh) <= limits.NAME_MAX
        assert len(matter.name_en) <= limits.NAME_MAX
        assert len(matter.evidence_required) <= 10
        assert all(len(basis) <= limits.NOTE_MAX for basis in matter.legal_basis)


@pytest.mark.parametrize("street", RULES.streets)
def test_each_grid_has_exactly_one_lead_for_each_case(street):
    """Whatever is reported by whom about which grid, one line decides and its first team is one of the street."""
    here = RULES.streets[street]
    for grid in here.grids.codes():
        assert sum(grid[9:12] in team.communities for team in here.teams.values()) == 1
    for code, severity, source, urgency in product(RULES.matters, Severity, Source, Urgency):
        line = next(one for one in RULES.routing if one.matches(code, severity, source, urgency))
        meant = {
            "lead": RULES.matters[code].lead_team,
            "territorial": here.territorial_team("001"),
        }
        for name in (*line.to, *line.then):
            assert meant.get(name, name) in here.teams


def test_what_is_urgent_is_dispatched_and_what_a_patrol_finds_is_offered():
    """The lines that matter most: minutes are not spent on a pool."""
    for code, matter in RULES.matters.items():
        for source, urgency in product(Source, Urgency):
            line = next(one for one in RULES.routing if one.matches(code, matter.severity, source, urgency))
            if matter.severity in (Severity.P1, Severity.P2) or urgency is not Urgency.NORMAL:
                assert (line.mode, line.to) == (RouteMode.DISPATCH, ("lead",))
            elif source is Source.PATROL and matter.severity is Severity.P4:
                assert (line.mode, line.to) == (RouteMode.OFFER, ("lead", "territorial"))


def test_who_verifies_does_not_handle():
    """No role may both dispose and verify, or dispose and call back."""
    assert not RULES.may["dispose"] & RULES.may["verify"]
    assert not RULES.may["dispose"] & RULES.may["call_back"]
    assert not RULES.may["dispatch"] & RULES.may["verify"]


def test_a_limit_is_read_in_its_unit():
    """Hours become minutes, workdays stay workdays."""
    assert [
        limit_of(text) for text in ("2 work_hours", "3 workdays", "1 natural_days", "30 work_minutes")
    ] == [
        Limit(120, Unit.WORK_MINUTES),
        Limit(3, Unit.WORKDAYS),
        Limit(1440, Unit.NATURAL_MINUTES),
        Limit(30, Unit.WORK_MINUTES),
    ]


@pytest.mark.parametrize("table", BOOK.calendars, ids=lambda table: str(table.year))
def test_the_calendar_agrees_with_a_second_source(table):
    """Each day of the year is worked or not as the package chinesecalendar says."""
    second = pytest.importorskip("chinese_calendar")
    day = date(table.year, 1, 1)
    while day.year == table.year:
        worked = RULES.calendar.is_work_time(datetime.combine(day, time(9), SHANGHAI))
        assert worked == second.is_workday(day), day
        day += timedelta(days=1)


def test_the_version_is_an_identifier_with_the_human_version_in_front():
    """It stands on each journal entry."""
    human, _, digest = RULES.version.partition("-")
    assert human == BOOK.policy.version
    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")


def test_comments_layout_and_the_order_of_fields_do_not_change_the_version(folder):
    """Only what the files say counts, not how they are written."""
    for path in folder.rglob("*.yaml"):
        content = yaml.safe_load(path.read_text())
        path.write_text(
            "# another comment\n" + yaml.safe_dump(content, allow_unicode=True, sort_keys=True, width=300)
        )
    assert load_rules(folder).version == RULES.version


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("matters", "dispose: 2 work_hours", "dispose: 3 work_hours"),
        ("matters", "Goods back inside", "Goods are back inside"),
        ("routing", "then: [lead, duty]", "then: [duty, lead]"),
        ("roster", "name_en: Planning group", "name_en: Planners"),
        ("streets", "west: 112.4775", "west: 112.4776"),
        ("roles", "verify: [verifier]", "verify: [verifier, duty_chief]"),
        ("policy", "duplicate_distance_m: 50", "duplicate_distance_m: 51"),
        ("policy", '"2026.11"', '"2026.12"'),
        ("hours", '-17:30"]', '-17:00"]'),
        ("calendar/2026", "  - 2026-02-28", "  - 2026-03-07"),
    ],
)
def test_whatever_means_something_changes_the_version(folder, name, old, new):
    """One limit, one team, one day: another version, on each entry that it decides."""
    path = folder / f"{name}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert load_rules(folder).version != RULES.version


def test_the_same_rules_elsewhere_have_the_same_version(folder):
    """Where the folder lies means nothing."""
    assert load_rules(folder).version == RULES.version
