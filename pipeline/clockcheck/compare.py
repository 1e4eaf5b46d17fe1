"""The same questions about a case for the core's clocks and for the oracle, and where their answers differ."""

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
"""A deadline; an instant or a length in µs; or REFUSED."""
Make = Callable[..., WorkCalendar]
"""Makes the calendar under test: `WorkCalendar` itself, or one with a planted error."""

REFUSED: Final = "out of the calendar"
BREACH_PERCENT: Final = 100
_MICROSECOND: Final = timedelta(microseconds=1)


class GivenAnswer(NamedTuple):
    """A question and its answer."""

    question: str
    answer: Answer


class AnswerDifference(NamedTuple):
    """A question that the two sides answer differently; None where a side stopped answering."""

    question: str
    clocks: Answer | None
    oracle: Answer | None


class Sides(NamedTuple):
    """The calendars and oracles of one setting: by the announced years, and with those announced later."""

    now: WorkCalendar
    later: WorkCalendar
    oracle: Oracle
    oracle_later: Oracle


def sides_of(setting: Setting, make: Make = WorkCalendar) -> Sides:
    """Both sides, made from the same values."""
    hours, every_day = setting.hours, setting.every_day
    return Sides(
        make(hours, setting.announced, every_day=every_day),
        make(hours, setting.announced_later, every_day=every_day),
        Oracle(hours, setting.announced, every_day=every_day),
        Oracle(hours, setting.announced_later, every_day=every_day),
    )


def differences(case: RandomCase, sides: Sides, count: Counter[str]) -> list[AnswerDifference]:
    """The questions that the two sides answer differently; `count` counts the questions."""
    ours = _until_refused(_by_clocks(case, sides))
    theirs = _until_refused(_by_oracle(case, sides))
    _count(case, theirs, count)
    parted = []
    for ours_given, oracle_given in zip_longest(ours, theirs):
        if ours_given != oracle_given:
            question = (ours_given or oracle_given).question
            parted.append(
                AnswerDifference(
                    question, ours_given and ours_given.answer, oracle_given and oracle_given.answer
                )
            )
    return parted


def _by_clocks(case: RandomCase, sides: Sides) -> Iterator[GivenAnswer]:
    calendar = sides.now
    clock = clock_arithmetic.begin(calendar, ClockKind.DISPOSE, instant_of(case.start), span_of(case.limit))
    yield GivenAnswer("due", _due(clock))
    for number, doing in enumerate(case.doings, 1):
        at = instant_of(doing.at)
        if isinstance(doing, Halt):
            halted = clock_arithmetic.halt(clock, at)
            clock = clock_arithmetic.go_on(calendar, halted, instant_of(doing.until), "suspended")
        elif isinstance(doing, More):
            clock = clock_arithmetic.extend(calendar, clock, span_of(doing.limit), at, "complex")
        elif isinstance(doing, Anew):
            clock = clock_arithmetic.begin(calendar, clock.kind, at, span_of(case.limit), leg=number)
        else:
            clock = clock_arithmetic.halt(clock, at)
        yield GivenAnswer(f"due after {number}", _due(clock))
    yield GivenAnswer("recomputed", _due(clock_arithmetic.recomputed(calendar, clock, span_of(clock.limit))))
    yield from _questions_to_clock(case, calendar, clock)
    yield GivenAnswer(
        "announced later", _due(clock_arithmetic.recomputed(sides.later, clock, span_of(clock.limit)))
    )
    yield GivenAnswer(
        "other limit", _due(clock_arithmetic.recomputed(calendar, clock, span_of(case.other_limit)))
    )


def _questions_to_clock(case: RandomCase, calendar: WorkCalendar, clock: Clock) -> Iterator[GivenAnswer]:
    yield GivenAnswer("allowed", clock_arithmetic.allowed(calendar, clock) // _MICROSECOND)
    for percent in case.percents:
        yield GivenAnswer(f"mark {percent}", number_of(clock_arithmetic.mark(calendar, clock, percent)))
    above = clock_arithmetic.after_deadline(calendar, clock, span_of(case.other_limit))
    yield GivenAnswer("mark above the deadline", number_of(above))
    for look in case.looks:
        at = instant_of(look)
        yield GivenAnswer("used", clock_arithmetic.used(calendar, clock, at) // _MICROSECOND)
        yield GivenAnswer("elapsed minutes", calendar.elapsed_work_minutes(clock.started_at, at))
        yield GivenAnswer("is work time", calendar.is_work_time(at))
        yield GivenAnswer("next work time", number_of(calendar.next_work_time(at)))


def _by_oracle(case: RandomCase, sides: Sides) -> Iterator[GivenAnswer]:
    oracle, start, limit = sides.oracle, case.start, case.limit
    moves: tuple[Move, ...] = ()
    standing_from: int | None = None
    yield GivenAnswer("due", oracle.deadline(start, limit, moves))
    for number, doing in enumerate(case.doings, 1):
        if isinstance(doing, Anew):
            start, moves = doing.at, ()
        elif isinstance(doing, Stand):
            standing_from = doing.at
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
    stood = tuple(move for move in moves if isinstance(move, Halt) and move.at >= due.at)
    yield GivenAnswer("mark above the deadline", oracle.deadline(due.at, case.other_limit, stood).at)
    for look in case.looks:
        end = look if standing_from is None else min(look, standing_from)
        yield GivenAnswer("used", oracle.used(start, limit, moves, end))
        yield GivenAnswer("elapsed minutes", oracle.elapsed(start, look) // 60_000_000)
        yield GivenAnswer("is work time", oracle.is_work_time(look))
        yield GivenAnswer("next work time", oracle.next_work_time(look))
    yield GivenAnswer("announced later", sides.oracle_later.deadline(start, limit, moves))
    yield GivenAnswer("other limit", oracle.deadline(start, case.other_limit, moves))


def _until_refused(answers: Iterable[GivenAnswer]) -> list[GivenAnswer]:
    """All answers up to the first question that leaves the calendar, after which no clock goes on."""
    given: list[GivenAnswer] = []
    try:
        for answer in answers:
            given.append(answer)  # noqa: PERF402  the answers before a refusal are kept
    except OutOfYears:
        given.append(GivenAnswer("next", REFUSED))
    except ValueError as why:
        if "is known from" not in str(why):
            raise
        given.append(GivenAnswer("next", REFUSED))
    return given


def _due(clock: Clock) -> Deadline:
    return Deadline(number_of(clock.due_at), clock.provisional)


def _count(case: RandomCase, given: list[GivenAnswer], count: Counter[str]) -> None:
    """Count the case's kinds for the summary, since random cases prove only what they reach."""
    count["answers"] += len(given)
    count["provisional"] += any(
        isinstance(answered.answer, Deadline) and answered.answer.provisional for answered in given
    )
    count["refused"] += given[-1].answer == REFUSED
    dues = [answered.answer for answered in given if answered.question.startswith("due")]
    for doing, before, after in zip(case.doings, dues, dues[1:], strict=False):
        kind = _KINDS[type(doing)]
        count[kind] += 1
        count[f"{kind} that moved"] += before != after and kind in ("halts", "extensions")


_KINDS: Final = {Halt: "halts", More: "extensions", Anew: "new visits", Stand: "standing"}
