"""Runs the comparison over many cases on all cores, and describes a difference so that it can be repeated."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from typing import Final, NamedTuple

from pipeline.audit.model.oracle import Deadline, Halt, More, day_of, instant_of
from pipeline.clockcheck.compare import Answer, AnswerDifference, Make, differences, sides_of
from pipeline.clockcheck.random_cases import (
    CASES_PER_SETTING,
    Anew,
    Doing,
    RandomCase,
    Setting,
    case_of,
    setting_of,
)
from pipeline.core.worktime.office_hours import SHANGHAI, WorkCalendar

_DAYS_SHOWN: Final = 31  # days of the calendar shown before and after the instants of a case
_INSTANTS: Final = ("mark", "next work time")


class DifferingCase(NamedTuple):
    """A case that the clocks and the oracle answer differently, and their first difference."""

    seed: int
    case: RandomCase
    setting: Setting
    difference: AnswerDifference

    def again(self) -> str:
        """The command that runs only this case."""
        return f"enforcement clock verify --seed {self.seed} --case {self.case.number}"

    def as_text(self) -> str:
        """The difference on one line, for people."""
        question, clocks, oracle = self.difference
        life = "; ".join(
            [f"{self.case.limit} from {_iso(self.case.start)}", *map(_doing_text, self.case.doings)]
        )
        return (
            f"case {self.case.number}: {question}: the clocks say {_answer_text(question, clocks)}, "
            f"the oracle says {_answer_text(question, oracle)}; {life}; again: {self.again()}"
        )

    def as_json(self) -> str:
        """The difference on one line of JSON, with everything the answers depend on: the holidays around the case, too."""
        case, setting, (question, clocks, oracle) = self.case, self.setting, self.difference
        first, last = min(case.instants()), max(case.instants())
        near = range(_day(first) - _DAYS_SHOWN, _day(last) + _DAYS_SHOWN)
        off = [day for year in setting.announced for day in year.holidays if day_of(day) in near]
        made_up = [day for year in setting.announced for day in year.make_up_workdays if day_of(day) in near]
        document = {
            "what": "difference",
            "seed": self.seed,
            "case": case.number,
            "question": question,
            "clocks": _answer_text(question, clocks),
            "oracle": _answer_text(question, oracle),
            "start": _iso(case.start),
            "limit": case.limit,
            "doings": [_doing_text(doing) for doing in case.doings],
            "looks": [_iso(look) for look in case.looks],
            "other_limit": case.other_limit,
            "hours": [
                {"effective": f"{entry.effective}", "intervals": entry.intervals} for entry in setting.hours
            ],
            "every_day": setting.every_day,
            "announced": [year.year for year in setting.announced],
            "announced_later": [year.year for year in setting.announced_later],
            "holidays": [f"{day}" for day in sorted(off)],
            "make_up_workdays": [f"{day}" for day in sorted(made_up)],
            "again": self.again(),
        }
        return json.dumps(document)


class VerifiedPart(NamedTuple):
    """The result for some of the cases: how many there were, what was compared, which differ."""

    cases: int

    counts: Counter[str]
    differing: list[DifferingCase]


def verify(seed: int, cases: int, processes: int = 1) -> Iterator[VerifiedPart]:
    """Verify the cases below `cases`, part by part in order; the number of processes changes nothing."""
    firsts = range(0, cases, CASES_PER_SETTING)
    work = partial(_part, seed, cases)
    if processes == 1:
        yield from map(work, firsts)
        return
    with get_context().Pool(processes, _leave_interrupts_to_the_parent) as pool:
        yield from pool.imap(work, firsts)


def check(seed: int, numbers: range, make: Make = WorkCalendar) -> VerifiedPart:
    """Verify these cases, of one setting, with calendars made by `make`."""
    setting = setting_of(seed, numbers.start)
    sides, count, differing = sides_of(setting, make), Counter[str](), []
    for number in numbers:
        case = case_of(seed, number, setting, sides.oracle)
        parted = differences(case, sides, count)
        if parted:
            differing.append(DifferingCase(seed, case, setting, parted[0]))
    return VerifiedPart(len(numbers), count, differing)


def _part(seed: int, cases: int, first: int) -> VerifiedPart:
    return check(seed, range(first, min(cases, first + CASES_PER_SETTING)))


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _doing_text(doing: Doing) -> str:
    if isinstance(doing, Halt):
        return f"stood {_iso(doing.at)}/{_iso(doing.until)}"
    if isinstance(doing, More):
        return f"{doing.limit} more at {_iso(doing.at)}"
    if isinstance(doing, Anew):
        return f"a new clock at {_iso(doing.at)}"
    return f"stands from {_iso(doing.at)} on"


def _answer_text(question: str, answer: Answer | None) -> str:
    if answer is None:
        return "nothing any more"
    if isinstance(answer, Deadline):
        return f"{_iso(answer.at)}{' provisional' if answer.provisional else ''}"
    if isinstance(answer, int) and question.startswith(_INSTANTS):
        return _iso(answer)
    return str(answer)


def _day(at: int) -> int:
    return day_of(_local(at).date())


def _iso(at: int) -> str:
    return _local(at).isoformat()


def _local(at: int) -> datetime:
    return instant_of(at).astimezone(SHANGHAI)
