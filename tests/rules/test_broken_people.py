"""Wrong people: each roster is refused with the file, the line and the field, and told what would have been right."""

import shutil
from collections import Counter
from datetime import date, timedelta

import pytest

from pipeline.rulebook import load_rules
from pipeline.rulebook.people.people_files import people_files
from tests.rules.conftest import problems_of
from tests.rules.test_shipped_rules import RULES

STREET = "140109004"
POSTS = ("duty", "verification", "callback")
SHIFTS = {"emergency": 2, "area-west": 2, "area-middle": 2, "area-east": 2}
FIRST = 'number: "SX140109-0001"'
# text there, text instead, field, what is wrong, what is allowed
ROSTERS = [
    ("until: 2030-05-31}]", "until: 2025-12-31}]", "officers.0.certificates.0.until", "SX140109-0001 ended on 2025-12-31", "valid on 2026-01-01"),
    ("from: 2024-06-01, until: 2030-05-31", "from: 2031-06-01, until: 2030-05-31", "officers.0.certificates.0", "it ends before it begins", "from <= until"),
    ("id: XH-002", "id: xh-001", "officers.1.id", "xh-001 is there twice", "in all streets"),
    ('number: "SX140109-0002"', FIRST, "officers.1.certificates.0.number", "SX140109-0001 is there twice", "in all streets"),
    ("id: XH-BWC-02", "id: XH-BWC-01", "cameras.1.id", "XH-BWC-01 is there twice", "each device once"),
    ("id: XH-CAR-01", "id: XH-BWC-01", "vehicles.0.id", "XH-BWC-01 is there twice", "each device once"),
    ("calibrated_until: 2028", "calibrated_until: 2025", "cameras.0.calibrated_until", "its calibration ended on 2025", "from 2026-01-01 on"),
    ('from: "08:30", hours: 9}', 'from: "08:30", hours: 30}', "shifts.0.hours", "a shift of 30 hours", "at most 24 (limits.shift_hours)"),
    ('from: "08:30", hours: 9}', 'from: "08:30", hours: 60}', "shifts.0.hours", "is too large", "48"),
    ("[long_day, night, rest, rest]", "[night, long_day, rest, rest]", "patterns.2.days.1", "long_day begins 0 hours after night", "at least 11"),
    ("[early, early, late, late, rest, rest]", "[late, early, late, late, rest, rest]", "patterns.1.days.1", "early begins 8 hours after late", "at least 11"),
    ("[long_day, night, rest, rest]", "[long_day, nacht, rest, rest]", "patterns.2.days.1", "no such shift: nacht", "night"),
    ("[long_day, night, rest, rest]", "[]", "patterns.2.days", "has too few items", "a list"),
    ("[long_day, night, rest, rest]", "[rest, rest]", "patterns.2.days", "no day with a shift", "one at least"),
    ("id: XH-001, team: city-appearance", "id: XH-001, team: cleaners", "officers.0.team", "no such team: cleaners", "area-west"),
    ("roles: [team, officer], pattern: five_days", "roles: [boss], pattern: five_days", "officers.0.roles.0", "is not one of these", "officer"),
    ("roles: [team, officer], pattern: five_days", "roles: [verifier], pattern: five_days", "officers.0.roles", "the role verifier in city-appearance",
     "the role verifier in verification"),
    ("pattern: five_days", "pattern: six_days", "officers.0.pattern", "no such pattern: six_days", "five_days, two_shifts"),
    ("covers: [WJ-001", "covers: [WJ-999", "officers.12.certificates.0.covers.0", "no such matter: WJ-999", "matters.yaml"),
    ("day: 2024-05-11", "day: 2026-05-11", "officers.0.training.0.day", "2026-05-11 was not yet", "as_of"),
    ("pattern: two_shifts, certificates", "pattern: two_shifts, exceptions: {2026-03-05: holiday}, certificates", "officers.36.exceptions.2026-03-05",
     "no such shift: holiday", "rest"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "wrong", "allowed"), ROSTERS)
