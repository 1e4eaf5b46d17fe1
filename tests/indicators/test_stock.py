"""What stands, counted as cases change, against what somebody counts who looks at every case."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from pipeline.core.case.turn import Change
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.indicators.collector import CountedPartition, StockCollector
from pipeline.indicators.due_cases import NEAREST_MAX, DueCase, DueCases, NearestCase
from pipeline.indicators.overdue_index import Horizon
from pipeline.indicators.stock import SLOT_S, Holder, Reading, Stock, order_state
from pipeline.metrics import NOBODY
from pipeline.monthly.as_of import figures_as_of
from schemas.state.case import Case, Clock
from schemas.values.terms import ClockKind, EvidenceKind
from tests.audit.good_story.good import good_story
from tests.core.clocks.test_clock import at, story_at, until
from tests.core.story import RULES, START, Story, sha

MINUTE = timedelta(minutes=1)
HERE = "140109004"
OUTCOMES = good_story().outcomes


def holder(case: Case) -> Holder:
    """Who holds it."""
    team = case.task.team if case.task and case.task.team else NOBODY
    return case.street, team, case.facts.matter[:2], case.facts.severity.value


def holder_of(story: Story) -> Holder:
    """Who holds the last case opened."""
    return holder(next(case for case in story.core.cases()))


def running(case: Case) -> list[Clock]:
    """Its clocks that run."""
    return [clock for clock in case.clocks if clock.stopped_at is None and case.closed_at is None]


def looked_at(cases: list[Case], at: datetime) -> dict[str, object]:
    """Everything that a reading says, by looking at every case."""
    there = [case for case in cases if case.closed_at is None]
    clocks = [(case, clock) for case in there for clock in running(case)]
    handling = [(case, clock) for case, clock in clocks if clock.kind in (ClockKind.DISPOSE, ClockKind.JOINT)]
    grids: Counter[tuple[str, str]] = Counter()
    for case in cases:
        gone = case.outcome is not None and case.outcome.value in ("merged", "moved", "voided", "rejected")
        if case.facts.place.grid and not gone:
            grids[case.facts.matter, case.facts.place.grid] += 1
    repeats: Counter[str] = Counter()
    for (_, grid), many in grids.items():
        repeats[grid] += many - 1
    today = at.astimezone(SHANGHAI).date()
    return {
        "stages": Counter((case.street, case.stage.value, case.facts.severity.value) for case in there),
        "held": Counter(map(holder, there)),
        "sources": Counter(case.facts.source.value for case in there),
        "suspended": Counter(case.suspension.reason.value for case in there if case.suspension),
        "ordered": Counter(state for case in there if (state := order_state(case)) is not None),
        "supervised": Counter(case.supervision.reason.value for case in there if case.supervision),
        "running": Counter(clock.kind.value for _, clock in clocks),
        "late": Counter((clock.kind.value, holder(case)) for case, clock in clocks if clock.due_at <= at),
        "today": Counter(
            holder(case)
            for case, clock in handling
            if at < clock.due_at and clock.due_at.astimezone(SHANGHAI).date() == today
        ),
        "at_risk": Counter(holder(case) for case, clock in handling if clock.due_at > at and clock.rung >= 2),
        "nearest": nearest_of(handling, at),
        "untaken": untaken_of(clocks, at),
        "grids": Counter(case.facts.place.grid for case in there if case.facts.place.grid),
        "repeats": +repeats,
        "slots": Counter(int(case.facts.opened_at.timestamp() // SLOT_S) for case in there),
        "cameras": {
            item.device
            for case in cases
            for item in case.evidence
            if item.kind is EvidenceKind.BODYCAM
            and item.device
            and item.taken_at.astimezone(SHANGHAI).date() == today
        },
    }


def nearest_of(handling: list[tuple[Case, Clock]], at: datetime) -> set[NearestCase]:
    """Of each holder and severity: the five overdue for longest, and the five due soonest; of a hotline's those nobody was warned of, if overdue."""
    found: set[NearestCase] = set()
    for late, is_warned in ((True, True), (True, False), (False, True)):
        groups: dict[tuple[str, str, str], list[DueCase]] = {}
        for case, clock in handling:
            if not is_warned and clock.hotline_due_at is None:
                continue
            if (clock.due_at <= at, clock.rung >= 2) == (late, is_warned):
                street, team, _, severity = holder(case)
                due = DueCase(clock.due_at.timestamp(), case.case_id, case.facts.matter)
                groups.setdefault((street, team, severity), []).append(due)
        state = "overdue" if late else "at_risk"
        found |= {
            NearestCase(group, state, case)
            for group, all_of_it in groups.items()
            for case in sorted(all_of_it)[:5]
        }
    return found


