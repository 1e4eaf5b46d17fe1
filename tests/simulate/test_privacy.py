"""A whole generated day: what its callers are called, their phones, their id numbers, and the doors of those who want to stay secret
stand nowhere but in the inputs and the callers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

from pipeline.simulate.demo.dry_run import DryRun
from pipeline.simulate.world.day import Day, Push
from schemas import topics
from schemas.journal.entry import RecordCause
from tests.audit.logs import MemoryLog, logged
from tests.simulate.personal_data import found_in, id_number, said_by
from tests.simulate.test_dry_run import END, day, rules

SECRET_SHARE = 0.25
"""Few formats of the hotlines say that a caller wants to stay secret."""


@cache
def talkative_day() -> Day:
    """Four days in one; each caller says name, phone and id number in the text, and whose door it is in the address."""
    return replace(day(4.0), pushes=tuple(map(talkative, day(4.0).pushes)))


def talkative(push: Push) -> Push:
    """The same push, with all that its caller could say of themselves; a secret one, as many more are, also says behind which door they
    live, and where that is.
    """
    try:
        content = json.loads(push.value)
        caller, place = content["caller"], content["place"]
    except (ValueError, KeyError, TypeError):
        return push
    name, phone, number = caller.get("name"), caller.get("phone", ""), id_number(push.source_no)
    content["text"] = f"{content['text']}我叫{name},身份证号{number},电话{phone}。"
    if place.get("address"):
        place["address"] = f"{place['address']}{name}家门口"
    draw = Random(f"secret {push.source_no}")
    if caller.get("secret") or draw.random() < SECRET_SHARE:
        lon, lat = draw.uniform(112.48, 112.513), draw.uniform(37.872, 37.887)
        caller["secret"] = True
        place["point"] = {"lon": round(lon, 6), "lat": round(lat, 6), "crs": "WGS84"}
        place["address"] = f"{place.get('address') or ''}{door(push.source_no)}"
        content["text"] += f"我住{door(push.source_no)}。"
    return replace(push, value=json.dumps(content, ensure_ascii=False).encode())


def door(seed: str) -> str:
    """An invented door, the same for the same seed, whose numbers nothing else has."""
    draw = Random(seed)
    return f"怡安苑{draw.randrange(700, 999)}号楼{draw.randrange(70, 99)}单元{draw.randrange(7000, 9999)}室"


def secret_orders() -> Iterator[tuple[str, dict[str, float] | None]]:
    """The door and the point of each."""
    for push in talkative_day().pushes:
        try:
            content = json.loads(push.value)
            is_secret = content["caller"].get("secret")
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        if is_secret:
            yield door(push.source_no), content["place"].get("point")


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


def test_where_secret_callers_of_a_whole_day_live_stands_in_no_topic() -> None:
    """Neither a door nor an exact point; the clerk finds both with the caller."""
    orders = [*secret_orders()]
    assert len(orders) > 40
    there = b"\n".join(content for _, content in outputs(written())).decode(errors="replace")
    kept = b"".join(record.value or b"" for record in written().topics[topics.CALLERS]).decode()
    assert sum(one in kept for one, _ in orders) > 30
    public = {
        (point["lon"], point["lat"])
        for push in day(4.0).pushes
        for point in _points(push.value, secret=False)
    }
    for number, point in orders:
        assert number not in there
        assert number.removeprefix("怡安苑") not in there
        if point and "lon" in point and (point["lon"], point["lat"]) not in public:
            assert f'"lon":{point["lon"]},"lat":{point["lat"]}' not in there


def _points(value: bytes, *, secret: bool) -> Iterator[dict[str, float]]:
    """The point of a report that is secret, or is not."""
    try:
        content = json.loads(value)
        point = content["place"]["point"]
    except (ValueError, KeyError, TypeError):
        return
    caller = content.get("caller")
    if (
        point
        and "lon" in point
        and isinstance(caller, dict | None)
        and bool(caller and caller.get("secret")) is secret
    ):
        yield point


def test_the_scan_finds_what_is_planted() -> None:
    """One of each, in the writing in which it was said and in another."""
    said = said_by(push.value for push in talkative_day().pushes)
    for one in (*sorted(said.names)[:3], *sorted(said.phones)[:3], *sorted(said.ids)[:3]):
        assert found_in(f'{{"text": "请找{one}处理"}}'.encode(), said) == [one]
    phone = min(said.phones)
    assert found_in(f"{phone[:3]} {phone[3:7]}-{phone[7:]}".encode(), said) == [phone]
    assert found_in(json.dumps(min(said.names)).encode(), said) == [min(said.names)]
