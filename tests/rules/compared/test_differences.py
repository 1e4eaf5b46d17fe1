"""Two folders of rules: what one says otherwise than the other, field by field."""

from dataclasses import fields

import pytest

from pipeline.rulebook.book import Book, read_book
from pipeline.rulebook.differences import GROUPS, differences

SLA = "sla/2020-01-01"
BOOK = read_book()
# file, text there, text instead, group, path, what it was, what it is
EDITS = [
    ("policy", "returns_max: 2", "returns_max: 3", "policy", "returns_max", 2, 3),
    (SLA, "sign: 60 work", "sign: 30 work", "limits", "limits.P3.sign", "60 work_minutes", "30 work_minutes"),
    (SLA, "{dispose: 2 work_hours}", "{dispose: 3 work_hours}", "matter_limits", "matters.SR-001.dispose", "2 work_hours", "3 work_hours"),
    (SLA, "{dispose: 2 work_hours}", "{dispose: 2 work_hours, joint: 3 workdays}", "matter_limits", "matters.SR-001.joint", None, "3 workdays"),
    (SLA, "limit: 7 workdays", "limit: 9 workdays", "matter_limits", "matters.WJ-001.stages[penalty_filed].limit", "7 workdays", "9 workdays"),
    (SLA, "measure: cumulative", "measure: single", "clocks", "clocks.dispose.measure", "cumulative", "single"),
    (SLA, "percent: 80", "percent: 75", "ladders", "ladders.handling.rungs[level 1].percent", 80, 75),
    (SLA, "tell: [handler, grid_leader]}", "tell: [handler, duty]}", "ladders", "ladders.handling.rungs[level 1].tell",
     ["handler", "grid_leader"], ["handler", "duty"]),
    (SLA, "at_once: [P1, P2]", "at_once: [P1]", "ladders", "ladders.handling.rungs[level 2].at_once[P2]", "P2", None),
    (SLA, "weather: 7 natural", "weather: 9 natural", "caps", "suspension.longest.weather", "7 natural_days", "9 natural_days"),
    (SLA, "longest: 10 workdays", "longest: 5 workdays", "caps", "extension.longest", "10 workdays", "5 workdays"),
    ("hours", '"08:30-12:00"', '"09:00-12:00"', "hours", "hours[2020-01-01].intervals", ["08:30-12:00", "14:00-17:30"], ["09:00-12:00", "14:00-17:30"]),
    ("hours", "days: every_day", "days: workdays", "hours", "rosters.all_day.days", "every_day", "workdays"),
    ("procedure", "limit: 90 calendar", "limit: 60 calendar", "procedure", "limits.decision.limit", "90 calendar_days", "60 calendar_days"),
    ("calendar/2026", "  - 2026-02-28 # Saturday\n", "", "calendar", "2026.make_up_workdays[2026-02-28]", "2026-02-28", None),
    ("calendar/2026", "last: 2026-10-07", "last: 2026-10-08", "calendar", "2026.holidays[2026-10-01].last", "2026-10-07", "2026-10-08"),
    ("routing", "severities: [P1, P2]", "severities: [P1, P2, P3]", "routing", "rules[urgent-matter].when.severities[P3]", None, "P3"),
    ("routing", "then: [lead, duty]", "then: [duty, lead]", "routing", "rules[alarm].then", ["lead", "duty"], ["duty", "lead"]),
    ("matters", "severity: P4", "severity: P3", "matters", "matters[SR-001].severity", "P4", "P3"),
    ("matters", "may_fine: true", "may_fine: false", "matters", "matters[SR-001].may_fine", True, False),
    ("roster", ", roster: all_day", "", "roster", "groups[emergency].roster", "all_day", None),
    ("roster", "name_zh: 西片区执法队", "name_zh: 西队", "roster", "squads[140109004].squads[area-west].name_zh", "西片区执法队", "西队"),
    ("roles", "verify: [verifier]", "verify: [verifier, duty_chief]", "roles", "may.verify[duty_chief]", None, "duty_chief"),
    ("streets", "name_zh: 兴华街道", "name_zh: 兴业街道", "streets", "streets[140109004].name_zh", "兴华街道", "兴业街道"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "there", "instead", "group", "path", "old", "new"), EDITS)
def test_one_edit_is_one_difference(rewritten, file, there, instead, group, path, old, new):
    """By the name of its field, with what it was and what it is."""
    [differences_found] = differences(BOOK, read_book(rewritten((file, there, instead))))
    assert (
        differences_found.group,
        differences_found.path,
        differences_found.old,
        differences_found.new,
    ) == (group, path, old, new)