def untaken_of(clocks: list[tuple[Case, Clock]], at: datetime) -> set[NearestCase]:
    """Of each step that somebody must take: the five overdue for longest."""
    found: set[NearestCase] = set()
    for step in ("accept", "dispatch", "claim", "sign", "decide"):
        late = [
            NearestCase(
                (step, holder(case)[1], holder(case)[3]),
                "overdue",
                DueCase(clock.due_at.timestamp(), case.case_id, case.facts.matter),
            )
            for case, clock in clocks
            if clock.kind.value == step and clock.due_at <= at
        ]
        found |= set(sorted(late, key=lambda one: one.case)[:5])
    return found


def read(reading: Reading) -> dict[str, object]:
    """The same, as the stock has it."""
    told: dict[str, object] = {
        name: +value if isinstance(value, Counter) else set(value)
        for name, value in reading._asdict().items()
        if name != "duty"  # no case stands in it: test_duty_stock
    }
    today: Counter[Holder] = Counter()
    for (kind, who), many in reading.today.items():
        today[who] += many if kind in ("dispose", "joint") else 0
    return told | {"today": +today}


def test_counting_changes_comes_to_the_same_as_looking_at_every_case():
    """After every entry of a log in which everything happens that can, at a full minute, and after a restart too."""
    stock, cases = Stock(RULES, OUTCOMES[0].entry.at), dict[str, Case]()
    met: set[str] = set()
    wanted: dict[str, object] = {}
    for number, outcome in enumerate(OUTCOMES):
        stock.note(outcome.changes)
        cases |= {case.case_id: case for case in outcome.cases}
        for case_id in outcome.retired:
            del cases[case_id]
        at = outcome.entry.at.replace(second=0, microsecond=0)
        if outcome.entry.at != at:
            at += MINUTE
        wanted = looked_at(list(cases.values()), at)
        told = read(stock.read(at))
        if number % 50 == 0:
            restarted = Stock(RULES, at)
            restarted.note(Change(None, case) for case in cases.values())
            assert read(restarted.read(at)) == told
        assert told == wanted
        met |= {name for name, value in wanted.items() if value}
    assert met >= set(wanted) - {"at_risk", "cameras"}, "something was never there to be counted"


def test_a_case_is_at_risk_from_its_last_warning_to_its_deadline():
    """Of two office hours, four fifths are gone after 96 minutes; then the deadline passes."""
    story, stock, seen = Story().path("report", "sign"), Stock(RULES, START), []
    for minutes in (0, 94, 1, 22, 2):
        story.wait(minutes=minutes)
        for outcome in story.outcomes:
            stock.note(outcome.changes)
        story.outcomes, reading = [], stock.read(story.now)
        seen.append((reading.at_risk.total(), reading.late["dispose", holder_of(story)]))
    assert seen == [(0, 0), (0, 0), (1, 0), (1, 0), (0, 1)]


def test_a_case_at_risk_or_overdue_is_named():
    """By its number, its matter and its deadline, from the last warning on; not any more once its handling is done."""
    story, stock, seen = Story().path("report", "sign", "arrive"), Stock(RULES, START), []
    case_id, matter, noted = story.case.case_id, story.case.facts.matter, 0
    for step in (95, 24, 0):
        story.wait(minutes=step) if step else story.path("dispose")
        for outcome in story.outcomes[noted:]:
            stock.note(outcome.changes)
        noted = len(story.outcomes)
        seen.append([(one.state, one.case.case, one.case.matter) for one in stock.read(story.now).nearest])
    assert seen == [[("at_risk", case_id, matter)], [("overdue", case_id, matter)], []]


