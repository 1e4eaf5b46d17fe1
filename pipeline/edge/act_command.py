"""`enforcement act CASE …`: one subcommand per action, each with exactly its fields."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypedDict, Unpack

import click

from pipeline.edge import answers, terminal
from pipeline.edge.deeds import new_id, now_utc
from pipeline.edge.words import Lang
from schemas import codecs
from schemas.action import Action
from schemas.terms import Crs, ReturnReason, Role

Content = dict[str, object]
Doing = Callable[..., None]
EVIDENCE_BYTES_MAX: Final = 1024 * 1024


@click.group("act", subcommand_metavar="ACTION …")
@click.argument("case_id", metavar="CASE")
@click.pass_context
def act_group(context: click.Context, case_id: str) -> None:
    """Do something to CASE and say what became of it.

    \b
    Example:
      enforcement act 140109004-E2RRVT6Q509DJ sign --actor W0931 --team city-appearance
      enforcement act 140109004-E2RRVT6Q509DJ verify --help

    Ends with 0 if it was accepted, 1 if it was refused, 2 if the usage is wrong, 69 if no broker answers, 75 if no receipt
    came in time; then the same --id again is safe.
    """
    context.obj = case_id


def _said_by(role: Role) -> Callable[[Doing], Doing]:
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


class Said(TypedDict):
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


def _push(case_id: str, content: Content, said: Said) -> None:
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
        terminal.say_json({"action_id": action["action_id"], **answers.as_json(receipt, lang)})
    else:
        terminal.say(answers.as_line(receipt, lang))
    sys.exit(0 if answers.is_accepted(receipt) else terminal.EXIT_REFUSED)


def _evidence(files: Sequence[Path]) -> list[object]:
    """The items in the files, each one object or an array of them; what they say is for the contract to judge."""
    items: list[object] = []
    for file in files:
        if file.stat().st_size > EVIDENCE_BYTES_MAX:
            raise click.BadParameter(f"{file}: more than {EVIDENCE_BYTES_MAX} bytes", param_hint="--evidence")
        try:
            found = json.loads(file.read_bytes())
        except (ValueError, RecursionError):
            raise click.BadParameter(f"{file}: not JSON in UTF-8", param_hint="--evidence") from None
        items += found if isinstance(found, list) else [found]
    return items


def _point(said: str | None) -> Content | None:
    if said is None:
        return None
    lon, lat, crs = (*said.split(","), "", "", "")[:3]
    try:
        return {"lon": float(lon), "lat": float(lat), "crs": Crs(crs.strip()).value}
    except ValueError:
        allowed = "LON,LAT,CRS such as 112.50,37.88,WGS84"
        raise click.BadParameter(f"allowed: {allowed}", param_hint="--point") from None


def _checked(content: Content) -> Action:
    return codecs.ACTION.decode_strictly(json.dumps(content, ensure_ascii=False).encode(errors="replace"))


def _known(content: Content) -> Content:
    return {name: value for name, value in content.items() if value is not None}


_EVIDENCE = click.option(
    "--evidence",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    metavar="FILE.json",
    help="Items of evidence: one object or an array, each with sha256, kind, taken_at. May be given several times.",
)
_NOTE = click.option("--note", default="", help="What else is to be said.")


@act_group.command()
@_said_by(Role.TEAM)
def claim(case_id: str, **said: Unpack[Said]) -> None:
    """领单: take an offered case; the first one wins.

    \b
    Example: enforcement act CASE claim --actor W0931 --team area-west
    """
    _push(case_id, {"action": "claim"}, said)


@act_group.command()
@click.option("--to", required=True, help="The team that gets it.")
@click.option("--designated", is_flag=True, help="It may not return it (指定).")
@_said_by(Role.DISPATCHER)
def dispatch(case_id: str, to: str, designated: bool, **said: Unpack[Said]) -> None:
    """派单: send an offered case to a team.

    \b
    Example: enforcement act CASE dispatch --actor D001 --to city-appearance
    """
    _push(case_id, {"action": "dispatch", "team": to, "designated": designated}, said)


@act_group.command()
@_said_by(Role.TEAM)
def sign(case_id: str, **said: Unpack[Said]) -> None:
    """签收: the team has the task.

    \b
    Example: enforcement act CASE sign --actor W0931 --team city-appearance
    """
    _push(case_id, {"action": "sign"}, said)


@act_group.command("return")
@click.option("--reason", required=True, type=click.Choice([one.value for one in ReturnReason]))
@_NOTE
@_said_by(Role.TEAM)
def give_back(case_id: str, reason: str, note: str, **said: Unpack[Said]) -> None:
    """退单: give the task back, with a reason.

    \b
    Example: enforcement act CASE return --reason not_our_area --actor W0931 --team city-appearance
    """
    _push(case_id, {"action": "return", "reason": reason, "note": note}, said)


@act_group.command()
@click.option(
    "--officer", "officers", required=True, multiple=True, help="Certificate number; once for each on site."
)
@click.option("--point", metavar="LON,LAT,CRS", help="Where, such as 112.50,37.88,WGS84.")
@_said_by(Role.OFFICER)
def arrive(case_id: str, officers: tuple[str, ...], point: str | None, **said: Unpack[Said]) -> None:
    """到场: officers are on site, at least two.

    \b
    Example: enforcement act CASE arrive --officer C001 --officer C002 --actor W0931 --team city-appearance
    """
    _push(case_id, {"action": "arrive", "officers": list(officers), "point": _point(point)}, said)


@act_group.command()
@_EVIDENCE
@_NOTE
@_said_by(Role.OFFICER)
def dispose(case_id: str, files: tuple[Path, ...], note: str, **said: Unpack[Said]) -> None:
    """处置: the problem is dealt with, and here is the proof.

    \b
    Example: enforcement act CASE dispose --evidence photos.json --actor W0931 --team city-appearance
    """
    _push(case_id, {"action": "dispose", "evidence": _evidence(files), "note": note}, said)


@act_group.command()
@click.option("--passed/--failed", required=True, help="Whether it is solved; a failure needs a --note.")
@_NOTE
@_EVIDENCE
@_said_by(Role.VERIFIER)
def verify(case_id: str, passed: bool, note: str, files: tuple[Path, ...], **said: Unpack[Said]) -> None:
    """核查: somebody other than the handler looked.

    \b
    Example: enforcement act CASE verify --passed --actor V001 --team verification
    """
    content = {"action": "verify", "passed": passed, "note": note, "evidence": _evidence(files)}
    _push(case_id, content, said)


@act_group.command("call-back")
@click.option("--reached/--not-reached", required=True, help="Whether the caller was spoken to.")
@click.option("--solved/--unsolved", default=None, help="What the caller says.")
@click.option("--satisfied/--unsatisfied", default=None, help="What the caller says.")
@_NOTE
@_said_by(Role.CALLBACK_CLERK)
def call_back(
    case_id: str,
    reached: bool,
    solved: bool | None,
    satisfied: bool | None,
    note: str,
    **said: Unpack[Said],
) -> None:
    """回访: the caller was asked, or not reached.

    \b
    Example: enforcement act CASE call-back --reached --solved --satisfied --actor H001 --team callback
    """
    content = {"action": "call_back", "reached": reached, "solved": solved, "satisfied": satisfied}
    _push(case_id, {**content, "note": note}, said)
