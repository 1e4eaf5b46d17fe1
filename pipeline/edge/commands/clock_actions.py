"""What a team may ask of the clock and who decides it (挂账, 延期, 审批), and the stages of a matter: subcommands of
`enforcement act CASE …`."""

from pathlib import Path
from typing import Final, Unpack

import click

from pipeline.edge.commands.act_options import EVIDENCE, NOTE, ActOptions, Content, evidence, push, said_by
from schemas.values.terms import ExtensionReason, Role, SuspensionReason


@click.command()
@click.option(
    "--reason",
    required=True,
    type=click.Choice([one.value for one in SuspensionReason]),
    help="Why it cannot be worked on now.",
)
@click.option(
    "--until", required=True, metavar="TIME", help="When it goes on by itself at the latest, RFC 3339."
)
@NOTE
@said_by(Role.TEAM)
def suspend(case_id: str, reason: str, until: str, note: str, **said: Unpack[ActOptions]) -> None:
    """申请挂账: the case cannot be worked on until then.

    \b
    Example:
      enforcement act CASE suspend --reason weather --until 2026-11-26T09:00:00+08:00 --actor W0931 --team city-appearance

    Asking stops no clock. When a duty chief grants it (decide), the clocks that the policy lets stand do, and their
    deadlines move by as much of their own time as they stood.
    """
    push(case_id, {"action": "suspend", "reason": reason, "until": until, "note": note}, said)


@click.command()
@click.option(
    "--reason",
    required=True,
    type=click.Choice([one.value for one in ExtensionReason]),
    help="Why the deadline cannot be kept.",
)
@click.option(
    "--more",
    required=True,
    metavar="LIMIT",
    help='How much: "2 workdays", "3 work_hours", "12 natural_hours".',
)
@NOTE
@said_by(Role.TEAM)
def extend(case_id: str, reason: str, more: str, note: str, **said: Unpack[ActOptions]) -> None:
    """申请延期: more time; asked for and granted before the deadline, or not at all.

    \b
    Example:
      enforcement act CASE extend --reason complex --more "2 workdays" --actor W0931 --team city-appearance

    A duty chief grants it (decide), once for a case and by no more than the original limit.
    """
    push(case_id, {"action": "extend", "reason": reason, "more": more, "note": note}, said)


@click.command()
@click.option("--grant/--deny", "granted", required=True, help="Whether it may be.")
@click.option("--to", help="Of an objection that is granted: the team that gets the case.")
@click.option("--designated", is_flag=True, help="That team may not return it (指定).")
@NOTE
@said_by(Role.DUTY_CHIEF)
def decide(
    case_id: str, granted: bool, to: str | None, designated: bool, note: str, **said: Unpack[ActOptions]
) -> None:
    """审批: what was asked for is granted or denied, by somebody else. A termination is the hotline's (--role hotline).

    \b
    Example:
      enforcement assignments --team duty            (approve: what waits to be decided)
      enforcement act CASE decide --grant --actor C001
      enforcement act CASE decide --deny --note "the rain is over" --actor C001
    """
    content: Content = {"action": "decide", "granted": granted, "note": note, "designated": designated}
    if to is not None:
        content["team"] = to
    push(case_id, content, said)


@click.command()
@NOTE
@said_by(Role.TEAM)
def resume(case_id: str, note: str, **said: Unpack[ActOptions]) -> None:
    """恢复办理: a suspended case goes on before its time.

    \b
    Example: enforcement act CASE resume --actor W0931 --team city-appearance
    """
    push(case_id, {"action": "resume", "note": note}, said)


@click.command()
@click.option("--measure", required=True, help="What is being done.")
@click.option("--expected", "expected_at", required=True, help="By when it will be done, RFC 3339.")
@said_by(Role.TEAM)
def progress(case_id: str, measure: str, expected_at: str, **said: Unpack[ActOptions]) -> None:
    """阶段答复: not done yet; whoever reported it is told what is being done and by when. No clock stops.

    \b
    Example:
      enforcement act CASE progress --measure "已立案调查,责令限期拆除" --expected 2026-12-10T17:30:00+08:00 --actor W0931 --team planning
    """
    push(case_id, {"action": "progress", "measure": measure, "expected_at": expected_at}, said)


@click.command("reach-stage")
@click.option(
    "--stage", required=True, help="Its name in the policy, such as stop_work; see: enforcement why."
)
@EVIDENCE
@NOTE
@said_by(Role.OFFICER)
def reach_stage(
    case_id: str, stage: str, files: tuple[Path, ...], note: str, **said: Unpack[ActOptions]
) -> None:
    """阶段完成: a stage of the matter is done, and its clock stops.

    \b
    Example:
      enforcement act CASE reach-stage --stage stop_work --evidence examples/evidence.json --actor W0931 --team planning
    """
    content: Content = {"action": "reach_stage", "stage": stage, "evidence": evidence(files), "note": note}
    push(case_id, content, said)


COMMANDS: Final = (suspend, extend, decide, resume, progress, reach_stage)
