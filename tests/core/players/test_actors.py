"""Random people, at any time, by the hundred thousand: whatever they do, the core answers in words and keeps its promises.

PLAY_STEPS=5000000 .venv/bin/pytest tests/core/players/test_actors.py      # as many steps as you like; `make test-long`
PLAY='start tuesday; burst 7 12 orderly' .venv/bin/pytest tests/core/players/test_actors.py     # once more what went wrong
"""

import os
import time
from collections.abc import Mapping
from itertools import chain, count
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.rules.meanings.duty_meanings import DUTY_MEANINGS, FIELD_MEANINGS
from pipeline.core.rules.refusals import MEANINGS
from tests.core.players.actors import ACTIONS, SAID
from tests.core.players.play import MOODS, STARTS, Play
from tests.core.players.witness import Tally

STEPS_MIN: Final = int(os.environ.get("PLAY_STEPS", "20000"))
REWARDING: Final = (35, 28, 27, 210, 67, 47, 17, 16, 1, 219, 41, 76, 5, 10, 39, 43, 79, 168)
"""Plays that together met everything when they were chosen among the first two hundred: they come first. Where people or rules have
changed since, the others follow until everything is met."""
REACH_MAX: Final = 400_000
"""After so many steps whatever nobody has met is taken to be out of reach."""
UNREACHED: Final[Mapping[str, str]] = {
    "alarm_too_brief": "the policy that is played holds no alarm to a dwell",
    "alarm_muted": "the policy that is played mutes no spot",
    "contact_by_hotline": "callers who want to stay secret are few, and their teams have other things to do",
    "court_time_lost": "a play lasts weeks, and the court is open for nine months",
    "internal_error": "is answered by nothing but a defect",
    "too_many_claims": "no team of a play has twenty cases that it claimed and is not done with",
    **dict.fromkeys(
        [*DUTY_MEANINGS, *FIELD_MEANINGS],
        "nobody is listed in the streets that are played; tests/core/duty tells each",
    ),
}
"""Codes that no play meets, and why. Every other one must be met, or the play was not worth its name."""
SHARED: Final = [*MOODS, *[mood for mood, how in MOODS.items() if not how.many] * 3, *["punishing"] * 5]
"""Moods as often as they come: hoarders make everybody slow, and the longest way is that of a penalty."""
HURRIED: Final = settings(
    max_examples=10,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)


def machine(tally: Tally) -> type[RuleBasedStateMachine]:
    """Hypothesis chooses bursts, waits and restarts; a burst is drawn from its seed, so that a choice costs little."""

    class Actors(RuleBasedStateMachine):
        """One play."""

        @initialize(start=st.sampled_from(sorted(STARTS)))
        def begin(self, start):
            self.play = Play(tally, start)

        @rule(seed=st.integers(0, 2**32), length=st.integers(1, 600), mood=st.sampled_from(SHARED))
        def burst(self, seed, length, mood):
            self.play.do(f"burst {seed} {length} {mood}")

        @rule(hours=st.integers(1, 24 * 4))
        def wait(self, hours):
            self.play.do(f"wait {hours}")

        @rule(seed=st.integers(0, 99))
        def restart(self, seed):
            self.play.do(f"restart {seed}")

        def teardown(self):
            if hasattr(self, "play") and not self.play.failed:
                self.play.do("replay")

    return Actors


def test_each_action_of_the_contract_is_played():
    """A new action without a generator is not played, so it is not there before it has one."""
    missing = sorted(set(ACTIONS) - set(SAID))
    assert not missing, (
        f"say what people say with {missing}: a generator in SAID of tests/core/players/actors.py"
    )
    assert set(SAID) == set(ACTIONS)


@pytest.mark.slow
@pytest.mark.skipif("PLAY" in os.environ, reason="one play is told by PLAY")
def test_whatever_people_do_is_answered_and_no_promise_is_broken():
    """After each of many steps all laws hold (`tests.core.players.witness`); every stage, move, action and refusal was really met.

    The first plays are the same each time, so that chance leaves nothing out; then Hypothesis chooses.
    """
    tally, began = Tally(), time.process_time()
    for number in chain(REWARDING, (number for number in count() if number not in REWARDING)):
        if not unmet(tally) or tally.steps > REACH_MAX:
            break
        told(tally, number)
    while tally.steps < STEPS_MIN:
        run_state_machine_as_test(machine(tally), settings=HURRIED)
    took = time.process_time() - began
    print(
        f"\n{tally.steps:,} steps ({tally.records:,} records, {tally.timers:,} timers) of {tally.plays} plays with "
        f"{tally.restarts} restarts, each played twice: {took:.0f} s of one core, {took / tally.steps * 1e6:.0f} µs a step\n"
        f"{sum(tally.accepted.values()):,} actions accepted, {len(tally.accepted)} kinds; {len(tally.codes)} codes; "
        f"{len(tally.moves)} moves of {len({stage for stage, _ in tally.moves})} stages"
    )
    assert tally.steps >= STEPS_MIN
    assert tally.records >= STEPS_MIN // 3
    assert tally.restarts
    assert not unmet(tally), f"the play was vacuous: nobody met {unmet(tally)}"
    assert not set(UNREACHED) & set(tally.codes), "met after all: take it off the list"


def told(tally: Tally, number: int) -> None:
    """The play of this number: each begins otherwise, and goes through several moods."""
    starts = sorted(STARTS)
    play = Play(tally, starts[number % len(starts)])
    for part in range(4):
        play.do(f"burst {number * 10 + part} 300 {SHARED[(number + part) % len(SHARED)]}")
        play.do(f"wait {(number * 7 + part * 13) % 90 + 1}")
    play.do(f"restart {number % 99}")
    play.do(f"burst {number * 10 + 9} 200 {SHARED[number * 3 % len(SHARED)]}")
    play.do("replay")


def unmet(tally: Tally) -> list[str]:
    """What there is and no play has met: moves of the table (and so stages), accepted actions, codes."""
    moves = {(stage, event.__name__) for stage, row in STAGE_TABLE.items() for event in row.moves}
    lacking = [f"{event} at {stage}" for stage, event in moves - set(tally.moves)]
    lacking += [f"{action} accepted" for action in set(ACTIONS) - set(tally.accepted)]
    return sorted(lacking + [code for code in MEANINGS if code not in tally.codes and code not in UNREACHED])


@pytest.mark.skipif("PLAY" not in os.environ, reason="no play is told by PLAY")
def test_a_play_told_by_its_script():
    """What went wrong once goes wrong again."""
    start, *then = os.environ["PLAY"].split("; ")
    play = Play(Tally(), start.removeprefix("start "))
    for words in then:
        play.do(words)
    assert play.fed