def test_a_case_whose_hotline_ran_out_in_the_night_is_named_before_anybody_is_at_work():
    """Nobody was warned of it, and nobody is woken; whoever looks at the board sees it all the same."""
    story, stock = story_at("11-24 22:00"), Stock(RULES, START)
    story.report(matter="SR-004", order={"due_at": at("11-25 02:00").isoformat()})
    until(story, "11-25 02:05")
    for outcome in story.outcomes:
        stock.note(outcome.changes)
    assert stock.read(at("11-25 01:59")).nearest == ()
    (named,) = stock.read(story.now).nearest
    assert (named.state, named.case.case) == ("overdue", story.case.case_id)


def test_however_many_are_late_a_few_are_named():
    """Of each street, team, severity and state those that come first: so many, whatever comes."""
    cases = DueCases()
    groups = [("140109004", team, severity) for team in ("ecology", "planning") for severity in ("P1", "P4")]
    for group in groups:
        for number in range(300):
            cases.note(group, DueCase(60.0 * number, f"140109004-{number:03}", "SR-001"), 1)
    named = cases.nearest(60.0 * 150 + 59)
    assert len(named) == len(groups) * 2 * NEAREST_MAX
    first = [one for one in named if one.group == groups[0]]
    assert [(one.state, one.case.due_s / 60) for one in first] == [
        *(("overdue", number) for number in range(NEAREST_MAX)),
        *(("at_risk", number) for number in range(151, 151 + NEAREST_MAX)),
    ]
    for group in groups:
        for number in range(300):
            cases.note(group, DueCase(60.0 * number, f"140109004-{number:03}", "SR-001"), -1)
    assert cases.nearest(0.0) == ()


def test_of_what_nobody_took_a_few_are_named():
    """Of each step the five that wait for longest, whichever team has them; what is not late yet is not named."""
    steps = DueCases()
    for step in ("sign", "decide"):
        for number in range(300):
            team = ("ecology", "planning")[number % 2]
            steps.note((step, team, "P4"), DueCase(60.0 * number, f"140109004-{number:03}", "SR-001"), 1)
    named = steps.longest_overdue(60.0 * 7)
    assert [(one.group[0], one.case.due_s / 60) for one in named] == [
        *(("sign", number) for number in range(NEAREST_MAX)),
        *(("decide", number) for number in range(NEAREST_MAX)),
    ]
    assert len(steps.longest_overdue(60.0)) == 2 * 2


def test_a_camera_is_in_use_on_the_day_of_its_recording():
    """Two recordings by one camera are one camera in use; tomorrow it is not, unless it records again."""
    stock = Stock(RULES, START)
    item = {"sha256": sha("film"), "kind": "bodycam", "device": "BWC-07", "taken_at": START.isoformat()}
    for _ in range(2):
        for outcome in Story().report(evidence=[item]).outcomes:
            stock.note(outcome.changes)
    assert stock.read(START).cameras == {"BWC-07"}
    assert stock.read(START + timedelta(days=1)).cameras == frozenset()


def test_a_camera_whose_clock_is_wrong_is_not_in_use_on_a_day_to_come():
    """What a report brings from tomorrow would else count tomorrow, and hide every recording until then."""
    stock = Stock(RULES, START)
    tomorrow = START + timedelta(days=1)
    item = {"sha256": sha("film"), "kind": "bodycam", "device": "BWC-07", "taken_at": tomorrow.isoformat()}
    for outcome in Story().report(evidence=[item]).outcomes:
        stock.note(outcome.changes)
    assert stock.read(tomorrow).cameras == frozenset()


def test_a_deadline_passes_without_any_record():
    """Nobody tells the stock that time goes on; a reading knows."""
    story = Story().path("report", "sign")
    stock = Stock(RULES, START)
    for outcome in story.outcomes:
        stock.note(outcome.changes)
    clock = next(one for one in story.case.clocks if one.kind is ClockKind.DISPOSE)
    group = (ClockKind.DISPOSE.value, holder(story.case))
    before, after = stock.read(clock.due_at - MINUTE), stock.read(clock.due_at)
    assert (before.late[group], before.today[group]) == (0, 1)
    assert (after.late[group], after.today[group]) == (1, 0)


