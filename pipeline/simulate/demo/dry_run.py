"""A day without a broker: the pushes and the people against the core alone, in one thread, as fast as it goes.

The same day, people and rules give the same journal, so it serves tests and what-if questions. It shows nothing about
Kafka, workers or faults; the demo does.
"""

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Final

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.core.rules.rules import Rules
from pipeline.simulate.people.actors import People, Timetable
from pipeline.simulate.people.person_steps import HABITS, Habits
from pipeline.simulate.world.day import Day, Push
from schemas import topics
from schemas.duty.duty_actions import DutyAction
from schemas.inputs.action import Action
from schemas.inputs.intake import Headers
from schemas.journal.entry import JournalEntry
from schemas.values.text import street_of
from schemas.wire import codecs

_CALLER_KEY: Final = b"rehearsal, no real person here  "


class DryRun:
    """The streets of one partition. `outcomes` holds everything decided so far, in order."""

    def __init__(self, rules: Rules, seed: int, habits: Habits = HABITS) -> None:
        """Start with nothing reported."""
        self._people_of = rules.people
        self._core = Partition(rules, _CALLER_KEY, "rehearsal")
        self._timetable = Timetable()
        self._people = People(seed, self._timetable, self._act, habits)
        self.inputs: list[InputRecord] = []
        """All reports and actions so far; a record's offset is its index here."""
        self.outcomes: list[Outcome] = []

    def play(self, day: Day, until: datetime) -> None:
        """Schedule the day's pushes, and decide everything up to `until`."""
        self.expect(day)
        self.advance(until)

    def expect(self, day: Day) -> None:
        """Schedule the day's pushes; people may ask what the day knows."""
        self._people.learn(day.known)
        self._people.know(day.things())
        here = {street: known for street, known in self._people_of.items() if street in day.streets}
        self._people.come_on_duty(here, day.date, self._say)
        for push in day.pushes:
            self._timetable.add(push.at, push, partial(self._push, push))

    def advance(self, until: datetime) -> None:
        """Decide every push, action and timer up to `until`."""
        while (due := self._timetable.next_due()) is not None and due <= until:
            self._fire_until(due)
            job = self._timetable.take()
            if job is not None:
                job()
        self._fire_until(until)

    @property
    def acted(self) -> Counter[str]:
        """How often people took each action: the truth to compare counts with."""
        return self._people.acted

    @property
    def entries(self) -> list[JournalEntry]:
        """The journal."""
        return [outcome.entry for outcome in self.outcomes]

    def _push(self, push: Push) -> None:
        self._step(topics.REPORTS, push.street.encode(), push.value, push.at)

    def _act(self, action: Action) -> None:
        key = street_of(action.case_id).encode()
        self._step(topics.ACTIONS, key, codecs.ACTION.encode(action), action.acted_at)

    def _say(self, action: DutyAction) -> None:
        key, value = action.street.encode(), codecs.DUTY_ACTION.encode(action)
        self._step(topics.ACTIONS, key, value, action.acted_at)

    def _step(self, topic: str, key: bytes, value: bytes | None, at: datetime, headers: Headers = ()) -> None:
        """It arrives; and after it the reports of a case that it moves to another street."""
        record = InputRecord(topic, 0, len(self.inputs), key, value, headers)
        self.inputs.append(record)
        outcome = self._core.step(record, self._turn(at))
        self._conclude(outcome)
        for sent in outcome.sent:
            self._step(sent.topic, sent.key, sent.value, at, sent.headers)

    def _fire_until(self, until: datetime) -> None:
        while (due := self._core.next_due()) is not None and due <= until:
            self._conclude(self._core.fire(self._turn(due)))

    def _turn(self, at: datetime) -> Turn:
        last = self.outcomes[-1].entry.at if self.outcomes else at
        return Turn(0, 1, len(self.outcomes) + 1, max(at, last))

    def _conclude(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        for task in outcome.assignments:
            self._people.hear(task)
