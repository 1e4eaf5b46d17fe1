"""Impossible rules of the penalty procedure: each is refused at load with the file, the line and the field."""

import pytest

from pipeline.core.penalty.guards import CHECKS
from pipeline.core.rules.law import Amounts, Power, Surcharge, TimeBar
from pipeline.core.worktime.policy import text_of
from pipeline.rulebook import RULES_DIR, BadRules, load_rules
from pipeline.rulebook.tables.guard_tables import Guards

FILE = "procedure"
OFFICERS, SIMPLE = "guards.SINGLE_OFFICER_PENALTY", "guards.SIMPLE_FINE_OVER_LIMIT"
QUIET, APPEAL = "guards.COERCION_AT_NIGHT_OR_HOLIDAY", "guards.DEMOLISH_BEFORE_APPEAL_WINDOW"
BAR = "guards.TIME_BARRED"
HEARING, GROUND = "guards.PENALTY_BEFORE_HEARING_WINDOW", "guards.NO_PENALTY_WITHOUT_GROUND"
FIRST_ARTICLE = '    article: "42"\n'
POWER = 'powers:\n  - {street: "%s", matters: [%s], basis: 公布的清单}'
# text there, text instead, field, what is wrong, what is allowed
EDITS = [
    # guards and the code that answers them
    ("  HEAVIER_THAN_NOTICED:", "  TWO_HEADED_PENALTY:", "guards.TWO_HEADED_PENALTY", "unknown field", "SINGLE_OFFICER_PENALTY"),
    ("  HEAVIER_THAN_NOTICED:", "  TWO_HEADED_PENALTY:", "guards.HEAVIER_THAN_NOTICED", "is missing", ""),
    ("  HEAVIER_THAN_NOTICED:", "  heavier_than_noticed:", "guards.heavier_than_noticed", "unknown field", "HEAVIER_THAN_NOTICED"),
    ("  HEAVIER_THAN_NOTICED:", "  IDENTITY_NOT_SHOWN:", "guards.IDENTITY_NOT_SHOWN", "here twice", "each field once"),
    (FIRST_ARTICLE, "", f"{OFFICERS}.article", "is missing", '"36(2)"'),
    (FIRST_ARTICLE, "    article: 42\n", f"{OFFICERS}.article", "is no text", '"36(2)"'),
    (FIRST_ARTICLE, "    article: forty\n", f"{OFFICERS}.article", "not of this form", '"36(2)"'),
    ("    law: 行政处罚法\n" + FIRST_ARTICLE, FIRST_ARTICLE, f"{OFFICERS}.law", "is missing", ""),
    ('    edition: "2021"\n', '    edition: "21"\n', f"{OFFICERS}.edition", "not of this form", '"2021"'),
    ("    effective: 2021-07-15\n", "    effective: soon\n", f"{OFFICERS}.effective", "is no date", "2026-01-31"),
    ("    confidence: text_read\n    text_zh", "    confidence: sure\n    text_zh", f"{OFFICERS}.confidence", "is not one of these", "text_read"),
    ("    text_zh: 具有执法资格的人员不少于两人", "    text_zh: ''", f"{OFFICERS}.text_zh", "too short", ""),
    # steps
    ("steps: [investigated, simple_decided, enforced]", "steps: [executed]", f"{OFFICERS}.steps.0", "is not one of these", "investigated"),
    ("steps: [investigated, simple_decided, enforced]", "steps: []", f"{OFFICERS}.steps", "too few", "a list"),
    ("steps: [investigated, simple_decided, enforced]", "steps: [noticed]", f"{OFFICERS}.steps", "cannot stand before noticed",
     "enforced, investigated, simple_decided"),
    ("steps: [heard]", "steps: [decided]", "guards.HEARING_HOSTED_BY_INVESTIGATOR.steps", "cannot stand before decided", "heard"),
    # what they are measured by
    ("officers_min: 2", "officers_min: 0", f"{OFFICERS}.officers_min", "too small", "1 to 100"),
    ("    citizen: 200\n", "    citizen: 0\n", f"{SIMPLE}.citizen", "0 is too small", "1 to"),
    ("    legal_person: 3000\n", "    legal_person: 0\n", f"{SIMPLE}.legal_person", "0 is too small", "1 to"),
    ("    citizen: 200\n", "    citizen: 200.5\n", f"{SIMPLE}.citizen", "no whole number", "1 to"),
    ("    citizen: 200\n", "    citizen: 4000\n", f"{SIMPLE}.citizen", "4000 is over that of a legal person", "at most 3000"),
    ("fine_max: 100", "fine_max: 0", "guards.ONSPOT_COLLECTION_OVER_LIMIT.fine_max", "0 is too small", "1 to"),
    ("fine_max: 100", "fine_max: 5000", "guards.ONSPOT_COLLECTION_OVER_LIMIT.fine_max", "5000 is over what is decided on the spot", "at most 3000"),
    ("from_fine: 0", "from_fine: -1", "guards.CLOSE_PENALTY_WITHOUT_LEGAL_REVIEW.from_fine", "too small", "0 to"),
    ("window: hearing_request", "window: coffee", f"{HEARING}.window", "no limit from noticed on: coffee", "hearing_request"),
    ("window: hearing_request", "window: payment", f"{HEARING}.window", "no limit from noticed on: payment", "hearing_request"),
    ("window: payment", "window: service", "guards.ENFORCED_BEFORE_TERM.window", "no limit from served on: service", "payment"),
    ("defence: 3 workdays", "defence: 3 work_hours", "guards.DECISION_WITHOUT_NOTICE.defence", "in work_minutes", "workdays"),
    ("defence: 3 workdays", "defence: 0 workdays", "guards.DECISION_WITHOUT_NOTICE.defence", "not of this form", "from 1 on"),
    ("sources: [monitor]", "sources: [drone]", "guards.ELECTRONIC_EVIDENCE_UNREVIEWED.sources.0", "is not one of these", "monitor"),
    ("procedure: simple", "procedure: magic", "guards.SIMPLE_NOT_FOR_MATTER.procedure", "no such procedure: magic", "simple"),
    ('night: "22:00-06:00"', 'night: "22:00"', f"{QUIET}.night", "not of this form", "hours as"),
    ('night: "22:00-06:00"', 'night: "22:00-22:00"', f"{QUIET}.night", "ends when it begins", "22:00-06:00"),
    ("weekends: true", "weekends: sometimes", f"{QUIET}.weekends", "neither true nor false", ""),
    ("windows: [reconsideration, suit,", "windows: [coffee, suit,", f"{APPEAL}.windows.0", "no such limit: coffee", "suit"),
    ("windows: [court, court_after", "windows: [tea, court_after", "guards.COURT_TIME_LOST.windows.0", "no such limit: tea", "court"),
    ("window: demand", "window: service", "guards.COURT_WITHOUT_DEMAND.window", "no limit from demanded on: service", "demand"),
    ("own_power: false", "own_power: perhaps", "guards.ENFORCED_WITHOUT_POWER.own_power", "neither true nor false", "true or false"),
    ("amounts: {citizen: 5000,", "amounts: {citizen: 60000,", "guards.HEARING_NOT_OFFERED.amounts.citizen", "over that of a legal person", "at most 50000"),
    ("confirmed: false", "confirmed: maybe", "guards.HEARING_NOT_OFFERED.amounts.confirmed", "neither true nor false", "true or false"),
    ("limit: 6 months,", "limit: 13 months,", "limits.suit.limit", "over a year", "at most 12 months"),
    ("[WJ-001, WJ-002", "[WJ-999, WJ-002", f"{APPEAL}.matters", "no such matter: WJ-999", "matters.yaml"),
    ("corrected: [minor, first_minor]", "corrected: [nice]", f"{GROUND}.corrected.0", "is not one of these", "first_minor"),
    ("kinds: [document", "kinds: [rumour", "guards.PROCESS_NOT_RECORDED.kinds.0", "is not one of these", "bodycam"),
    ("    kinds: [warning, fine]", "    kinds: [warning, detention]", f"{SIMPLE}.kinds.1", "is not one of these", "licence_revoked"),
    ("    kinds: [warning, fine]", "    kinds: []", f"{SIMPLE}.kinds", "too few", "a list"),
    ("    kinds: [warning, fine]\n", "", f"{SIMPLE}.kinds", "is missing", "a list"),
    ("lighter: [warning]", "lighter: [praise]", "guards.HEAVIER_THAN_NOTICED.lighter.0", "is not one of these", "warning"),
    ("    citizen: 10000\n", "    citizen: 200000\n", "guards.DECIDED_WITHOUT_DISCUSSION.citizen", "is over that of a legal person", "at most 100000"),
    ("notice: 7 workdays", "notice: 7 work_hours", "guards.HEARING_NOT_NOTIFIED.notice", "in work_minutes", "workdays"),
    ("years: 2\n", "years: 0\n", f"{BAR}.years", "too small", "1 to 20"),
    ("years_with_harm: 5", "years_with_harm: 1", f"{BAR}.years_with_harm", "1 is less than without harm", "at least 2"),
    ("first_time: [first_minor]", "first_time: [second]", f"{GROUND}.first_time.0", "is not one of these", "first_minor"),
    ("harm: {minor: [none],", "harm: {minor: [huge],", f"{GROUND}.harm.minor.0", "is not one of these", "slight"),
    ("harm: {minor: [none],", "harm: {major: [none],", f"{GROUND}.harm.major", "is not one of these", "minor"),
    ("of_all_matters: [preservation]", "of_all_matters: [theft]", "guards.MEASURE_WITHOUT_POWER.of_all_matters.0", "is not one of these", "seizure"),
    ("on_decision: [confiscated", "on_decision: [eaten", "guards.THINGS_NOT_DECIDED_ON.on_decision.0", "is not one of these", "destroyed"),
    ("    steps: [begun]\n", "    steps: [filed]\n", "guards.MEASURE_WITHOUT_POWER.steps", "cannot stand before filed", "begun"),
    ("    steps: [begun]\n", "    steps: [pondered]\n", "guards.MEASURE_WITHOUT_POWER.steps.0", "is not one of these", "testing"),
    # measures, and what is added to a fine
    ("  seizure:\n", "  grabbing:\n", "measures.grabbing", "unknown field", "sealing, seizure, preservation"),
    ("  seizure:\n", "  grabbing:\n", "measures.seizure", "is missing", "the fields"),
    ("limit: 7 workdays, law: 行政处罚法, article: \"56\"", "limit: 7 natural_hours, law: 行政处罚法, article: \"56\"",
     "measures.preservation.limit", "in natural_minutes", "workdays"),
    ("extension: 30 calendar_days", "extension: 999 calendar_days", "measures.sealing.extension", "over a year", "at most"),
    ("testing: true", "testing: often", "measures.sealing.testing", "neither true nor false", "true or false"),
    ("percent_a_day: 3", "percent_a_day: 0", "late_payment.percent_a_day", "too small", "1 to 100"),
    ("percent_max: 100", "percent_max: lots", "late_payment.percent_max", "no whole number", "1 to 1000"),
    # the street's own list
    ("powers: []", POWER % ("140109004", "ZZ-001"), "powers.0.matters", "no such matter: ZZ-001", "matters.yaml"),
    ("powers: []", POWER % ("140109099", "HB-001"), "powers.0.street", "no such street: 140109099", "140109004"),
    ("powers: []", POWER % ("140109004", ""), "powers.0.matters", "too few", "a list"),
    # the limits
    ("from: filed, until: [decided, ", "from: filed, until: [filed, ", "limits.decision.until", "filed is where it begins", "later steps"),
    ("from: filed", "from: dreamt", "limits.decision.from", "is not one of these", "filed"),
    ("limit: 90 calendar_days", "limit: 90 work_hours", "limits.decision.limit", "in work_minutes", "calendar_days"),
    ("limit: 90 calendar_days", "limit: 900 calendar_days", "limits.decision.limit", "over a year", "at most"),
    ("lapse_tells: [handler]", "lapse_tells: [Handler]", "limits.hearing_request.lapse_tells.0", "not of this form", "a role or team"),
    ("where: fined", "where: rich", "limits.payment.where", "is not one of these", "fined"),
    ("  filing: #", "  seizure: #", "limits.seizure", "is the name of a measure", "another name"),
    ("limit: 90 calendar_days, roster: every_day", "limit: 90 calendar_days, roster: nights", "limits.decision.roster", "no roster of every day: nights", "every_day"),
    ("limit: 7 workdays,\n", "limit: 7 workdays, roster: every_day,\n", "limits.service.roster", "counts workdays", "calendar_days"),
    ('law: 行政处罚法, article: "60", ', "law: 行政处罚法, ", "limits.decision.article", "is missing", '"36(2)"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "field", "wrong", "allowed"), EDITS)
def test_an_impossible_procedure_is_refused_with_line_and_field(rewritten, old, new, field, wrong, allowed):
    """Nobody finds out when a decision is set aside."""
    folder = rewritten((FILE, old, new))
    with pytest.raises(BadRules) as caught:
        load_rules(folder)
    path = folder / f"{FILE}.yaml"
    problems = [problem for problem in caught.value.problems if problem.field == field]
    assert problems, [str(problem) for problem in caught.value.problems]
    assert problems[0].file == str(path)
    assert wrong in problems[0].wrong
    assert allowed in problems[0].allowed
    assert problems[0].allowed
    if "missing" not in wrong:
        named = field.split(".")[-1] if not field.split(".")[-1].isdigit() else field.split(".")[-2]
        assert named.split("[")[0] in path.read_text().splitlines()[problems[0].line - 1]


def test_a_street_is_listed_once(rewritten):
    """Two lists for one street: which would hold?"""
    twice = "powers:" + (POWER % ("140109004", "HB-001")).removeprefix("powers:") * 2
    with pytest.raises(BadRules) as caught:
        load_rules(rewritten((FILE, "powers: []", twice)))
    [problem] = caught.value.problems
    assert (problem.field, problem.allowed) == ("powers.1.street", "each once")


def test_every_guard_has_code_and_every_code_its_guard():
    """Code without data is a missing field, data without code an unknown one; this is why."""
    assert {name.upper() for name in Guards.model_fields} == set(CHECKS)


def test_what_is_shipped():
    """The law's numbers, and nothing handed down beyond what is devolved to all streets."""
    procedure = load_rules(RULES_DIR).procedure
    assert procedure.parameters.officers_min == 2
    assert procedure.parameters.simple_fine == Amounts(200, 3000)
    assert procedure.parameters.on_spot_max_yuan == 100
    assert procedure.parameters.own_power is False
    assert text_of(procedure.parameters.court_demand) == "10 workdays"
    assert procedure.parameters.time_bar == TimeBar(24, 60)
    assert procedure.parameters.surcharge == Surcharge(3, 100)
    assert text_of(procedure.parameters.hearing_notice) == "7 workdays"
    assert procedure.powers == {}


def test_every_limit_has_its_article():
    """The ministry's fifteen days to file, and some others, as others cite them; most were read."""
    legal = load_rules(RULES_DIR).legal
    assert {limit.name: limit.article for limit in legal} == {
        "filing": "15(1)",
        "decision": "60",
        "hearing_request": "64(1)",
        "decision_anew": "60",
        "service": "61",
        "service_of_change": "61",
        "service_after_reconsideration": "61",
        "service_after_suit": "61",
        "payment": "67",
        "reconsideration": "20",
        "suit": "46",
        "suit_after_reconsideration": "45",
        "demand": "54",
        "court": "53",
        "court_after_reconsideration": "53",
        "court_after_suit": "53",
        "crime_decision": "5",
        "crime_transfer": "5",
        "publication": "10",
        "publication_on_spot": "10",
        "publication_of_change": "10",
        "withdrawal": "48",
        "withdrawal_after_suit": "48",
        "withdrawal_of_changed": "48",
        "withdrawal_of_revoked": "48",
        "sealing": "25",
        "seizure": "25",
        "preservation": "56",
    }
    assert [limit.name for limit in legal if limit.is_window] == [
        *("hearing_request", "reconsideration", "suit", "suit_after_reconsideration", "demand"),
    ]


def test_a_list_is_the_streets_own(rewritten):
    """What one street may punish says nothing of another."""
    rules = load_rules(rewritten((FILE, "powers: []", POWER % ("140109004", "HB-001, HB-003"))))
    assert rules.procedure.powers == {"140109004": frozenset({"HB-001", "HB-003"})}
    assert rules.matters["HB-001"].street_power is Power.NEEDS_LIST


def test_an_article_nobody_has_read_is_shown_to_nobody(rewritten):
    """The law is named without it."""
    edit = (FILE, "    confidence: text_read\n    text_zh", "    confidence: from_memory\n    text_zh")
    first = load_rules(rewritten(edit)).procedure.guards[0]
    assert (first.article, first.cited) == (None, "《行政处罚法》(2021)")


def test_the_streets_procedures_come_before_the_laws(rewritten):
    """Where a matter says what is open to the street, that counts; else what the law foresees."""
    matters = load_rules(RULES_DIR).matters
    assert matters["XF-001"].procedures == {"rectify_on_spot", "refer"}
    assert matters["SR-001"].procedures == {"rectify_on_spot", "simple"}
