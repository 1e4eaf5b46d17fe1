"""Faults of callers who were forgotten: I18. Each spoils a good log in one way."""

from datetime import timedelta

from schemas import topics
from schemas.outputs import Forgotten
from schemas.wire import codecs
from tests.audit.logs import EPOCH, MemoryLog
from tests.audit.mutant import planted

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
