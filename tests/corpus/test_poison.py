"""The corpus of bad input: each record has its answer, says nothing back, and harms no neighbour."""

import time
from datetime import datetime
from functools import reduce

import pytest

from pipeline.core.case.turn import InputRecord, Turn
from pipeline.core.partition import Partition
from schemas.errors import BadMessage
from schemas.inputs.intake import read_action, read_report
from schemas.topics import ACTIONS, REPORTS
from schemas.wire import codecs
from tests.core.story import RULES, START
from tests.corpus.harmless import HARMLESS
from tests.corpus.poison import KEY, POISON, report


def read(poison):
    """What the pipeline makes of the record."""
    reader = read_action if poison.topic == ACTIONS else read_report
    return reader(poison.key, poison.headers, poison.value)


def named(poisons):
    """Rows under their names."""
    return [pytest.param(poison, id=poison.name) for poison in poisons]


@pytest.mark.parametrize("poison", named(POISON))
def test_each_poison_is_refused_with_its_code_and_field(poison):
    """What is wrong is said as a code and a place, never in the sender's words."""
    with pytest.raises(BadMessage) as caught:
        read(poison)
    assert (caught.value.code, caught.value.field) == (poison.code, poison.field)
    assert "MALICE" not in str(caught.value)


@pytest.mark.parametrize(("poison", "expected"), [pytest.param(*row, id=row[0].name) for row in HARMLESS])
def test_what_only_looks_bad_is_taken(poison, expected):
    """Marks are cleaned, numbers and times are read as they are meant."""
    found = reduce(getattr, poison.field.split("."), read(poison))
    assert (found.isoformat() if isinstance(found, datetime) else found) == expected


def test_names_in_the_corpus_are_unique():
    """A name stands for one record, so that a failure says which."""
    names = [poison.name for poison in POISON] + [poison.name for poison, _ in HARMLESS]
    assert len(names) == len(set(names))


def test_poison_costs_its_sender_more_than_us(capsys):
    """Printed, not judged: how long the slowest five of the corpus take."""
    took = {}
    for poison in POISON:
        start = time.perf_counter()
        with pytest.raises(BadMessage):
            read(poison)
        took[poison.name] = time.perf_counter() - start
    with capsys.disabled():
        slowest = sorted(took.items(), key=lambda item: -item[1])[:5]
        print("\nslowest poison:", ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in slowest))
    assert len(took) == len(POISON)


def test_each_poison_is_one_dead_letter_and_its_neighbours_are_unharmed():
    """In one partition, good and bad by turns: each bad one is a dead letter and a receipt, each good one a case."""
    core = Partition(RULES, b"k" * 32, "test")
    seq = 0
    for number, poison in enumerate(POISON):
        seq += 1
        bad = InputRecord(poison.topic, 0, seq, poison.key, poison.value, poison.headers)
        outcome = core.step(bad, Turn(0, 1, seq, START))
        assert [letter.code for letter in outcome.dead_letters] == [poison.code], poison.name
        assert [receipt.code for receipt in outcome.receipts] == [poison.code], poison.name
        assert not outcome.cases, poison.name
        codecs.JOURNAL_ENTRY.decode_strictly(codecs.JOURNAL_ENTRY.encode(outcome.entry))
        codecs.DEAD_LETTER.decode_strictly(codecs.DEAD_LETTER.encode(outcome.dead_letters[0]))
        codecs.RECEIPT.decode_strictly(codecs.RECEIPT.encode(outcome.receipts[0]))
        seq += 1
        value = report(source_no=f"good-{number}", place={"address": f"兴华街{number}号"})
        good = InputRecord(REPORTS, 0, seq, KEY, value, ())
        assert [case.version for case in core.step(good, Turn(0, 1, seq, START)).cases] == [1], poison.name
    assert len(core) == len(POISON)