def test_a_wrong_roster_is_refused_with_line_and_field(folder, old, new, field, wrong, allowed):
    """The problem is found where it stands, and comes with what would have been right."""
    (path,) = people_files(folder)
    before, there, after = path.read_text().partition(old)
    assert there, "the row no longer fits the shipped roster"
    path.write_text(before + new + after)
    problems = problems_of(folder)
    found = [problem for problem in problems if (problem.file, problem.field) == (str(path), field)]
    assert found, [str(problem) for problem in problems]
    assert found[0].line == before.count("\n") + 1
    assert wrong in found[0].wrong
    assert allowed in found[0].allowed


def test_an_officer_in_two_shifts_at_a_time_is_refused(folder):
    """By a pattern, and by an exception from it: a night watch of a day and a night, and somebody who is asked on the day after it."""
    (path,) = people_files(folder)
    text = path.read_text()
    longer = text.replace('"20:00", hours: 12}', '"20:00", hours: 24}')
    path.write_text(longer.replace("[long_day, night, rest, rest]", "[night, long_day, rest, rest]"))
    assert [(problem.field, problem.wrong) for problem in problems_of(folder)] == [
        ("patterns.2.days.1", "long_day begins before night of the day before ends")
    ]
    watch = "team: emergency, roles: [team, officer], pattern: around_the_clock"
    path.write_text(longer.replace(watch, f"{watch}, exceptions: {{2025-12-31: day}}", 1))
    assert [(problem.field, problem.wrong) for problem in problems_of(folder)] == [
        ("officers.28.exceptions.2025-12-31", "day begins before night of the day before ends")
    ]


def test_a_team_without_certified_officers_for_a_matter_that_it_leads_is_refused(folder):
    """Two are asked for (officers_min); the team, how many it has and for which matters are named."""
    (path,) = people_files(folder)
    lines = [
        line.partition(", certificates")[0] + "}"
        if "team: planning" in line and "XH-009" not in line
        else line
        for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines))
    assert [(problem.field, problem.wrong, problem.allowed) for problem in problems_of(folder)] == [
        (
            "officers",
            "planning has 1 certified for WJ-001, WJ-002, WJ-003, WJ-004, WJ-005",
            "at least 2 on 2026-01-01 (officers_min)",
        )
    ]


def test_one_person_works_in_one_street(folder):
    """The same file under another street: everybody is there twice; under none that there is, it is refused as a whole."""
    (path,) = people_files(folder)
    shutil.copy(path, path.with_name("140109001.yaml"))
    assert {problem.field for problem in problems_of(folder)} >= {
        "officers.0.id",
        "officers.0.certificates.0.number",
    }
    path.with_name("140109001.yaml").rename(path.with_name("140109777.yaml"))
    assert "no such street: 140109777" in [problem.wrong for problem in problems_of(folder)]


def test_without_people_nobody_is_known_and_the_version_is_another(folder):
    """A folder without them is right, too: nothing of people is checked there."""
    shutil.rmtree(folder / "people")
    rules = load_rules(folder)
    assert rules.people == {}
    assert rules.version != RULES.version


def test_the_shipped_street_has_enough_people_at_any_hour():
    """Each team has two certified in each of its shifts, on every day; thirty cameras, and vehicles with a loudspeaker and without."""
    people = RULES.people[STREET]
    begin = date(2026, 3, 2)
    for day in (begin + timedelta(days=number) for number in range(84)):
        for team, officers in people.by_team.items():
            certified = Counter(
                shift.id
                for officer in officers
                if (shift := people.planned(officer, day))
                and any(one.is_valid(day) for one in officer.certificates)
            )
            if team not in POSTS:
                assert (min(certified.values()) >= 2, len(certified)) == (True, SHIFTS.get(team, 1)), (
                    team,
                    day,
                )
    assert set(people.by_team) == set(RULES.streets[STREET].teams)
    assert [device.kind.value for device in people.devices.values()].count("camera") == 30
    assert {device.loudspeaker for device in people.devices.values() if device.kind.value == "vehicle"} == {
        True,
        False,
    }
