"""What all actions of the command line have in common: who acts, when, and what becomes of it."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypedDict

import click

from pipeline.edge.client.action_builder import new_id, now_utc
from pipeline.edge.commands import receipt_text, terminal
from pipeline.words.field_words import Lang
from schemas.inputs.action import Action
from schemas.values.terms import Role
from schemas.wire import codecs

Content = dict[str, object]
Doing = Callable[..., None]
FILE_BYTES_MAX: Final = 1024 * 1024

EVIDENCE = click.option(
    "--evidence",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE.json",
    help="Items of evidence: one object or an array, each with sha256, kind, taken_at. May be given several times.",
)
NOTE = click.option("--note", default="", help="What else is to be said.")


def said_by(role: Role) -> Callable[[Doing], Doing]:
    """The options of every action."""

    def decorate(command: Doing) -> Doing:
        options = (
            click.option("--actor", required=True, help="Who acts: an id, such as W0931."),
            click.option("--team", help="The team or post acted for."),
            click.option(
                "--role",
                type=click.Choice([one.value for one in Role]),
                default=role.value,
                show_default=True,
                help="In what capacity.",
            ),
            click.option(
                "--expect-version",
                type=click.IntRange(1),
                help="Refuse if the case has moved on from this version.",
            ),
            click.option("--at", "acted_at", help="When it was done, RFC 3339; default: now."),
            click.option("--id", "action_id", help="Of this action, to push it again; default: a new one."),
            click.option(
                "--timeout",
                "timeout_s",
                type=click.FloatRange(0.1, 3600),
                default=10.0,
                show_default=True,
                metavar="SECONDS",
                help="How long to wait for the receipt.",
            ),
        )
        command = terminal.reaching(click.pass_obj(command))
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


class ActOptions(TypedDict):
    """What the options of every action say."""

    actor: str
    team: str | None
    role: str
    expect_version: int | None
    acted_at: str | None
    action_id: str | None
    timeout_s: float
    brokers: str | None
    topic_prefix: str | None
    as_json: bool
    lang: Lang


def push(case_id: str, content: Content, said: ActOptions) -> None:
    """Check the action, push it, tell the receipt, end with the exit code."""
    lang = said["lang"]
    action: Content = {
        "action_id": said["action_id"] or new_id(),
        "case_id": case_id,
        "actor": _known({"id": said["actor"], "role": said["role"], "team": said["team"]}),
        "acted_at": said["acted_at"] or now_utc().isoformat(),
        "expected_version": said["expect_version"],
        **content,
    }
    with terminal.connected(said["brokers"], said["topic_prefix"], lang) as client:
        receipt = client.act(_checked(_known(action)), timeout_s=said["timeout_s"])
    if said["as_json"]:
        terminal.say_json({"action_id": action["action_id"], **receipt_text.as_json(receipt, lang)})
    else:
        terminal.say(receipt_text.as_line(receipt, lang))
    sys.exit(0 if receipt_text.is_accepted(receipt) else terminal.EXIT_REFUSED)


def evidence(files: Sequence[Path]) -> list[object]:
    """The items in the files, each one object or an array of them; what they say is for the contract to judge."""
    items: list[object] = []
    for file in files:
        found = read_json(file, "--evidence")
        items += found if isinstance(found, list) else [found]
    return items


def read_json(file: Path, option: str) -> object:
    """What the file says, whatever it is."""
    if file.stat().st_size > FILE_BYTES_MAX:
        raise click.BadParameter(f"{file}: more than {FILE_BYTES_MAX} bytes", param_hint=option)
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise click.BadParameter(f"{file}: not JSON in UTF-8", param_hint=option) from None


def _checked(content: Content) -> Action:
    return codecs.ACTION.decode_strictly(json.dumps(content, ensure_ascii=False).encode(errors="replace"))


def _known(content: Content) -> Content:
    return {name: value for name, value in content.items() if value is not None}
