"""What `enforcement why` says of the law's own limits: a measure's stands while things are tested, a window simply ends."""

from datetime import timedelta

from pipeline.edge.explain.clock_account_rows import IntervalState
from pipeline.edge.explain.why_text import lines
from pipeline.words.field_words import Lang
from schemas.values.terms import ClockKind, TimerKind
from tests.core.clocks.test_clock import story_at
from tests.core.proceedings import INQUIRY, SEIZABLE, Said, on_site, taken
from tests.edge.explain.test_why import NAMED, entries, explained, row, until


def test_a_measures_limit_stands_while_things_are_tested():
    """The ledger says so, to the second: from when things were tested until the time that the party was told."""
    tale = taken(on_site("03-02 09:00", NAMED, SEIZABLE), "clue begun testing")
    standing = row(explained(entries(tale), NAMED, tale.now + timedelta(hours=1)), ClockKind.LEGAL, "seizure")
    assert standing.state is IntervalState.STOOD
    assert (standing.law, standing.name_zh) == ("行政强制法 25", "扣押")
    begun = tale.now
    until(tale, "03-20 09:00")
    going = row(explained(entries(tale), NAMED, tale.now), ClockKind.LEGAL, "seizure")
    stood = [interval for interval in going.intervals if interval.state is IntervalState.STOOD]
    assert [(one.begin, one.end, one.own_s, one.by) for one in stood] == [
        (begun, begun + timedelta(days=5), 5 * 86_400, "measure_moved")
    ]
    assert going.state is IntervalState.RAN
    assert going.ran_s + going.left_s == going.allowed_s == going.limit_s
    text = "\n".join(lines(explained(entries(tale), NAMED, tale.now), NAMED, Lang.ZH))
    assert "查封、扣押、登记保存 · 扣押 · 检测鉴定中" in text


def test_a_window_says_that_it_lapsed_and_whom_that_tells():
    """No level, no percent: nobody is late."""
    offered: Said = {"fine_yuan": 5000, "hearing_offered": True}
    tale = taken(on_site("11-24 09:00", NAMED), [*INQUIRY, ("noticed", offered)])
    coming = row(explained(entries(tale), NAMED, tale.now), ClockKind.LEGAL, "hearing_request")
    assert (coming.next.kind, coming.next.tells) == (TimerKind.WINDOW_LAPSED, ("city-appearance",))
    until(tale, "12-02 09:00")
    over = row(explained(entries(tale), NAMED, tale.now), ClockKind.LEGAL, "hearing_request")
    assert (over.state, over.left_s, over.next) == (IntervalState.OVER, 0, None)
    assert [(one.kind, one.level) for one in over.climbed] == [(TimerKind.WINDOW_LAPSED, None)]


def test_why_says_that_a_unit_has_another_time_than_the_matter():
    """权属单位时限: of the handling and the whole case, in both languages; of the steps nothing."""
    tale = story_at("11-24 09:00", NAMED).report(matter="SZ-003").act("dispatch", team="pipeline-owner")
    account = explained(entries(tale), NAMED, tale.now)
    handling, sign = row(account, ClockKind.DISPOSE), row(account, ClockKind.SIGN)
    assert (handling.unit, handling.unit_percent, handling.limit) == ("pipeline-owner", 150, "5 workdays")
    assert (sign.unit, sign.unit_percent) == (None, None)
    assert "of pipeline-owner: 150 % of the matter's limit" in "\n".join(lines(account, NAMED, Lang.EN))
    assert "pipeline-owner的时限：事项时限的150%" in "\n".join(lines(account, NAMED, Lang.ZH))


def test_why_says_who_ordered_a_correction_and_never_that_they_approved():
    """In Chinese: the party, how it was served, what was found; no code, and no time of another zone."""
    tale = story_at("11-24 09:00", NAMED).path("report", "sign", "arrive", "order_correction").wait(days=3)
    tale.act("reinspect", result="disobeyed")
    text = "\n".join(lines(explained(entries(tale), NAMED, tale.now), NAMED, Lang.ZH))
    assert "O1批准" not in text
    for said in ("公民", "直接送达", "逾期未改正"):
        assert said in text
    for code in ("in_person", "citizen", "disobeyed", "+00:00"):
        assert code not in text