@pytest.mark.parametrize(
    ("opened", "today"),
    [
        ("19:58:59", 1),
        ("19:59:00", 1),
        ("19:59:30", 1),
        ("19:59:59.999", 1),
        ("20:00:00", 0),
        ("20:00:30", 0),
    ],
)
def test_what_is_due_in_the_last_minute_of_the_day_is_due_today(opened, today):
    """A spill is handled in four hours, day and night: due at 23:59:30 it is due today, at midnight tomorrow. The report agrees."""
    begun = datetime.fromisoformat(f"2026-11-24T{opened}+08:00")
    story = Story(now=begun).report(matter="SR-011")
    stock = Stock(RULES, begun)
    for outcome in story.outcomes:
        stock.note(outcome.changes)
    group = (ClockKind.DISPOSE.value, holder(story.case))
    eleven = datetime(2026, 11, 24, 23, tzinfo=SHANGHAI)
    assert stock.read(eleven).today[group] == today
    entries = {0: [outcome.entry for outcome in story.outcomes]}
    assert figures_as_of(entries, eleven, RULES).indicators["due_today"].value == today
    midnight = eleven + timedelta(hours=1)
    due_at = begun + timedelta(hours=4)
    assert stock.read(midnight - MINUTE).today[group] == (today and due_at > midnight - MINUTE)
    after = stock.read(midnight)
    assert (after.late[group], after.today[group]) == ((0, 1) if due_at > midnight else (1, 0))


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_an_instant_is_behind_from_the_next_full_minute_on(seconds):
    """To the minute, never early; and what was added can be taken away before and after it passed."""
    horizon: Horizon[str] = Horizon(0.0)
    horizon.add("a", 600 + seconds)
    horizon.add("a", 1200)
    horizon.add("a", 1200, -1)
    horizon.advance(600 + seconds - 1)
    assert horizon.behind["a"] == 0
    assert horizon.before(9_960)["a"] == 1
    horizon.advance(660)
    assert horizon.behind["a"] == 1
    horizon.advance(30)
    horizon.add("a", 600 + seconds, -1)
    assert horizon.behind["a"] == 0


def test_each_open_partition_tells_of_its_own_and_one_that_is_not_open_of_nothing():
    """Unknown is not 0: with no partition open there is no series of what stands. What is foreseen stands at 0, once."""
    stocks = [Stock(RULES, START), Stock(RULES, START)]
    registry = CollectorRegistry()
    open_now: list[CountedPartition] = []
    registry.register(StockCollector(RULES, lambda: open_now, lambda: START + timedelta(minutes=3)))
    assert [sample for family in registry.collect() for sample in family.samples] == []
    open_now += [CountedPartition(place, 7 + place, stock, 0) for place, stock in enumerate(stocks)]
    for stock in stocks:
        for outcome in Story().path("report", "sign").outcomes:
            stock.note(outcome.changes)
    name, labels = "enforcement_open_cases", {"street": HERE, "stage": "signed", "severity": "P4"}
    told = [registry.get_sample_value(name, labels | {"partition": place}) for place in "012"]
    assert told == [1, 1, None]
    other = {"street": HERE, "stage": "dispatched", "severity": "P1"}
    assert [registry.get_sample_value(name, other | {"partition": place}) for place in "01"] == [0, None]
    for place in "01":
        here = {"partition": place}
        assert registry.get_sample_value("enforcement_partition_generation", here) == 7 + int(place)
        assert registry.get_sample_value("enforcement_open_case_age_seconds_gcount", here) == 1
        oldest = here | {"le": "3600.0"}
        assert registry.get_sample_value("enforcement_open_case_age_seconds_bucket", oldest) == 1
        assert registry.get_sample_value("enforcement_channel_cases", here | {"source": "12345"}) == 1
    assert b"13800000001" not in generate_latest(registry)
    del open_now[0]
    assert registry.get_sample_value(name, labels | {"partition": "0"}) is None
    assert registry.get_sample_value(name, other | {"partition": "1"}) == 0
