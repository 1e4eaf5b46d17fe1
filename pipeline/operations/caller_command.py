"""`enforcement caller`: who stands under a token, for the hotline's own clerk. The one place where a person is shown unmasked."""

import re
from collections.abc import Iterator
from typing import Final

import click

from pipeline.edge.commands import terminal
from pipeline.operations.broker_access import BrokerAccess, broker_access
from pipeline.words.command_line import command
from pipeline.words.field_words import Lang, moment
from pipeline.words.spoken import said
from schemas import topics
from schemas.errors import BadMessage
from schemas.outputs import Caller, Forgotten
from schemas.wire import codecs

_TOKEN: Final = re.compile(r"c-[0-9a-f]{32}")


@command("caller")
@click.argument("token", metavar="TOKEN")
@terminal.broker_options
def caller_command(
    token: str, brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang
) -> None:
    """Who called, for the clerk who calls back: name and phone; of a secret order also where and what was said.

    \b
    Example:
      enforcement caller c-5d41402abc4b2a76b9719d911017c592

    TOKEN is the caller's, of a call-back's assignment. Needs leave to read callers.v1, which only the hotline's own clerk has. Of a caller who
    was forgotten it says when, by whom and why it was erased.

    Ends with 1 if nobody stands under the token, 69 if no broker answers.
    """  # fmt: skip
    with broker_access(brokers, topic_prefix, lang) as deployment:
        if not _TOKEN.fullmatch(token):
            raise BadMessage("wrong_format", "token", "the token of a caller, c-…")
        held = _held(deployment, token)
    if held is None:
        click.echo(said("{token}: nobody stands under this token", token=token), err=True)
        raise SystemExit(terminal.EXIT_REFUSED)
    if as_json:
        terminal.say_json(_as_json(held))
        return
    for line in _lines(held):
        terminal.say(line)


def _held(deployment: BrokerAccess, token: str) -> Caller | Forgotten | None:
    """What stands there now: the newest caller of all partitions, else that it was erased, else nothing."""
    key, mark_key = token.encode(), topics.FORGOTTEN_KEY + token.encode()
    callers: list[Caller] = []
    marks: list[Forgotten] = []
    for partition in deployment.reader.partitions(topics.CALLERS):
        newest: dict[bytes, bytes | None] = {}
        for record in deployment.reader.read_all(topics.CALLERS, partition):
            if record.key in (key, mark_key):
                newest[record.key] = record.value
        for value in filter(None, newest.values()):
            held = codecs.CALLER.decode(value)
            if isinstance(held, Caller):
                callers.append(held)
            elif isinstance(held, Forgotten):
                marks.append(held)
    if callers:
        return max(callers, key=lambda one: one.at)
    return max(marks, key=lambda one: one.at) if marks else None


def _lines(held: Caller | Forgotten) -> Iterator[str]:
    match held:
        case Forgotten():
            yield said(
                "{token}: erased at {at} by {by}: {why}",
                token=held.token,
                at=moment(held.at),
                by=held.by,
                why=held.why,
            )
        case Caller():
            person = held.person
            yield said("name: {name}", name=person.name or "-")
            yield said("phone: {phone}", phone=person.phone or "-")
            if person.secret:
                yield said("secret: whoever handles the case knows neither the name nor the door")
            if held.place is not None:
                point = held.place.point
                where = f" ({point.lon}, {point.lat} {point.crs.value})" if point else ""
                yield said("place: {place}", place=f"{held.place.address or '-'}{where}")
            if held.text:
                yield said("said: {text}", text=held.text)


def _as_json(held: Caller | Forgotten) -> dict[str, object]:
    if isinstance(held, Forgotten):
        return {"token": held.token, "erased_at": held.at.isoformat(), "by": held.by, "why": held.why}
    place = held.place
    return {
        "token": held.token,
        "name": held.person.name,
        "phone": held.person.phone,
        "secret": held.person.secret,
        "address": place.address if place else None,
        "lon": place.point.lon if place and place.point else None,
        "lat": place.point.lat if place and place.point else None,
        "text": held.text or None,
    }
