"""Days that were recorded, input by input, and what each turn must write: any change of behaviour shows at its first turn.

`python -m tests.golden.recorded` decides the recorded inputs anew and writes what comes of them; only a change that is meant to
decide otherwise does so, and says why in CHANGELOG.md. With names behind it (`demo_day plays`) the inputs of these are made anew
too. A recording is one line a turn: the time of deciding (RFC 3339), the CRC-32 of all that the turn writes, then the
record's topic, offset, key and value (as Latin-1) and its headers, or nothing more where a timer fired.
"""

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.people.person_steps import HABITS
from pipeline.simulate.world.day import generate_day
from pipeline.stream.partition.outgoing_records import outgoing, rfc3339
from tests.audit.good_story.good import good_story
from tests.core.players.play import Play
from tests.core.players.witness import Tally
from tests.core.story import KEY, RULES

FOLDER: Final = Path(__file__).parent / "recorded"
DAY: Final = date(2026, 11, 24)
VERSION: Final = "2026.11-eb2ed224214f"
"""Of the rules when the days were recorded. It is a digest of their files, and stands in much that a turn writes: a file that
only reads otherwise is no other decision."""
NIGHT: Final = datetime.fromisoformat("2026-11-25T02:00:00+08:00")
MOODS_OF_PLAYS: Final = (("orderly", "punishing"), ("together", "asking"), ("tidying", "careless"))


class Fed(NamedTuple):
    """One turn's input: when it was decided, and the record; None where a timer fired."""

    at: datetime
    record: InputRecord | None


def replay(feed: Iterable[Fed]) -> Iterator[Outcome]:
    """What a partition decides that is fed this from the beginning."""
    partition = Partition(replace(RULES, version=VERSION), KEY, "test")
    for number, (at, record) in enumerate(feed, 1):
        turn = Turn(0, 1, number, at)
        yield partition.fire(turn) if record is None else partition.step(record, turn)


def crc_of(outcome: Outcome, record: InputRecord | None) -> int:
    """Of every record that the turn writes: topic, key, value and headers."""
    crc = 0
    for out in outgoing(outcome, record, rfc3339(outcome.entry.at)):
        crc = zlib.crc32(repr((out.topic, out.key, out.value, out.headers)).encode(), crc)
    return crc


def read(name: str) -> Iterator[tuple[Fed, int]]:
    """The turns of a recording, each with the CRC that it must have."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz", "rt", encoding="ascii") as lines:
        for line in lines:
            at, crc, *rest = json.loads(line)
            record = None
            if rest:
                topic, offset, key, value, *headers = rest
                pairs = [(header, _bytes(text)) for header, text in headers]
                record = InputRecord(topic, 0, offset, _bytes(key), _bytes(value), pairs)
            yield Fed(datetime.fromisoformat(at), record), crc


def write(name: str, feed: Sequence[Fed]) -> None:
    """Record `feed` with what it gives today."""
    FOLDER.mkdir(exist_ok=True)
    lines = []
    for (at, record), outcome in zip(feed, replay(feed), strict=True):
        line: list[object] = [at.isoformat(), crc_of(outcome, record)]
        if record is not None:
            line += [record.topic, record.offset, _text(record.key), _text(record.value)]
            line += [(header, _text(value)) for header, value in record.headers or ()]
        lines.append(json.dumps(line, separators=(",", ":")))
    content = "".join(f"{line}\n" for line in lines).encode("ascii")
    (FOLDER / f"{name}.jsonl.gz").write_bytes(gzip.compress(content, 9, mtime=0))


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


# what is recorded


def _recorded(dry_run: DryRun) -> list[Fed]:
    return _fed(dry_run.outcomes, dry_run.inputs)


def _fed(outcomes: Sequence[Outcome], inputs: Sequence[InputRecord]) -> list[Fed]:
    """What led to these outcomes. `inputs` stand in the order of their offsets, from 0 on."""
    causes = ((outcome.entry.at, outcome.entry.cause) for outcome in outcomes)
    return [Fed(at, inputs[cause.offset] if hasattr(cause, "offset") else None) for at, cause in causes]


def demo_day() -> list[Fed]:
    """The day that the demo plays, with its people, until two in the morning."""
    dry_run = DryRun(RULES, 7)
    dry_run.play(generate_day(7, DAY, rules=RULES), NIGHT)
    return _recorded(dry_run)


def penalties() -> list[Fed]:
    """A day after which every other offender is punished, and the 25 days until the files are closed."""
    dry_run = DryRun(RULES, 11, replace(HABITS, penalises=0.5))
    dry_run.play(generate_day(11, DAY, rules=RULES), NIGHT + timedelta(days=25))
    return _recorded(dry_run)


def every_turn() -> list[Fed]:
    """Weeks of a street in which everything happens that can."""
    story = good_story()
    return _fed(story.outcomes, [record for record, _ in story.pushed])


def plays() -> list[Fed]:
    """Random people in all moods, right and wrong, one play after the other on one partition's streets."""
    play = Play(Tally(), "year end")
    for number, moods in enumerate(MOODS_OF_PLAYS):
        for part, mood in enumerate(moods):
            play.do(f"burst {number * 10 + part} 500 {mood}")
            play.do(f"wait {number * 31 + part * 17 + 5}")
    return [Fed(at, record) for at, record in play.fed]


RECORDINGS: Final[Mapping[str, Callable[[], list[Fed]]]] = {
    "demo_day": demo_day,
    "penalties": penalties,
    "every_turn": every_turn,
    "plays": plays,
}

if __name__ == "__main__":
    for name, made in RECORDINGS.items():
        write(name, made() if name in sys.argv[1:] else [fed for fed, _ in read(name)])
