"""Filing, merging, splitting, voiding, transferring and reopening a case, and working it with partner departments (联合执法):
subcommands of `enforcement act CASE …`."""

from pathlib import Path
from typing import Final, Unpack

import click

from pipeline.edge.commands.act_options import EVIDENCE, NOTE, ActOptions, Content, evidence, push, said_by
from schemas.values.terms import JointStatus, RejectReason, Role, Source, VoidReason


@click.command()
@click.option("--valid/--nothing", "valid", required=True, help="Whether what was reported is there.")
@click.option(
    "--reason",
    type=click.Choice([one.value for one in RejectReason]),
    help="Why it is not filed; needed with --nothing.",
)
@EVIDENCE
@NOTE
@said_by(Role.DISPATCHER)
def check(
    case_id: str,
    valid: bool,
    reason: str | None,
    files: tuple[Path, ...],
    note: str,
    **said: Unpack[ActOptions],
) -> None:
    """立案核实: whether what was reported is there, before it is filed.

    \b
    Example:
      enforcement act CASE check --valid --actor D001
      enforcement act CASE check --nothing --reason nothing_found --note "回看视频,未发现问题" --actor D001
    """
    content: Content = {"action": "check", "valid": valid, "evidence": evidence(files), "note": note}
    if reason is not None:
        content["reason"] = reason
    push(case_id, content, said)


@click.command()
@click.option(
    "--reason",
    required=True,
    type=click.Choice([one.value for one in VoidReason]),
    help="Why it should never have been a case.",
)
@NOTE
@said_by(Role.DISPATCHER)
def void(case_id: str, reason: str, note: str, **said: Unpack[ActOptions]) -> None:
    """申请作废: before anybody has arrived; a second person decides (decide).

    \b
    Example: enforcement act CASE void --reason entered_twice --actor D001
    """
    push(case_id, {"action": "void", "reason": reason, "note": note}, said)


@click.command()
@click.option("--to", required=True, help="The organ that has taken it.")
@click.option("--receipt", required=True, help="Its own number for it: without one the case stays here.")
@click.option("--note", required=True, help="Why it is theirs.")
@said_by(Role.DISPATCHER)
def transfer(case_id: str, to: str, receipt: str, note: str, **said: Unpack[ActOptions]) -> None:
    """移送: beyond the street's powers, and another organ has taken it.

    \b
    Example: enforcement act CASE transfer --to 区水务局 --receipt SW-2026-118 --note "河道管理" --actor D001
    """
    push(case_id, {"action": "transfer", "to": to, "receipt": receipt, "note": note}, said)


@click.command()
@click.option("--paper", required=True, help="The number of the written request.")
@click.option("--note", required=True, help="Why it cannot be gone on with.")
@said_by(Role.DISPATCHER)
def terminate(case_id: str, paper: str, note: str, **said: Unpack[ActOptions]) -> None:
    """申请终止办理: it cannot be gone on with; the hotline reviews the written request (decide --role hotline).

    \b
    Example: enforcement act CASE terminate --paper ZZ-2026-012 --note "当事人已撤回诉求" --actor D001
    """
    push(case_id, {"action": "terminate", "paper": paper, "note": note}, said)


@click.command()
@click.option("--into", required=True, metavar="CASE", help="The case that is handled and answers for both.")
@NOTE
@said_by(Role.DISPATCHER)
def merge(case_id: str, into: str, note: str, **said: Unpack[ActOptions]) -> None:
    """并案: CASE tells of the same as another open case of its matter; before anybody has arrived.

    The earlier of the two deadlines holds, and everybody who reported either is answered. Undone with: split.

    \b
    Example: enforcement act CASE merge --into 140109004-E2RRVT6Q509DJ --note "同一摊位" --actor D001
    """
    push(case_id, {"action": "merge", "into": into, "note": note}, said)


@click.command()
@click.option(
    "--source",
    required=True,
    type=click.Choice([one.value for one in Source]),
    help="Of the report that was merged wrongly.",
)
@click.option("--number", "source_no", required=True, help="Its number at the source.")
@NOTE
@said_by(Role.DISPATCHER)
def split(case_id: str, source: str, source_no: str, note: str, **said: Unpack[ActOptions]) -> None:
    """拆案: a report was merged into CASE wrongly; it becomes the case that it would have been, with its own clocks.

    A report that came with a whole case takes that case with it: it goes on where it stood, its clocks as if they had
    never stopped. Whoever reported it is told.

    \b
    Example: enforcement act CASE split --source 12345 --number 140100-20261124-000123 --note "不是同一处" --actor D001
    """
    push(case_id, {"action": "split", "source": source, "source_no": source_no, "note": note}, said)


@click.command()
@click.option("--note", required=True, help="What is not solved.")
@said_by(Role.HOTLINE)
def reopen(case_id: str, note: str, **said: Unpack[ActOptions]) -> None:
    """重办: a closed case is not solved after all; the same team goes again, on the first clock.

    \b
    Example: enforcement act CASE reopen --note "又堆上了" --actor H001
    """
    push(case_id, {"action": "reopen", "note": note}, said)


@click.command()
@click.option("--department", "departments", multiple=True, required=True, help="Must come; several times.")
@click.option("--optional", multiple=True, help="May be waived by the lead; several times.")
@NOTE
@said_by(Role.TEAM)
def whistle(
    case_id: str,
    departments: tuple[str, ...],
    optional: tuple[str, ...],
    note: str,
    **said: Unpack[ActOptions],
) -> None:
    """吹哨: partner departments are asked to come; the centre decides (decide), then each has a task of its own.

    \b
    Example:
      enforcement act CASE whistle --department traffic-police --optional sanitation --actor W0931 --team utilities
    """
    content: Content = {
        "action": "whistle",
        "departments": list(departments),
        "optional": list(optional),
        "note": note,
    }
    push(case_id, content, said)


@click.command("joint-step")
@click.option(
    "--status",
    required=True,
    type=click.Choice([one.value for one in JointStatus]),
    help="How far the department has come; `refused` needs a note.",
)
@EVIDENCE
@NOTE
@said_by(Role.DEPARTMENT)
def joint_step(
    case_id: str, status: str, files: tuple[Path, ...], note: str, **said: Unpack[ActOptions]
) -> None:
    """报到: a partner department says how far it has come with its task, or why it does not come.

    \b
    Example:
      enforcement assignments --team traffic-police
      enforcement act CASE joint-step --status arrived --actor P001 --team traffic-police
    """
    content: Content = {"action": "joint_step", "status": status, "evidence": evidence(files), "note": note}
    push(case_id, content, said)


@click.command()
@click.option("--department", required=True, help="The partner.")
@click.option("--waive/--insist", "waive", required=True, help="It need not come, or it must.")
@click.option("--note", required=True, help="Why.")
@said_by(Role.DUTY_CHIEF)
def settle(case_id: str, department: str, waive: bool, note: str, **said: Unpack[ActOptions]) -> None:
    """协调: a partner is waived or must come. The lead may waive an optional one (--role team), the centre any.

    \b
    Example: enforcement act CASE settle --department sanitation --waive --note "不需到场" --actor C001
    """
    push(case_id, {"action": "settle", "department": department, "waive": waive, "note": note}, said)


COMMANDS: Final = (check, merge, split, void, transfer, terminate, reopen, whistle, joint_step, settle)
