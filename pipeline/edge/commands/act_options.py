"""What all actions of the command line have in common: who acts, when, and what becomes of it."""

import json
import shlex
import sys
from collections.abc import Callable
from typing import Final, TypedDict

import click

from pipeline.edge.client.action_builder import new_id, now_utc
from pipeline.edge.client.receipt_waiting import NoReceipt
from pipeline.edge.commands import receipt_text, terminal
from pipeline.words.act_help import COMMON_OPTIONS
from pipeline.words.field_words import Lang, label
from schemas.errors import Unavailable
from schemas.inputs.action import Action
from schemas.values.terms import Role
from schemas.wire import codecs

Content = dict[str, object]
ActionFunction = Callable[..., None]
TIMEOUT_S: Final = 10.0
_MAY_BE_DECIDED: Final = ("no_receipt", "not_acknowledged")
"""After these the action may be in the log, and be decided later."""
TIMEOUT_S_MAX: Final = 3600


class ActOptions(TypedDict):
    """The values of the options of every action."""

    actor: str
    team: str | None
    street: str | None
    role: str
    expect_version: int | None
    acted_at: str | None
    action_id: str | None
    timeout_s: float
    brokers: str | None
    topic_prefix: str | None
    as_json: bool
    lang: Lang


def options_of_every_action(role: Role, lang: Lang) -> Callable[[ActionFunction], ActionFunction]:
    """Gives a function the options of `ActOptions`; `role` is who acts where `--role` is not given."""
    texts = {name: words.says(lang) for name, words in COMMON_OPTIONS.items()}

    def decorate(command: ActionFunction) -> ActionFunction:
        options = (
            click.option("--actor", required=True, help=texts["actor"]),
            click.option("--team", help=texts["team"]),
            click.option("--street", metavar="CODE", help=texts["street"]),
            click.option(
                "--role",
                type=click.Choice([term.value for term in Role]),
                default=role.value,
                show_default=True,
                help=texts["role"],
            ),
            click.option("--expect-version", type=click.IntRange(1), help=texts["expect_version"]),
            click.option("--at", "acted_at", help=texts["acted_at"]),
            click.option("--id", "action_id", help=texts["action_id"]),
            click.option(
                "--timeout",
                "timeout_s",
                type=click.FloatRange(0.1, TIMEOUT_S_MAX),
                default=TIMEOUT_S,
                show_default=True,
                metavar="SECONDS",
                help=texts["timeout_s"],
            ),
        )
        command = terminal.broker_options(command)
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def push_action(case_id: str, content: Content, options: ActOptions) -> None:
    """Check the action, push it, print the receipt, end with the exit code."""
    lang = options["lang"]
    with terminal.connected(options["brokers"], options["topic_prefix"], lang) as client:
        action = action_of(case_id, content, options)
        try:
            receipt = client.act(action, timeout_s=options["timeout_s"])
        except (NoReceipt, Unavailable) as error:
            if error.code in _MAY_BE_DECIDED:
                _say_unanswered(action.action_id, case_id, error.code, options["as_json"], lang)
            raise
        except KeyboardInterrupt:
            _say_unanswered(action.action_id, case_id, "interrupted", options["as_json"], lang)
            raise
    if options["as_json"]:
        terminal.say_json({"action_id": action.action_id, **receipt_text.as_json(receipt, lang)})
    else:
        terminal.say(receipt_text.as_line(receipt, lang))
    sys.exit(0 if receipt_text.is_accepted(receipt) else terminal.EXIT_REFUSED)


def action_of(case_id: str, content: Content, options: ActOptions) -> Action:
    """The action of this content and these options, under a new id where they give none.

    Raises:
        BadMessage: it is not what the contract says.
    """
    actor: Content = {
        "id": options["actor"],
        "role": options["role"],
        "team": options["team"],
        "street": options["street"],
    }
    action: Content = {
        "action_id": options["action_id"] or new_id(),
        "case_id": case_id,
        "actor": _without_none(actor),
        "acted_at": options["acted_at"] or now_utc().isoformat(),
        "expected_version": options["expect_version"],
        **content,
    }
    value = json.dumps(_without_none(action), ensure_ascii=False).encode(errors="replace")
    return codecs.action_door(str(content["action"])).decode_strictly(value)


def _say_unanswered(action_id: str, case_id: str, code: str, as_json: bool, lang: Lang) -> None:
    """The id that makes it safe to send the action again, and the line that does so."""
    words = sys.argv[1:] if "--id" in sys.argv else [*sys.argv[1:], "--id", action_id]
    again = shlex.join(["enforcement", *words])
    if as_json:
        unanswered = {"action_id": action_id, "case_id": case_id, "outcome": "unanswered", "code": code}
        terminal.say_json({**unanswered, "again": again})
    else:
        click.echo(terminal.clean(label("act_again", lang, action_id=action_id, line=again)), err=True)


def _without_none(content: Content) -> Content:
    return {name: value for name, value in content.items() if value is not None}
