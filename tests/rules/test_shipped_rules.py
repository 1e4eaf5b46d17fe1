"""The rules that come with the project: whole, in agreement with each other, and versioned by what they mean."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import product

import pytest
import yaml

from pipeline.core.rules.rules import Routed, RouteMode
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.core.worktime.policy import Limit, LimitUnit, span_of, text_of
from pipeline.rulebook import load_rules
from pipeline.rulebook.book import read_book
from pipeline.rulebook.services import edition_on
from schemas import limits
from schemas.values.terms import ClockKind, EvidenceKind, Severity, Source, Urgency

RULES = load_rules()
BOOK = read_book()
[SERVICE] = RULES.services
[EDITION] = BOOK.services
OF_A_STEP = (
    ClockKind.ACCEPT,
    ClockKind.DISPATCH,
    ClockKind.CLAIM,
    ClockKind.SIGN,
    ClockKind.ARRIVE,
    ClockKind.VERIFY,
    ClockKind.CALLBACK,
)
STAGES = """
WJ-001  stop_work 4 natural_hours; penalty_filed 7 workdays; removed_or_rectified 20 workdays
WJ-002  notice_and_decision 20 workdays; appeal_window_suspension None; demolished 10 workdays
SZ-002  barrier_up 30 natural_minutes; cover_replaced 2 natural_hours
SZ-004  gas_shut_and_guarded 30 natural_minutes; hazard_removed 4 natural_hours
HB-001  notice_served 1 workdays; purifier_installed_and_tested 5 workdays
WY-001  stop_work 4 natural_hours; structural_report 10 workdays; restored 20 workdays
SW-001  source_blocked 8 natural_hours; pipe_corrected 5 workdays
"""


def limit(code: str, kind: ClockKind, name: str | None = None) -> str | None:
    """How long a clock of such a case may run."""
    span = SERVICE.limit(code, RULES.matters[code].severity, kind, name)
    return text_of(span) if span else None


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
    assert matter.severity is Severity.P2
    assert limit("WJ-001", ClockKind.ARRIVE) == "60 natural_minutes"
    assert limit("WJ-001", ClockKind.DISPOSE) == "240 natural_minutes"
    assert limit("WJ-001", ClockKind.JOINT) == "3 workdays"
    assert limit("WJ-001", ClockKind.STAGE, "penalty_filed") == "7 workdays"
    assert limit("WJ-001", ClockKind.WHOLE) == "240 natural_minutes + 2 workdays"
    kinds = (EvidenceKind.PHOTO_BEFORE, EvidenceKind.PHOTO_AFTER, EvidenceKind.BODYCAM, EvidenceKind.DOCUMENT)
    assert matter.evidence_kinds == kinds
    assert [item.name for item in matter.evidence_named] == ["stop_work_order"]
    assert [basis.cited for basis in matter.legal_basis] == ["《城乡规划法》第64、68条"]


def test_articles_that_nobody_has_read_are_shown_to_nobody():
    """The law is named, its article number is kept in the file only."""
    unread = [
        (entry.code, number)
        for entry in BOOK.matters.matters
        for number, basis in enumerate(entry.legal_basis)
        if basis.confidence == "from_memory"
    ]
    assert unread
    assert all(RULES.matters[code].legal_basis[number].cited.endswith("》") for code, number in unread)


def test_severity_decides_whether_the_clock_stops_at_night():
    """P1 and P2 run on natural time, P3 and P4 on working time, for arriving and for disposing."""
    for code, matter in RULES.matters.items():
        urgent = matter.severity in (Severity.P1, Severity.P2)
        for kind in (ClockKind.ARRIVE, ClockKind.DISPOSE):
            span = SERVICE.limit(code, matter.severity, kind)
            assert span, code
            assert [part.unit is LimitUnit.NATURAL_MINUTES for part in span] == [urgent], code


def test_each_of_the_53_matters_has_the_limits_of_the_catalogue():
    """How many may take how long, which may be enforced jointly, and which have deadlines on the way."""
    assert Counter(entry.dispose for entry in EDITION.matters.values()) == {
        "1 natural_hours": 1, "2 natural_hours": 3, "4 natural_hours": 7, "8 natural_hours": 1,
        "2 work_hours": 3, "4 work_hours": 5, "1 workdays": 4, "2 workdays": 6, "3 workdays": 10,
        "5 workdays": 4, "7 workdays": 6, "10 workdays": 1, "15 workdays": 1, "20 workdays": 1,
    }  # fmt: skip
    assert Counter(entry.joint for entry in EDITION.matters.values()) == {"3 workdays": 29, None: 24}
    limits = {
        code: "; ".join(f"{stage.name} {stage.limit}" for stage in entry.stages)
        for code, entry in EDITION.matters.items()
        if entry.stages
    }
    assert limits == dict(line.split("  ") for line in STAGES.strip().splitlines())


def test_every_clock_of_every_matter_has_a_limit():
    """Whatever step a case comes to, it is due some time; jointly handled are only those that may be."""
    for code in RULES.matters:
        for kind in (*OF_A_STEP, ClockKind.DISPOSE, ClockKind.WHOLE):
            assert limit(code, kind), (code, kind)
        assert limit(code, ClockKind.JOINT) == EDITION.matters[code].joint


def test_the_steps_have_the_limits_of_their_severity():
    """Accept, dispatch, claim, sign, arrive; a matter may have its own."""
    limits = {
        severity: [text_of(steps[kind]) for kind in OF_A_STEP[:5]]
        for severity, steps in SERVICE.steps.items()
    }
    natural, work = "natural_minutes", "work_minutes"
    assert limits == {
        "P1": [f"{n} {natural}" for n in (10, 10, 5, 10, 30)],
        "P2": [f"{n} {natural}" for n in (15, 15, 10, 30, 60)],
        "P3": [f"{n} {work}" for n in (30, 30, 15, 60, 120)],
        "P4": [f"{n} {work}" for n in (60, 60, 15, 60, 240)],
    }


def test_the_whole_case_may_take_its_handling_and_what_comes_after():
    """To be verified and answered takes time too, counted from where handling ends."""
    assert limit("SR-004", ClockKind.WHOLE) == "7 workdays + 3 workdays"
    assert limit("SR-001", ClockKind.WHOLE) == "120 work_minutes + 3 workdays"


def test_all_ladders_tell_somebody_of_the_breach_and_somebody_higher_later():
    """Of handling: at half, at four fifths, at the breach, and then up to the district."""
    ladders = {
        kind: [(rung.level, rung.percent) for rung in rule.ladder.rungs]
        for kind, rule in SERVICE.clocks.items()
    }
    assert ladders[ClockKind.DISPOSE] == [(0, 50), (1, 80), (2, 100), (3, 100), (4, 100), (5, 100)]
    assert all(any(percent == 100 for _, percent in rungs) for rungs in ladders.values())
    assert SERVICE.clocks.keys() == set(ClockKind)


def test_no_matter_is_larger_than_an_assignment_allows():
    """What a matter brings into each assignment fits the contract."""
    for matter in RULES.matters.values():
        assert len(matter.name_zh) <= limits.NAME_MAX
        assert len(matter.name_en) <= limits.NAME_MAX
        assert len(matter.evidence_required) <= 10
        assert all(0 < len(basis.as_later) <= limits.NOTE_MAX for basis in matter.legal_basis)


@pytest.mark.parametrize("street", RULES.streets)
def test_each_grid_has_exactly_one_lead_for_each_case(street):
    """Whatever is reported by whom about which grid, one line decides and its first team is one of the street."""
    shipped_street = RULES.streets[street]
    for grid in shipped_street.grids.codes():
        assert sum(grid[9:12] in team.communities for team in shipped_street.teams.values()) == 1
    for code, severity, source, urgency in product(RULES.matters, Severity, Source, Urgency):
        line = next(line for line in RULES.routing if not line.unmet(Routed(code, severity, source, urgency)))
        expected = {
            "lead": RULES.matters[code].lead_team,
            "territorial": shipped_street.territorial_team("001"),
        }
        for name in (*line.to, *line.then):
            assert expected.get(name, name) in shipped_street.teams


def test_what_is_urgent_is_dispatched_and_what_a_patrol_finds_is_offered():
    """The lines that matter most: minutes are not spent on a pool."""
    for code, matter in RULES.matters.items():
        for source, urgency in product(Source, Urgency):
            case = Routed(code, matter.severity, source, urgency)
            line = next(line for line in RULES.routing if not line.unmet(case))
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
    """Hours become minutes, workdays stay workdays, and what is written one after the other stays so."""
    assert span_of("2 work_hours") == (Limit(120, LimitUnit.WORK_MINUTES),)
    assert span_of("3 workdays") == (Limit(3, LimitUnit.WORKDAYS),)
    assert span_of("1 natural_days") == (Limit(1440, LimitUnit.NATURAL_MINUTES),)
    assert span_of("4 natural_hours + 30 work_minutes") == (
        Limit(240, LimitUnit.NATURAL_MINUTES),
        Limit(30, LimitUnit.WORK_MINUTES),
    )


def test_the_day_a_case_opens_chooses_its_edition(folder):
    """From midnight in Shanghai on; before the earliest day, the earliest."""
    text = (folder / "sla" / "2020-01-01.yaml").read_text()
    for day, hours in (("2028-01-01", 6), ("2027-01-01", 3)):  # the names of the files do not order them
        changed = text.replace("effective: 2020-01-01", f"effective: {day}")
        changed = changed.replace("SR-001: {dispose: 2 work", f"SR-001: {{dispose: {hours} work")
        (folder / "sla" / f"{'a' if hours == 6 else 'b'}.yaml").write_text(changed)
    rules, book = load_rules(folder), read_book(folder)
    assert [f"{service.effective}" for service in rules.services] == [
        "2020-01-01",
        "2027-01-01",
        "2028-01-01",
    ]
    for opened, hours in (
        ("2019-06-01T12:00:00+08:00", 2),
        ("2026-12-31T23:59:59+08:00", 2),
        ("2026-12-31T16:00:00+00:00", 3),
        ("2027-12-31T23:59:59+08:00", 3),
        ("2028-01-01T00:00:00+08:00", 6),
        ("2030-06-01T12:00:00+08:00", 6),
    ):
        at = datetime.fromisoformat(opened)
        service = rules.service_of(at)
        assert service.limit("SR-001", Severity.P4, ClockKind.DISPOSE) == span_of(f"{hours} work_hours"), at
        opening_day = at.astimezone(SHANGHAI).date()
        assert edition_on(book.services, opening_day).effective == service.effective


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
        ("sla/2020-01-01", "dispose: 2 work_hours", "dispose: 3 work_hours"),
        ("sla/2020-01-01", "percent: 80", "percent: 75"),
        ("sla/2020-01-01", "weather: 7", "weather: 8"),
        ("sla/2020-01-01", "effective: 2020-01-01", "effective: 2020-01-02"),
        ("matters", "Goods back inside", "Goods are back inside"),
        ("routing", "then: [lead, duty]", "then: [duty, lead]"),
        ("roster", "name_en: Planning group", "name_en: Planners"),
        ("streets", "name_zh: 兴华街道", "name_zh: 兴业街道"),
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


def test_another_edition_changes_the_version(folder):
    """Also one that says the same, from a later day on."""
    shipped = folder / "sla" / "2020-01-01.yaml"
    later = shipped.read_text().replace("effective: 2020", "effective: 2031")
    (folder / "sla" / "2031-01-01.yaml").write_text(later)
    assert load_rules(folder).version != RULES.version


def test_the_same_rules_elsewhere_have_the_same_version(folder):
    """Where the folder lies means nothing."""
    assert load_rules(folder).version == RULES.version
