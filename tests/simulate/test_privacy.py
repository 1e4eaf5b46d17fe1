"""A whole generated day: what its callers are called, their phones and their id numbers stand nowhere but in the inputs and the callers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.world.day import Day, Push
from schemas import topics
from schemas.journal.entry import RecordCause
from tests.audit.logs import MemoryLog, logged
from tests.simulate.personal_data import found_in, id_number, said_by
from tests.simulate.test_dry_run import END, day, rules


@cache
def talkative_day() -> Day:
    """Four days in one; each caller says name, phone and id number in the text, and whose door it is in the address."""
    return replace(day(4.0), pushes=tuple(map(talkative, day(4.0).pushes)))


def talkative(push: Push) -> Push:
    """The same push, with all that its caller could say of themselves."""
    try:
        content = json.loads(push.value)
        caller, place = content["caller"], content["place"]
    except (ValueError, KeyError, TypeError):
        return push
    name, phone, number = caller.get("name"), caller.get("phone", ""), id_number(push.source_no)
    content["text"] = f"{content['text']}我叫{name},身份证号{number},电话{phone}。"
    if place.get("address"):
        place["address"] = f"{place['address']}{name}家门口"
    return replace(push, value=json.dumps(content, ensure_ascii=False).encode())


@cache
def written() -> MemoryLog:
    """All topics of the day, worked until two in the morning."""
    dry_run = DryRun(rules(), 7)
    dry_run.play(talkative_day(), END)
    at = {
        outcome.entry.cause.offset: outcome.entry.at
        for outcome in dry_run.outcomes
        if isinstance(outcome.entry.cause, RecordCause)
    }
    return logged([(record, at[record.offset]) for record in dry_run.inputs], dry_run.outcomes)


def outputs(log: MemoryLog) -> Iterator[tuple[str, bytes]]:
    """Every byte of every topic but those that hold personal data by design."""
    for topic, records in log.topics.items():
        if topic not in (topics.REPORTS, topics.CALLERS):
            for record in records:
                parts = (record.key, record.value, *(content for _, content in record.headers))
                yield topic, b"\n".join(part or b"" for part in parts)


def test_no_name_phone_or_id_number_of_a_whole_day_stands_in_any_topic() -> None:
    """Everybody said all about themselves, hundreds of times; in the callers topic it is, elsewhere it is not."""
    said = said_by(push.value for push in talkative_day().pushes)
    assert len(said.names) > 30
    assert min(len(said.phones), len(said.ids)) > 100
    kept = b"".join(record.value or b"" for record in written().topics[topics.CALLERS])
    assert len(found_in(kept, said)) > 100
    many = 0
    for topic, content in outputs(written()):
        assert found_in(content, said) == [], topic
        many += 1
    assert many > 2_000


def test_the_scan_finds_what_is_planted() -> None:
    """One of each, in the writing in which it was said and in another."""
    said = said_by(push.value for push in talkative_day().pushes)
    for one in (*sorted(said.names)[:3], *sorted(said.phones)[:3], *sorted(said.ids)[:3]):
        assert found_in(f'{{"text": "请找{one}处理"}}'.encode(), said) == [one]
    phone = min(said.phones)
    assert found_in(f"{phone[:3]} {phone[3:7]}-{phone[7:]}".encode(), said) == [phone]
    assert found_in(json.dumps(min(said.names)).encode(), said) == [min(said.names)]
