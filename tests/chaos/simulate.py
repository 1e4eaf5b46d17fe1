"""`python -m tests.chaos.simulate`: runs seeds of the simulation, one or many, and says what was met and what went wrong."""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from typing import Final

from tests.chaos.simulated.broken import CONDITIONS
from tests.chaos.simulated.faults import SOUND
from tests.chaos.simulated.runs import MODES, Tally, mode_of, simulate
from tests.chaos.simulated.world import STEPS_MAX, World

_SAY_S: Final = 5.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for. Returns the exit code: 1 where something went wrong."""
    asked = _parser().parse_args(arguments)
    if asked.seed is not None:
        return _one(asked)
    logging.disable(logging.CRITICAL)
    first, last = (int(part) for part in asked.seeds.split(".."))
    broken = CONDITIONS.get(asked.broken, SOUND)
    tally = Tally()
    started = said = time.monotonic()
    for seed in range(first, last + 1):
        mode = asked.mode or (broken.mode if asked.broken else mode_of(seed))
        result = simulate(seed, mode, broken=broken)
        tally.add(seed, mode, result)
        for line in result.wrong:
            print(f"seed {seed}: {line}", flush=True)
        now = time.monotonic()
        if now - said > _SAY_S:
            said = now
            done = tally.runs.total()
            rate = f"{60 * done / (now - started):,.0f} a minute"
            print(f"{done:,} seeds, {rate}, {len(tally.wrong)} wrong", file=sys.stderr, flush=True)
        if asked.minutes and now - started > 60 * asked.minutes:
            break
    _conclude(tally, time.monotonic() - started)
    return 1 if tally.wrong else 0


def _conclude(tally: Tally, seconds: float) -> None:
    print("\n".join(tally.lines()))
    done = tally.runs.total()
    modes = ", ".join(f"{many:,} {mode}" for mode, many in sorted(tally.runs.items()))
    print(
        f"{done:,} seeds ({modes}) in {seconds:,.0f} s: {60 * done / seconds:,.0f} a minute, {tally.entries:,} entries"
    )
    print(f"after the last fault all was decided within {tally.peace_s_max:.0f} s at most, in virtual time")
    moved_s, in_time_s = tally.silent_s[True], tally.silent_s[False]
    if moved_s or in_time_s:
        print(
            f"a record waited for {moved_s:.1f} s at most once others led, {in_time_s:.1f} s once a broker went on in time (mode silence)"
        )
    if tally.vacuous():
        print(f"never met: {', '.join(tally.vacuous())}")
    print(
        f"wrong: {len(tally.wrong)}" + "".join(f"\n  seed {seed}: {lines[0]}" for seed, lines in tally.wrong)
    )


def _one(asked: argparse.Namespace) -> int:
    mode = asked.mode or mode_of(asked.seed)
    broken = CONDITIONS.get(asked.broken, SOUND)
    if not asked.trace:
        logging.disable(logging.CRITICAL)
    watch = _trace if asked.trace else None
    result = simulate(asked.seed, mode, steps_max=asked.steps, broken=broken, watch=watch)
    for name, times in sorted(result.met.items()):
        print(f"{name:34} {times:>6}")
    print(
        f"seed {asked.seed} {mode}: {result.entries} entries, {result.steps} steps, log {result.fingerprint}"
    )
    for line in result.wrong:
        print(line)
    return 1 if result.wrong else 0


def _trace(world: World) -> None:
    """Print faults, what workers log and what is committed, as it happens."""
    scheduler = world.scheduler

    def say(what: str) -> None:
        print(f"{scheduler.now:9.3f} {scheduler.steps:6} {scheduler.who():4} {what}")

    class Lines(logging.Handler):
        """Of the workers."""

        def emit(self, record: logging.LogRecord) -> None:
            say(f"{record.name.removeprefix('enforcement.')}: {record.getMessage()}")

    logger = logging.getLogger("enforcement")
    logger.setLevel(logging.INFO)
    logger.addHandler(Lines())
    logger.propagate = False
    world.faults.heard = lambda what: say(f"** {what}")
    world.witness.heard = say


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="run this one")
    parser.add_argument("--seeds", default="0..999", help="run these: FIRST..LAST")
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after so long")
    parser.add_argument(
        "--mode", choices=("", *MODES), default="", help="of every seed; else a share of each"
    )
    parser.add_argument("--steps", type=int, default=STEPS_MAX, help="of the scheduler, at most")
    parser.add_argument(
        "--broken", choices=("", *CONDITIONS), default="", help="a condition broken on purpose"
    )
    parser.add_argument("--trace", action="store_true", help="print what happens, with its time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
