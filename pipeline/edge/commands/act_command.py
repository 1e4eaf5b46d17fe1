"""`enforcement act CASE …`: one subcommand per action, each with exactly its fields."""

from pathlib import Path
from typing import Unpack

import click

from pipeline.edge.commands import clock_actions, penalty_actions, street_actions
from pipeline.edge.commands.act_options import EVIDENCE, NOTE, ActOptions, Content, evidence, push, said_by
from schemas.values.terms import Crs, ReturnReason, Role


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


def _point(said: str | None) -> Content | None:
    if said is None:
        return None
    lon, lat, crs = (*said.split(","), "", "", "")[:3]
    try:
        return {"lon": float(lon), "lat": float(lat), "crs": Crs(crs.strip()).value}
    except ValueError:
        allowed = "LON,LAT,CRS such as 112.50,37.88,WGS84"
        raise click.BadParameter(f"allowed: {allowed}", param_hint="--point") from None


@act_group.command()
@said_by(Role.TEAM)
def claim(case_id: str, **said: Unpack[ActOptions]) -> None:
    """领单: take an offered case; the first one wins.

    \b
    Example: enforcement act CASE claim --actor W0931 --team area-west
    """
    push(case_id, {"action": "claim"}, said)


@act_group.command()
@click.option("--to", required=True, help="The team that gets it.")
@click.option("--designated", is_flag=True, help="It may not return it (指定).")
@said_by(Role.DISPATCHER)
def dispatch(case_id: str, to: str, designated: bool, **said: Unpack[ActOptions]) -> None:
    """派单: send an offered case to a team.

    \b
    Example: enforcement act CASE dispatch --actor D001 --to city-appearance
    """
    push(case_id, {"action": "dispatch", "team": to, "designated": designated}, said)


@act_group.command()
@said_by(Role.TEAM)
def sign(case_id: str, **said: Unpack[ActOptions]) -> None:
    """签收: the team has the task.

    \b
    Example: enforcement act CASE sign --actor W0931 --team city-appearance
    """
    push(case_id, {"action": "sign"}, said)


@act_group.command("return")
@click.option("--reason", required=True, type=click.Choice([one.value for one in ReturnReason]))
@NOTE
@said_by(Role.TEAM)
def give_back(case_id: str, reason: str, note: str, **said: Unpack[ActOptions]) -> None:
    """退单: give the task back, with a reason.

    \b
    Example: enforcement act CASE return --reason not_our_area --actor W0931 --team city-appearance
    """
    push(case_id, {"action": "return", "reason": reason, "note": note}, said)


@act_group.command("object")
@click.option("--reason", required=True, type=click.Choice([one.value for one in ReturnReason]))
@click.option("--note", required=True, help="Why it is not the team's.")
@said_by(Role.TEAM)
def object_to(case_id: str, reason: str, note: str, **said: Unpack[ActOptions]) -> None:
    """派单异议: the task is not ours; somebody else decides (decide), and the decision binds.

    Until then the team holds it and every clock runs. Kept: the team may not return it either. Granted: another team gets it.

    \b
    Example:
      enforcement act CASE object --reason not_our_matter --note "属市场物业组" --actor W0931 --team city-appearance
      enforcement act CASE decide --grant --to market-property --actor C001
    """
    push(case_id, {"action": "object", "reason": reason, "note": note}, said)


@act_group.command()
@click.option(
    "--officer", "officers", required=True, multiple=True, help="Certificate number; once for each on site."
)
@click.option("--point", metavar="LON,LAT,CRS", help="Where, such as 112.50,37.88,WGS84.")
@said_by(Role.OFFICER)
def arrive(case_id: str, officers: tuple[str, ...], point: str | None, **said: Unpack[ActOptions]) -> None:
    """到场: officers are on site, at least two.

    \b
    Example: enforcement act CASE arrive --officer C001 --officer C002 --actor W0931 --team city-appearance
    """
    push(case_id, {"action": "arrive", "officers": list(officers), "point": _point(point)}, said)


@act_group.command()
@EVIDENCE
@NOTE
@said_by(Role.OFFICER)
def dispose(case_id: str, files: tuple[Path, ...], note: str, **said: Unpack[ActOptions]) -> None:
    """处置: the problem is dealt with, and here is the proof.

    \b
    Example: enforcement act CASE dispose --evidence photos.json --actor W0931 --team city-appearance
    """
    push(case_id, {"action": "dispose", "evidence": evidence(files), "note": note}, said)


@act_group.command()
@click.option("--passed/--failed", required=True, help="Whether it is solved; a failure needs a --note.")
@NOTE
@EVIDENCE
@said_by(Role.VERIFIER)
def verify(
    case_id: str, passed: bool, note: str, files: tuple[Path, ...], **said: Unpack[ActOptions]
) -> None:
    """核查: somebody other than the handler looked.

    \b
    Example: enforcement act CASE verify --passed --actor V001 --team verification
    """
    content = {"action": "verify", "passed": passed, "note": note, "evidence": evidence(files)}
    push(case_id, content, said)


@act_group.command("call-back")
@click.option("--reached/--not-reached", required=True, help="Whether the caller was spoken to.")
@click.option("--solved/--unsolved", default=None, help="What the caller says.")
@click.option("--satisfied/--unsatisfied", default=None, help="What the caller says.")
@NOTE
@said_by(Role.CALLBACK_CLERK)
def call_back(
    case_id: str,
    reached: bool,
    solved: bool | None,
    satisfied: bool | None,
    note: str,
    **said: Unpack[ActOptions],
) -> None:
    """回访: the caller was asked, or not reached. At the deadline also while the case is still being handled.

    \b
    Example: enforcement act CASE call-back --reached --solved --satisfied --actor H001 --team callback
    """
    content = {"action": "call_back", "reached": reached, "solved": solved, "satisfied": satisfied}
    push(case_id, {**content, "note": note}, said)


for command in (*clock_actions.COMMANDS, *penalty_actions.COMMANDS, *street_actions.COMMANDS):
    act_group.add_command(command)
