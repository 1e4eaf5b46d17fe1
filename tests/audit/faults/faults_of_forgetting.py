"""Faults of callers who were forgotten, or want to stay secret: I18. Each spoils a good log in one way."""

from datetime import timedelta

from msgspec.structs import replace

from schemas import topics
from schemas.outputs import Forgotten
from schemas.wire import codecs
from tests.audit.logs import EPOCH, MemoryLog
from tests.audit.mutant import planted
from tests.audit.spoiling import edit, edit_event, entries, event_of, outputs, read

PHONE = "13900139000"


def forget(log: MemoryLog, token: str, *, deletes: bool = True, why: str = "asked for") -> None:
    """As `enforcement forget` writes it, now."""
    now = EPOCH + timedelta(milliseconds=log.topics[topics.JOURNAL][-1].timestamp_ms)
    mark = Forgotten(token=token, at=now, by="W0931", why=why)
    log.add(topics.CALLERS, topics.FORGOTTEN_KEY + token.encode(), codecs.CALLER.encode(mark), now)
    if deletes:
        log.add(topics.CALLERS, token.encode(), None, now)


def kept_token(log: MemoryLog) -> str:
    """Of somebody who is kept."""
    return (log.topics[topics.CALLERS][0].key or b"").decode()


@planted("I18", "a caller is said to be forgotten, and nothing deletes what stands there")
def forgotten_undeleted(log: MemoryLog):
    forget(log, kept_token(log), deletes=False)


@planted("I18", "compaction has left what stood under the token of somebody forgotten")
def forgotten_uncompacted(log: MemoryLog):
    forget(log, kept_token(log))
    last = log.topics[topics.CALLERS][-1]
    for days in (1, 5):
        later = EPOCH + timedelta(milliseconds=last.timestamp_ms, days=days)
        log.add(topics.CALLERS, b"c-" + b"f" * 32, None, later)


@planted("I18", "what stood under the token of somebody forgotten is written once more")
def forgotten_again(log: MemoryLog):
    first, token = log.topics[topics.CALLERS][0], kept_token(log)
    forget(log, token)
    there = log.topics[topics.CALLERS]
    there.append(first._replace(offset=there[-1].offset + 1))


@planted("I18", "the reason why a caller was forgotten holds a phone number")
def forgotten_said(log: MemoryLog):
    forget(log, kept_token(log), why=f"{PHONE}")


def secret_order(log: MemoryLog) -> int:
    """The entry in which one opened a case."""
    return next(n for n in entries(log, "case_opened") if event_of(log, n, "case_opened").facts.secret)


@planted("I18", "the case of a secret order holds the door that its caller lives behind")
def secret_door_kept(log: MemoryLog):
    index = secret_order(log)
    facts = event_of(log, index, "case_opened").facts
    edit_event(
        log,
        index,
        "case_opened",
        facts=replace(facts, place=replace(facts.place, address="学苑街31号2单元501室")),
    )


@planted("I18", "the case of a secret order is where its caller stood, to the metre")
def secret_point_kept(log: MemoryLog):
    index = secret_order(log)
    facts = event_of(log, index, "case_opened").facts
    point = replace(facts.place.point, lon=112.51234, lat=37.87654)
    edit_event(log, index, "case_opened", facts=replace(facts, place=replace(facts.place, point=point)))


@planted("I18", "the assignment of a secret order says behind which door it is")
def secret_door_told(log: MemoryLog):
    first = outputs(log, topics.ASSIGNMENTS, secret_order(log))[0]
    place = read(log, topics.ASSIGNMENTS, first).place
    edit(log, topics.ASSIGNMENTS, first, place=replace(place, address="学苑街31号2单元501室"))
