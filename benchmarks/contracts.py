"""The cost of contracts: bytes in memory and microseconds to read and write, beside pydantic models of the same fields.

    python -m benchmarks.contracts [--values N] [--cases N] [--json]

The messages are real: a partition on the shipped rules decides a report and its handling. Memory is measured by tracemalloc on N
values of different cases, read from their bytes. The models are made from the contracts field by field, nested ones too, frozen
and as strict. Figures are the median of five rounds, in processor time, so that a busy machine does not count.

Then N open cases are kept, as a worker keeps them: the objects a case that the garbage collector visits, and the longest of three
full collections, less the time of one before.
"""

import argparse
import gc
import json
import re
import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from types import UnionType
from typing import Annotated, Literal, NamedTuple, TypeVar, Union, cast, get_args, get_origin

from msgspec import NODEFAULT, Struct, structs
from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model

from pipeline.core.case.turn import InputRecord, Outcome, Turn
from pipeline.core.partition import Partition
from pipeline.rulebook import load_rules
from schemas import topics
from schemas.inputs.action import Action
from schemas.inputs.report import Report
from schemas.journal.entry import JournalEntry
from schemas.outputs import Assignment, DeadLetter, Notice, Receipt
from schemas.published.examples import EXAMPLES
from schemas.state.case import Case
from schemas.wire import codecs
from schemas.wire.codec import Codec, Door

ROUNDS = 5
ROUNDS_OF_COLLECTING = 3
_ANNOTATED = cast(Mapping[object, object], Annotated)
_TUPLE = cast(Mapping[object, object], tuple)
_MODEL: Callable[..., type[BaseModel]] = create_model
"""Used with what a type checker cannot follow: types that are made of values."""
START = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)


T = TypeVar("T")


class MeasuredMessage(NamedTuple):
    """A real message: its type, its bytes, how they are read, and how the value read from them is written."""

    kind: object
    value: bytes
    read: Callable[[bytes], object]
    write: Callable[[], bytes]


class Cost(NamedTuple):
    """Of one message: its bytes as JSON; bytes in memory and µs for the contract and for the model."""

    json_bytes: int
    memory: float
    read_us: float
    write_us: float
    model_memory: float
    model_read_us: float
    model_write_us: float


def modelled(kind: object, models: dict[type, object]) -> object:
    """`kind` with every contract in it as a pydantic model of the same fields."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return models.get(kind) or models.setdefault(kind, _model(kind, models))
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _ANNOTATED[(modelled(inner[0], models), *inner[1:])]
    if origin in (Union, UnionType):
        return reduce(or_, [modelled(arm, models) for arm in inner])
    if origin is tuple:
        return _TUPLE[tuple(part if part is Ellipsis else modelled(part, models) for part in inner)]
    return kind


def _model(contract: type[Struct], models: dict[type, object]) -> object:
    tag_field, tag = contract.__struct_config__.tag_field, contract.__struct_config__.tag
    field_types: dict[str, tuple[object, object]] = (
        {} if tag_field is None else {tag_field: (Literal[tag], tag)}
    )
    field_types |= {
        field.name: (modelled(field.type, models), ... if field.default is NODEFAULT else field.default)
        for field in structs.fields(contract)
    }
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)
    return _MODEL(contract.__name__, __config__=config, **field_types)


def message(kind: object, codec: Door[T], value: bytes) -> MeasuredMessage:
    """Our own topics are read by `decode`, what others push by `decode_strictly`."""
    read = codec.decode if isinstance(codec, Codec) else codec.decode_strictly
    ours = read(value)
    return MeasuredMessage(kind, value, read, lambda: codec.encode(ours))


def messages() -> Mapping[str, MeasuredMessage]:
    """A real message of each kind."""
    core = Partition(load_rules(Path(__file__).parents[1] / "rules"), b"k" * 32, "benchmark")
    outcomes: list[Outcome] = []

    def push(topic: str, content: Mapping[str, object], street: str) -> bytes:
        value = json.dumps(content, ensure_ascii=False).encode()
        seq = len(outcomes) + 1
        at = START + timedelta(minutes=seq)
        record = InputRecord(topic, 0, seq, street.encode(), value, ())
        outcomes.append(core.step(record, Turn(0, 1, seq, at)))
        return value

    report = EXAMPLES["Report"][0]
    street = str(report["street"])
    pushed = push(topics.REPORTS, report, street)
    case = outcomes[0].cases[0]
    common = {
        "case_id": case.case_id,
        "actor": {"id": "ZF-0107", "role": "team", "team": outcomes[0].assignments[0].team},
        "acted_at": START.isoformat(),
    }
    push(topics.ACTIONS, common | {"action": "sign", "action_id": "a1"}, street)
    action = push(
        topics.ACTIONS, common | {"action": "arrive", "action_id": "a2", "officers": ["O1", "O2"]}, street
    )
    push(topics.REPORTS, {"source": "?"}, street)
    due = core.next_due()
    while due is not None and not outcomes[-1].notices:
        outcomes.append(core.fire(Turn(0, 1, len(outcomes) + 1, max(due, START + timedelta(hours=1)))))
        due = core.next_due()
    arrived = outcomes[2]
    letters = outcomes[3].dead_letters
    return {
        "Report": message(Report, codecs.REPORT, pushed),
        "Action": message(Action, codecs.ACTION, action),
        "JournalEntry": message(
            JournalEntry, codecs.JOURNAL_ENTRY, codecs.JOURNAL_ENTRY.encode(outcomes[0].entry)
        ),
        "Case": message(Case, codecs.CASE, codecs.CASE.encode(arrived.cases[0])),
        "Assignment": message(
            Assignment, codecs.ASSIGNMENT, codecs.ASSIGNMENT.encode(outcomes[0].assignments[0])
        ),
        "Receipt": message(Receipt, codecs.RECEIPT, codecs.RECEIPT.encode(arrived.receipts[0])),
        "Notice": message(Notice, codecs.NOTICE, codecs.NOTICE.encode(outcomes[-1].notices[0])),
        "DeadLetter": message(DeadLetter, codecs.DEAD_LETTER, codecs.DEAD_LETTER.encode(letters[0])),
    }


def varied(value: bytes, many: int) -> list[bytes]:
    """`value` of so many cases: equal strings would be kept once, which those of different cases are not."""
    text = value.decode()
    report = EXAMPLES["Report"][0]
    own = re.search(r"[0-9]{9}-([0-9A-Z]{13})", text)
    found = []
    for number in range(many):
        other = text.replace(str(report["source_no"]), f"GD{number:014}").replace(
            "兴华街18号", f"兴华街{number}号"
        )
        other = other.replace(own.group(1), f"{number:013}") if own else other
        found.append(re.sub("[0-9a-f]{64}", f"{number:064x}", other).encode())
    return found


def memory(read: Callable[[bytes], object], values: list[bytes]) -> float:
    """Bytes that the value read from one of `values` holds on to."""
    read(values[0])
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [read(value) for value in values]
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / len(kept) - 8  # the list's own slot


def micros(call: Callable[[], object], many: int) -> float:
    """The median over the rounds of µs per call."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(many):
            call()
        rounds.append((time.process_time() - start) / many * 1e6)
    return statistics.median(rounds)