def test_the_same_rules_differ_in_nothing(rewritten):
    """Wherever they lie, whatever their comments say."""
    folder = rewritten((SLA, "# 占道经营、流动摊贩", "# another comment"))
    assert list(differences(BOOK, read_book(folder))) == []


def test_the_other_way_round_what_is_new_is_what_is_gone(rewritten):
    """An added matter and a removed one are one difference each, in their own files."""
    text = BOOK.matters.matters[1].model_dump_json(by_alias=True)
    line = text.replace('"SR-002"', '"SR-017"').replace('"severity":"P4"', '"severity":"P3"')
    new = read_book(
        rewritten(
            ("matters", "  - code: SR-002", f"  - {line}\n\n  - code: SR-002"),
            (SLA, "  SR-002: {", "  SR-017: {dispose: 4 work_hours}\n  SR-002: {"),
            ("lexicon/SR", "  SR-002:", "  SR-017: {sure: 新事项}\n  SR-002:"),
        )
    )
    limits, matter = (one for one in differences(BOOK, new) if one.group != "lexicon")
    assert (limits.path, limits.old, limits.new) == ("matters.SR-017", None, {"dispose": "4 work_hours"})
    assert (matter.path, matter.old) == ("matters[SR-017]", None)
    assert isinstance(matter.new, dict)
    assert matter.new["severity"] == "P3"
    back = [one for one in differences(new, BOOK) if one.group != "lexicon"]
    assert [(limit.path, limit.old, limit.new) for limit in back] == [
        (limit.path, limit.new, limit.old) for limit in (limits, matter)
    ]


def test_another_order_of_the_routing_lines_is_a_difference(rewritten):
    """The first line that matches decides, so their order means something."""
    folder = rewritten()
    path = folder / "routing.yaml"
    head, first, second, *rest = path.read_text().split("  - id: ")
    path.write_text("  - id: ".join([head, second, first, *rest]))
    [differences_found] = differences(BOOK, read_book(folder))
    assert differences_found.path == "rules (order)"
    assert differences_found.new == ["urgent-report", "urgent-matter", "alarm", "patrol-find", "ordinary"]


def test_a_new_edition_is_told_by_what_it_changes(rewritten):
    """Not as a hundred new fields; and the edition before it goes on as it was."""
    folder = rewritten()
    text = (folder / f"{SLA}.yaml").read_text().replace("effective: 2020", "effective: 2027")
    (folder / "sla" / "2027-01-01.yaml").write_text(text.replace("sign: 60 work", "sign: 45 work", 1))
    edition, limit = differences(BOOK, read_book(folder))
    assert (edition.group, edition.path, edition.old, edition.new) == (
        "editions",
        "2027-01-01",
        None,
        "2027-01-01",
    )
    assert (f"{limit.edition}", limit.path, limit.new) == ("2027-01-01", "limits.P3.sign", "45 work_minutes")


def test_an_edition_that_begins_later_holds_later(rewritten):
    """Between the two days the limits are those of the edition before."""
    texts = []
    for day in ("2027-01-01", "2027-03-01"):
        folder = rewritten(name=day)
        text = (folder / f"{SLA}.yaml").read_text().replace("2020-01-01", day, 1)
        (folder / "sla" / "later.yaml").write_text(text.replace("sign: 60 work", "sign: 45 work", 1))
        texts.append(read_book(folder))
    changes = [
        (difference.group, f"{difference.edition}", difference.old, difference.new)
        for difference in differences(*texts)
    ]
    assert changes == [
        ("editions", "None", "2027-01-01", None),
        ("editions", "None", None, "2027-03-01"),
        ("limits", "2027-01-01", "45 work_minutes", "60 work_minutes"),
    ]


def test_a_new_year_is_one_difference(rewritten):
    """The file that comes in November."""
    folder = rewritten()
    text = (folder / "calendar" / "2026.yaml").read_text()
    lines = [line for line in text.replace("2026", "2027").splitlines() if not line.startswith("  - 2027")]
    lines = ["make_up_workdays: []" if "make_up" in line else line for line in lines]
    (folder / "calendar" / "2027.yaml").write_text("\n".join(lines))
    [differences_found] = differences(BOOK, read_book(folder))
    assert (differences_found.group, differences_found.path, differences_found.old) == (
        "calendar",
        "2027",
        None,
    )
    assert isinstance(differences_found.new, dict)
    assert differences_found.new["year"] == 2027


def test_no_file_of_a_book_is_left_out():
    """A new kind of file is compared, or this fails."""
    elsewhere = {
        "calendars": "calendar", "services": "editions", "version": "policy", "recognition": "lexicon"
    }  # fmt: skip
    assert {elsewhere.get(field.name, field.name) for field in fields(Book)} <= set(GROUPS)
