"""The same questions about a case, put to the core's clocks and to the oracle, and where their answers part."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import zip_longest
from typing import Final, NamedTuple

from pipeline.audit.model.oracle import Deadline, Halt, More, Move, Oracle, OutOfYears, instant_of, number_of
from pipeline.clockcheck.random_cases import Anew, RandomCase, Setting, Stand
from pipeline.core.worktime import clock_arithmetic
from pipeline.core.worktime.office_hours import WorkCalendar
from pipeline.core.worktime.policy import span_of
from schemas.state.case import Clock
from schemas.values.terms import ClockKind

Answer = Deadline | int | str
"""A deadline; an instant or a length in µs; or that the question cannot be answered."""
Make = Callable[..., WorkCalendar]
"""Makes the calendar under test: `WorkCalendar` itself, or one that is wrong on purpose."""

REFUSED: Final = "out of the calendar"
BREACH_PERCENT: Final = 100
_MICROSECOND: Final = timedelta(microseconds=1)


class GivenAnswer(NamedTuple):
    """An answer, and to which question."""

    question: str
    answer: Answer


class AnswerDifference(NamedTuple):
    """One question of a case that the two answer differently; None where one says nothing any more."""

    question: str
    clocks: Answer | None
    oracle: Answer | None


class Sides(NamedTuple):
    """All that answers for one setting: each side by the announced years, and by those announced later."""

    now: WorkCalendar
    later: WorkCalendar
    oracle: Oracle
    oracle_later: Oracle


def sides_of(setting: Setting, make: Make = WorkCalendar) -> Sides:
    """Both sides, from the same values."""
    hours, every_day = setting.hours, setting.every_day
    return Sides(
        make(hours, setting.announced, every_day=every_day),
        make(hours, setting.announced_later, every_day=every_day),
        Oracle(hours, setting.announced, every_day=every_day),
        Oracle(hours, setting.announced_later, every_day=every_day),
    )


def differences(case: RandomCase, sides: Sides, count: Counter[str]) -> list[AnswerDifference]:
    """Where the two part; what was asked is added to `count`."""
    ours = _until_refused(_by_clocks(case, sides))
    theirs = _until_refused(_by_oracle(case, sides))
    _count(case, theirs, count)
    found = []
    for one, other in zip_longest(ours, theirs):
        if one != other:
            question = (one or other).question
            found.append(AnswerDifference(question, one and one.answer, other and other.answer))
    return found


def _by_clocks(case: RandomCase, sides: Sides) -> Iterator[GivenAnswer]:
    calendar = sides.now
    clock = clock_arithmetic.begin(calendar, ClockKind.DISPOSE, instant_of(case.start), span_of(case.limit))
    yield GivenAnswer("due", _due(clock))
    for number, doing in enumerate(case.doings, 1):
        at = instant_of(doing.at)
        if isinstance(doing, Halt):
            stood = clock_arithmetic.halt(clock, at)
            clock = clock_arithmetic.go_on(calendar, stood, instant_of(doing.until), "suspended")
        elif isinstance(doing, More):
            clock = clock_arithmetic.extend(calendar, clock, span_of(doing.limit), at, "complex")
        elif isinstance(doing, Anew):
            clock = clock_arithmetic.begin(calendar, clock.kind, at, span_of(case.limit), leg=number)
        else:
            clock = clock_arithmetic.halt(clock, at)
        yield GivenAnswer(f"due after {number}", _due(clock))
    yield GivenAnswer("recomputed", _due(clock_arithmetic.recomputed(calendar, clock, span_of(clock.limit))))
    yield from _asked_of_clock(case, calendar, clock)
    yield GivenAnswer(
        "announced later", _due(clock_arithmetic.recomputed(sides.later, clock, span_of(clock.limit)))
    )
    yield GivenAnswer(
        "other limit", _due(clock_arithmetic.recomputed(calendar, clock, span_of(case.other_limit)))
    )


def _asked_of_clock(case: RandomCase, calendar: WorkCalendar, clock: Clock) -> Iterator[GivenAnswer]:
    yield GivenAnswer("allowed", clock_arithmetic.allowed(calendar, clock) // _MICROSECOND)
    for percent in case.percents:
        yield GivenAnswer(f"mark {percent}", number_of(clock_arithmetic.mark(calendar, clock, percent)))
    for look in case.looks:
        at = instant_of(look)
        yield GivenAnswer("used", clock_arithmetic.used(calendar, clock, at) // _MICROSECOND)
        yield GivenAnswer("elapsed minutes", calendar.elapsed_work_minutes(clock.started_at, at))
        yield GivenAnswer("is work time", calendar.is_work_time(at))
        yield GivenAnswer("next work time", number_of(calendar.next_work_time(at)))


def _by_oracle(case: RandomCase, sides: Sides) -> Iterator[GivenAnswer]:
    oracle, start, limit = sides.oracle, case.start, case.limit
    moves: tuple[Move, ...] = ()
    stood: int | None = None
    yield GivenAnswer("due", oracle.deadline(start, limit, moves))
    for number, doing in enumerate(case.doings, 1):
        if isinstance(doing, Anew):
            start, moves = doing.at, ()
        elif isinstance(doing, Stand):
            stood = doing.at
        else:
            moves = (*moves, doing)
        yield GivenAnswer(f"due after {number}", oracle.deadline(start, limit, moves))
    due = oracle.deadline(start, limit, moves)
    yield GivenAnswer("recomputed", due)
    yield GivenAnswer("allowed", oracle.used(start, limit, moves, due.at))
    for percent in case.percents:
        if percent < BREACH_PERCENT:
            yield GivenAnswer(f"mark {percent}", oracle.mark(start, limit, moves, percent))
        else:
            yield GivenAnswer(f"mark {percent}", due.at)
    for look in case.looks:
        end = look if stood is None else min(look, stood)
        yield GivenAnswer("used", oracle.used(start, limit, moves, end))
        yield GivenAnswer("elapsed minutes", oracle.elapsed(start, look) // 60_000_000)
        yield GivenAnswer("is work time", oracle.is_work_time(look))
        yield GivenAnswer("next work time", oracle.next_work_time(look))
    yield GivenAnswer("announced later", sides.oracle_later.deadline(start, limit, moves))
    yield GivenAnswer("other limit", oracle.deadline(start, case.other_limit, moves))


def _until_refused(answers: Iterable[GivenAnswer]) -> list[GivenAnswer]:
    """All answers, up to the question that leaves the calendar: no clock goes on from there."""
    found: list[GivenAnswer] = []
    try:
        for told in answers:
            found.append(told)  # noqa: PERF402  what was told before a refusal stays
    except OutOfYears:
        found.append(GivenAnswer("next", REFUSED))
    except ValueError as why:
        if "is known from" not in str(why):
            raise
        found.append(GivenAnswer("next", REFUSED))
    return found


def _due(clock: Clock) -> Deadline:
    return Deadline(number_of(clock.due_at), clock.provisional)


def _count(case: RandomCase, told: list[GivenAnswer], count: Counter[str]) -> None:
    """What kind of case it was, for the summary: random cases prove only what they reach."""
    count["answers"] += len(told)
    count["provisional"] += any(isinstance(one.answer, Deadline) and one.answer.provisional for one in told)
    count["refused"] += told[-1].answer == REFUSED
    dues = [one.answer for one in told if one.question.startswith("due")]
    for doing, before, after in zip(case.doings, dues, dues[1:], strict=False):
        kind = _KINDS[type(doing)]
        count[kind] += 1
        count[f"{kind} that moved"] += before != after and kind in ("halts", "extensions")


_KINDS: Final = {Halt: "halts", More: "extensions", Anew: "new visits", Stand: "standing"}