def cost(real: MeasuredMessage, many: int) -> Cost:
    """The cost of one message."""
    adapter: TypeAdapter[object] = TypeAdapter(cast(type[object], modelled(real.kind, {})))
    read, value = real.read, real.value
    theirs = adapter.validate_json(value)
    return Cost(
        len(value),
        memory(read, varied(value, many)),
        micros(lambda: read(value), many),
        micros(real.write, many),
        memory(adapter.validate_json, varied(value, many)),
        micros(lambda: adapter.validate_json(value), many),
        micros(lambda: adapter.dump_json(theirs), many),
    )


class Kept(NamedTuple):
    """Open cases: objects a case that a full collection visits, and the ms of the longest collection beyond one without them."""

    cases: int
    tracked: float
    collection_ms: float


def kept(case: bytes, many: int) -> Kept:
    """Restore `many` cases like this one, and collect."""
    longest_before, objects_before = _collected()
    cases = [codecs.CASE.decode(value) for value in varied(case, many)]
    longest, objects = _collected()
    return Kept(len(cases), (objects - objects_before) / many, longest - longest_before)


def _collected() -> tuple[float, int]:
    """The ms of the longest of three full collections, and the number of objects tracked then."""
    rounds = []
    for _ in range(ROUNDS_OF_COLLECTING):
        start = time.process_time()
        gc.collect()
        rounds.append((time.process_time() - start) * 1e3)
    return max(rounds), len(gc.get_objects())


def table(costs: Mapping[str, Cost]) -> str:
    """The figures as text, contract beside model."""
    head = f"{'':14}{'JSON':>7} {'memory, bytes':>18} {'read, µs':>16} {'write, µs':>16}"
    lines = [
        head,
        f"{'':14}{'bytes':>7} {'contract':>9}{'model':>9} {'contract':>9}{'model':>7} {'contract':>9}{'model':>7}",
    ]
    for name, row in costs.items():
        lines.append(
            f"{name:14}{row.json_bytes:7} {row.memory:9.0f}{row.model_memory:9.0f} "
            f"{row.read_us:9.1f}{row.model_read_us:7.1f} {row.write_us:9.1f}{row.model_write_us:7.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--values", type=int, default=2_000, metavar="N", help="how often each message is read"
    )
    parser.add_argument(
        "--cases", type=int, default=300_000, metavar="N", help="how many open cases are kept"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of the table")
    arguments = parser.parse_args()
    real = messages()
    costs = {name: cost(kind, arguments.values) for name, kind in real.items()}
    open_cases = kept(real["Case"].value, arguments.cases)
    if arguments.json:
        rows: dict[str, Cost | Kept] = {**costs, "open": open_cases}
        print(
            json.dumps(
                {name: {key: round(n, 2) for key, n in row._asdict().items()} for name, row in rows.items()}
            )
        )
    else:
        print(table(costs))
        print(
            f"\n{open_cases.cases} open cases: {open_cases.tracked:.4f} objects a case for the garbage collector,"
            f" longest full collection {open_cases.collection_ms:.1f} ms"
        )


if __name__ == "__main__":
    main()
