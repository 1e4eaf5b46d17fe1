"""Wrong rules: each is refused with the file, the line and the field, and told what would have been right.

A row edits a copy of the shipped rules. The line that is to be named is that of the edit, or of the § in it.
"""

from pathlib import Path

import pytest

from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.sheet import DEPTH_MAX, FILE_BYTES_MAX
from tests.rules.conftest import problems_of

RULES = (RULES_DIR / "routing.yaml").read_text()
ANY_LINE = RULES[RULES.index("rules:\n") :]
# file, text there, text instead, field, what is wrong, what is allowed
EDITS = [
    # the shape of a file
    ("matters", "severity: P4", "severity: P5", "matters.0.severity", "is not one of these", "P1, P2, P3, P4"),
    ("matters", "severity: P4", "severity: P4\n    §colour: red", "matters.0.colour", "unknown field", "severity"),
    ("matters", "severity: P4", "severity: P4\n    §severity: P3", "matters.0.severity", "here twice", "once"),
    ("matters", "  - code: SR-001\n    name_zh", "  - code: SR-001\n    nam_zh", "matters.0.name_zh", "missing", "text"),
    ("matters", 'articles: ["14", "36"], confidence: text_read}', 'articles: [14], confidence: text_read}',
     "matters.0.legal_basis.0.articles.0", "no text", '"36"'),
    ("matters", "may_fine: true", 'may_fine: "yes"', "matters.0.may_fine", "neither true nor false", "true or false"),
    ("matters", "citizen: [500, 20000]", "citizen: [20001, 20000]", "matters.32.fines.0.citizen", "its least is over its most", "[least, most]"),
    ("matters", "kinds: [sealing], law", "kinds: [theft], law", "matters.16.measures.0.kinds.0", "is not one of these", "seizure"),
    ("matters", "kinds: [sealing], law", "kinds: [preservation], law", "matters.16.measures.0.kinds", "for every matter: preservation", "only"),
    ("matters", "[ordinary] # its least", "[§simple, ordinary] # its least", "matters.35.procedures", "the least fine of HB-005",
     "without simple"),
    ("matters", "kind: document,", "kind: paper,", "evidence.rectification_notice.kind", "is not one of these", "bodycam"),
    ("roster", "unit: pipeline-owner", "unit: fire-brigade", "unit_limits.0.unit", "handles no cases: fire-brigade", "sanitation"),
    ("roster", "matters: [SZ-003, SZ-007], from", "matters: [SR-008], from", "unit_limits.0.matters", "is not its own: SR-008", "SZ-002"),
    ("roster", "matters: [SZ-003, SZ-007], from", "matters: [SZ-003, SZ-003], from", "unit_limits.0", "a second limit for SZ-003", "each day"),
    ("matters", "partners: [公安交警大队, 市场监管所, 社区居委会]", "partners: 社区居委会", "matters.0.partners", "no list", "a list"),
    ("streets", 'code: "140109004"', "code: 140109004", "streets.0.code", "no text", "quotes"),
    ("roles", "verify: [verifier]", "verify: [boss]", "may.verify.0", "is not one of these", "verifier"),
    ("roles", "verify: [verifier]", "verify: []", "may.verify", "too few", "a list"),
    ("policy", "returns_max: 2", "returns_max: yes", "returns_max", "no whole number", "1 to 100"),
    ("policy", "returns_max: 2", 'returns_max: "2"', "returns_max", "no whole number", "1 to 100"),
    ("policy", 'version: "2026.11"', "version: 2026.11", "version", "no text", "letters"),
    ("policy", '"2026.11"', '"2026 11"', "version", "not of this form", "letters"),
    ("hours", '"08:30-12:00"', '"8:30-12:00"', "hours.0.intervals.0", "not of this form", '"08:30-12:00"'),
    ("hours", '"08:30-12:00"', "08:30", "hours.0.intervals.0", "not of this form", '"08:30-12:00"'),
    ("hours", "2020-01-01", "spring", "hours.0.effective", "no date", "2026-01-31"),
    ("calendar/2026", "- 2026-02-14", "- 2026-02-30", "make_up_workdays.1", "no timestamp", "a value"),
    ("calendar/2026", "year: 2026", "year: 1996", "year", "too small", "2020 to 2040"),
    ("routing", "mode: dispatch", "mode: send", "rules.0.mode", "is not one of these", "dispatch, offer"),
    ("routing", "when: {severities: [P1, P2]}", "when: {severity: [P1, P2]}", "rules.0.when.severity", "unknown", "severities"),
    # what must hold within a file
    ("matters", "code: SR-002", "code: SR-001", "matters.1.code", "twice", "once"),
    ("matters", "code: SR-001", "code: ZZ-001", "matters.0.code", "no such category: ZZ", "SR, WJ"),
    ("matters", "[photo_before, photo_after, bodycam]", "[photo_before, selfie]", "matters.0.close.evidence.1", "selfie", "bodycam"),
    ("matters", "default_procedure: rectify_on_spot", "default_procedure: magic", "matters.0.default_procedure", "magic", "simple"),
    ("matters", "  receipt: {kind", "  photo: {kind: photo, name_zh: 甲, name_en: A}\n  receipt: {kind", "evidence.photo", "already", "own"),
    ("roles", "may:\n  claim: [team, officer]", "may:", "may", "claim is missing", "roles"),
    ("roles", "  claim: [team, officer]", "  no: [team]", "may.no", "no such action", "claim"),
    ("roles", "apart:\n  decide: ours", "apart:", "apart.decide", "is missing", "text"),
    ("roles", "  call_back: ours", "  call: ours", "apart.call", "unknown field", "call_back"),
    ("hours", '"14:00-17:30"', '"11:00-17:30"', "hours.0.intervals.1", "overlaps", "ascending"),
    ("hours", '"14:00-17:30"', '"17:30-14:00"', "hours.0.intervals.1", "ends before", "after"),
    ("hours", '["00:00-24:00"]', '["00:00-12:00", "11:00-24:00"]', "rosters.all_day.hours.0.intervals.1", "overlaps", "ascending"),
    ("hours", '["00:00-24:00"]', '["12:00-00:00"]', "rosters.all_day.hours.0.intervals.0", "ends before", "after"),
    ("hours", "days: every_day", "days: sundays", "rosters.all_day.days", "is not one of these", "workdays, every_day"),
    ("hours", "# Teams that", "  - effective: §2020-01-01\n    intervals: [\"09:00-12:00\"]\n# Teams that", "hours.1.effective", "twice", "once"),
    ("streets", 'code: "140109001"', 'code: "140108001"', "streets.1.code", "not in district 140109", "140109001"),
    ("streets", 'code: "140109001"', 'code: "140109004"', "streets.1.code", "twice", "once"),
    ("roster", "id: planning", "id: city-appearance", "groups.1.id", "twice", "once"),
    ("roster", "id: planning", "id: lead", "groups.1.id", "meaning", "another"),
    ("roster", "id: area-middle", "id: area-west", "squads.0.squads.1.id", "twice", "once in a street"),
    ("calendar/2026", "- 2026-02-14", "- 2026-02-16", "make_up_workdays.1", "Spring Festival already", "once"),
    ("calendar/2026", "- 2026-02-28", "- §2026-02-14", "make_up_workdays.2", "a make-up workday already", "once"),
    ("calendar/2026", "first: 2026-10-01", "first: 2026-09-27", "holidays.6", "Mid-autumn Festival already", "once"),
    ("calendar/2026", "- 2026-02-14", "- 2026-02-12", "make_up_workdays.1", "no weekend day", "Saturday"),
    ("calendar/2026", "- 2026-02-14", "- 2025-02-15", "make_up_workdays.1", "not in 2026", "2026"),
    ("calendar/2026", "last: 2026-01-03", "last: 2025-12-31", "holidays.0.last", "0 days", "1 to 31"),
    ("calendar/2026", "first: 2026-06-19", "first: 2026-05-05", "holidays.4.last", "48 days", "1 to 31"),
    ("calendar/2026", "year: 2026", "year: 2025", "year", "2025 is also in", "once"),
    ("calendar/2025", "year: 2025", "year: 2024", "year", "2024 is also in", "once"),
    ("procedure", "limit: 90 calendar_days", "limit: 90 work_hours", "limits.decision.limit", "in work_minutes", "workdays, calendar"),
    ("procedure", "limit: 90 calendar_days", "limit: 400 calendar_days", "limits.decision.limit", "over a year", "366"),
    ("procedure", "until: [decided,", "until: [filed,", "limits.decision.until", "filed is where it begins", "later"),
    ("procedure", "from: filed", "from: guessed", "limits.decision.from", "is not one of these", "filed"),
    # what must hold between the files
    ("matters", "lead: city-appearance", "lead: duty", "matters.0.lead", "no such group: duty", "city-appearance"),
    ("roster", "handles: [SR-008]", "handles: [SR-999]", "departments.8.handles.0", "no such matter: SR-999", "matters.yaml"),
    ("matters", "partners: [公安交警大队,", "partners: [路人甲,", "matters.0.partners.0", "no such department: 路人甲", "roster.yaml"),
    ("policy", "centre_team: duty", "centre_team: emergency", "centre_team", "no such post", "duty"),
    ("roster", '["001", "004", "007"]', '["001", "004", "077"]', "squads.0.squads.0.communities", "no such community: 077", "009"),
    ("roster", '["002", "005", "008"]', '["002", "005", "008", "001"]', "squads.0.squads.1.communities", "001 has two", "one squad"),
    ("roster", "squads:\n      - {id: area-west, name_zh: 西片区执法队, name_en: West squad, communities: [\"001\", \"004\", \"007\"]}",
     "squads:", "squads.0.squads", "no squad for communities 001, 004, 007", "exactly one"),
    ("roster", "roster: all_day", "roster: all_night", "groups.5.roster", "no such roster: all_night", "all_day"),
    ("roster", '- street: "140109001"', '- street: "140109077"', "squads.1.street", "no such street", "140109001"),
    ("routing", "when: {sources: [monitor]}", "when: {matters: [SR-099]}", "rules.2.when.matters", "SR-099", "matters.yaml"),
    ("routing", "to: [territorial]", "to: [area-middle]", "rules.2.to.0", "not a team of every street", "area-west"),
    ("routing", "then: [lead, duty]", "then: [nobody]", "rules.2.then.0", "not a team of every street", "duty"),
    ("routing", "to: [territorial]", "to: [territorial, lead]", "rules.2.to", "a dispatch to 2 teams", "one team"),
    ("routing", "to: [lead, territorial]", "to: [lead, lead]", "rules.3.to", "an offer to one team", "pool"),
    ("routing", "id: alarm", "id: urgent-matter", "rules.2.id", "twice", "once"),
    ("routing", "when: {sources: [monitor]}", 'when: {grids: ["140109004029"]}', "rules.2.when.grids.0", "no such grid: 140109004029", "a grid of"),
    ("routing", "when: {sources: [monitor]}", 'when: {grids: ["14010"]}', "rules.2.when.grids.0", "14010", "community"),
    ("routing", "when: {sources: [monitor]}", 'when: {hours: "22-6"}', "rules.2.when.hours", "22-6", "08:30-12:00"),
    ("routing", "when: {sources: [monitor]}", 'when: {hours: "06:00-06:00"}', "rules.2.when.hours", "ends when it begins", "22:00-06:00"),
    ("routing", "    when: {sources: [monitor]}", "    from: 2026-10-01\n    until: 2026-10-03\n    §when: {days: workdays}", "rules.2.when", "no case is like it", "decides"),
    ("procedure", "grave: [70, 100]", "grave: [80, 100]", "guards.FINE_OUTSIDE_DISCRETION.shares", "leaves a gap", "slight from 0"),
    ("matters", 'citizen: [500, 20000], legal_person: [500, 20000]', 'discretion: {slight: {citizen: [900, 1000], legal_person: [500, 900]}, ordinary: {citizen: [500, 2000], legal_person: [900, 2000]}, grave: {citizen: [2000, 20000], legal_person: [2000, 20000]}}, citizen: [500, 20000], legal_person: [500, 20000]',
     "matters.32.fines.0", "a graver band", "from 900 on"),
    ("matters", 'citizen: [500, 20000], legal_person: [500, 20000]', 'discretion: {slight: {citizen: [100, 1000], legal_person: [500, 900]}, ordinary: {citizen: [1000, 2000], legal_person: [900, 2000]}, grave: {citizen: [2000, 20000], legal_person: [2000, 20000]}}, citizen: [500, 20000], legal_person: [500, 20000]',
     "matters.32.fines.0", "outside the law", "from 500 to 20000"),
    ("routing", "  - id: alarm", "  - id: alarm\n    from: 2026-12-02\n    until: 2026-12-01", "rules.2", "it ends before it begins", "from <= until"),
    ("routing", "when: {sources: [monitor]}", "when: {urgencies: [critical], days: days_off}", "rules.2.when",
     "never reached: urgent-matter, urgent-report take it all", "decides"),
    ("routing", ANY_LINE, ANY_LINE.replace("when: {}", 'when: {hours: "06:00-22:00"}'), "rules", "workdays 00:00", "when: {}"),
    ("routing", ANY_LINE, ANY_LINE.replace("when: {}", "when: {days: workdays}"), "rules", "days_off 00:00", "when: {}"),
    ("routing", ANY_LINE, ANY_LINE.replace("when: {}", 'when: {grids: ["140109004"]}'), "rules", "140109001001001", "when: {}"),
    ("routing", ANY_LINE, ANY_LINE.replace("    when: {}", "    until: 2027-01-01\n    when: {}"), "rules", "2027-01-02", "when: {}"),
    ("routing", "when: {urgencies: [urgent, critical]}", "when: {severities: [P1]}", "rules.1.when", "never reached: urgent-matter take it all", "decides"),
    ("routing", ANY_LINE, ANY_LINE.replace("when: {}", "when: {sources: [patrol]}"), "rules", "no line for", "when: {}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "field", "wrong", "allowed"), EDITS)
def test_a_wrong_file_is_refused_with_line_and_field(folder, name, old, new, field, wrong, allowed):
    """The problem is found where it stands, is put into words, and comes with what would have been right."""
    path = folder / f"{name}.yaml"
    before, there, after = path.read_text().partition(old)
    assert there, "the row no longer fits the shipped rules"
    path.write_text(before + new.replace("§", "") + after)
    line = before.count("\n") + new.partition("§")[0].count("\n") * ("§" in new) + 1
    problems = [
        problem for problem in problems_of(folder) if problem.file == str(path) and problem.field == field
    ]
    assert problems, [str(problem) for problem in problems_of(folder)]
    assert problems[0].line == line
    assert wrong in problems[0].wrong
    assert allowed in problems[0].allowed
    assert problems[0].allowed
    assert str(problems[0]).startswith(f"{path}:{problems[0].line}: {field}: ")


@pytest.mark.parametrize(
    ("name", "content", "line", "wrong"),
    [
        ("hours.yaml", b"hours: [1, 2\n", 2, "did not find"),
        ("hours.yaml", b"hours:\n  - a: b\n c: d\n", 3, "did not find"),
        ("hours.yaml", b"", 1, "missing"),
        ("hours.yaml", b"- 1\n", 1, "mapping"),
        ("hours.yaml", b"hours: []\n---\nhours: []\n", 2, "second document"),
        ("hours.yaml", b"hours: &a []\nmore: *a\n", 2, "an alias"),
        ("hours.yaml", b"hours:\n  ? [1]\n  : 2\n", 2, "a key that is no text"),
        ("hours.yaml", b"hours: !!python/object:os.system {}\n", 1, "no list"),
        ("hours.yaml", b"hours: !!python/name:os.system x\n", 1, "no python/name:os"),
        ("hours.yaml", b"hours: \xff\xfe\n", 1, "utf-8"),
        ("hours.yaml", b"hours: " + b"[" * (DEPTH_MAX + 1), 1, "nested too deeply"),
        ("hours.yaml", b"hours: " + b"[" * 100_000, 1, "nested too deeply"),
        ("hours.yaml", b"#" * (FILE_BYTES_MAX + 1), 1, "larger than"),
        ("matter.yaml", b"matters: []\n", 1, "a file nobody reads"),
        ("calendar/2026.yml", b"year: 2026\n", 1, "a file nobody reads"),
    ],
)
def test_a_file_that_cannot_be_read_as_it_looks_is_refused(folder, name, content, line, wrong):
    """Broken YAML, tricks of YAML, other bytes, too much of it, or a name with a typing error."""
    (folder / name).write_bytes(content)
    problems = [problem for problem in problems_of(folder) if problem.file == str(folder / name)]
    assert [(problem.line, wrong in problem.wrong) for problem in problems[:1]] == [(line, True)], list(
        map(str, problems)
    )


@pytest.mark.parametrize(
    "name", ["matters", "routing", "roster", "streets", "roles", "policy", "hours", "procedure"]
)
def test_a_missing_file_is_named(folder, name):
    """Each file of the folder is needed."""
    (folder / f"{name}.yaml").unlink()
    assert [(problem.file, problem.wrong) for problem in problems_of(folder)] == [
        (str(folder / f"{name}.yaml"), "No such file or directory")
    ]


def test_a_missing_folder_is_named(tmp_path):
    """A wrong path is one problem and not seven."""
    assert [problem.wrong for problem in problems_of(tmp_path / "nowhere")] == ["no such folder"]


def test_a_gap_between_calendars_is_refused(folder):
    """2024 and 2026 without 2025 would count 2025 as known."""
    (folder / "calendar" / "2025.yaml").unlink()
    assert [(Path(problem.file).name, problem.wrong) for problem in problems_of(folder)] == [
        ("2026.yaml", "no calendar of 2025")
    ]


def test_all_problems_are_told_at_once(folder):
    """Three files are wrong in four ways: four lines, in the order of the files."""
    for name, old, new in (
        ("hours", '"08:30-12:00"', '"8:30"'),
        ("matters", "severity: P4", "severity: P9"),
        ("matters", "lead: planning", "lead: 5"),
        ("roster", "id: parks", "id: builder"),
    ):
        path = folder / f"{name}.yaml"
        path.write_text(path.read_text().replace(old, new, 1))
    problems = [f"{Path(problem.file).name} {problem.field}" for problem in problems_of(folder)]
    assert problems == ["hours.yaml hours.0.intervals.0", "matters.yaml matters.0.severity",
                     "matters.yaml matters.16.lead", "roster.yaml departments.14.id"]  # fmt: skip


def test_a_street_without_squads_is_refused(folder):
    """Each grid has exactly one squad, also in a street that was forgotten."""
    path = folder / "roster.yaml"
    path.write_text(path.read_text().partition('\n  - street: "140109015"')[0] + "\n")
    assert [(problem.field, problem.wrong) for problem in problems_of(folder)] == [
        ("squads", "no squads for street 140109015")
    ]
