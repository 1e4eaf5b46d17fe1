"""The penalty procedure and the measures beside it: subcommands of `enforcement act CASE …`. What may be said with which step
is the core's table; their help is made from it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Unpack

import click
from msgspec import structs

from pipeline.core.penalty.allowed_facts import ALL_FACTS, FACTS
from pipeline.edge.commands.act_options import (
    EVIDENCE,
    NOTE,
    ActOptions,
    Content,
    evidence,
    push,
    read_json,
    said_by,
)
from schemas.state.penalty import PenaltyFacts
from schemas.values.penalty_terms import Disposal, Harm, MeasureKind, MeasureStep, PenaltyKind
from schemas.values.terms import NoPenaltyGround, PartyKind, PenaltyStep, Role, Term

_LISTS: Final = ("officers", "kinds")
_YES_OR_NO: Final = frozenset(
    field.name for field in structs.fields(PenaltyFacts) if field.type == (bool | None)
)
_CLOSED: Final[Mapping[str, type[Term]]] = {
    "party": PartyKind,
    "kinds": PenaltyKind,
    "harm": Harm,
    "ground": NoPenaltyGround,
    "disposal": Disposal,
}
"""The facts that are out of a list."""


def _help(steps: Iterable[PenaltyStep | MeasureStep]) -> str:
    """Which facts may be said with which step, and what they may be."""
    lines = ["\b", "Facts of each step:"]
    for step in steps:
        lines += [f"  {step.value}: {', '.join(FACTS[step]) or '-'}"]
    said = {name for step in steps for name in FACTS[step]}
    lines += ["Out of a list:"]
    lines += [
        f"  {name}: {', '.join(one.value for one in terms)}"
        for name, terms in _CLOSED.items()
        if name in said
    ]
    lines += ["true or false:", f"  {', '.join(name for name in ALL_FACTS if name in said & _YES_OR_NO)}"]
    return "\n".join(lines)


def _facts(command: Callable[..., None]) -> Callable[..., None]:
    options = (
        click.option(
            "--facts",
            "file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE.json",
            help="What the step rests on: one object.",
        ),
        click.option(
            "--fact",
            "said_facts",
            multiple=True,
            metavar="NAME=VALUE",
            help="One of the facts, beside those of the file. May be given several times; lists with commas.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(epilog=_help(PenaltyStep))
@click.option(
    "--step",
    required=True,
    type=click.Choice([one.value for one in PenaltyStep]),
    help="What has just been done; the order is the procedure's.",
)
@_facts
@EVIDENCE
@NOTE
@said_by(Role.OFFICER)
def penalise(
    case_id: str,
    step: str,
    file: Path | None,
    said_facts: tuple[str, ...],
    files: tuple[Path, ...],
    note: str,
    **said: Unpack[ActOptions],
) -> None:
    """行政处罚: the next step of the penalty procedure, which has clocks of its own and goes on after the case is closed.

    \b
    Example:
      enforcement act CASE penalise --step filed --fact party=citizen --evidence filing.json --actor W0931 --team planning
      enforcement act CASE penalise --step noticed --fact fine_yuan=8000 --fact kinds=fine,business_stopped \\
        --fact hearing_offered=true --evidence notice.json --actor W0931 --team planning
      enforcement act CASE penalise --step hearing_notified --fact hearing_at=2026-12-15T09:00:00+08:00 \\
        --fact hearing_place=街道办会议室 --evidence hearing-notice.json --actor W0931 --team planning
    """
    content: Content = {"action": "penalise", "step": step, "evidence": evidence(files), "note": note}
    push(case_id, content | _said(file, said_facts), said)


@click.command(epilog=_help(MeasureStep))
@click.option(
    "--measure",
    required=True,
    type=click.Choice([one.value for one in MeasureKind]),
    help="Sealing 查封, seizure 扣押, preservation 先行登记保存; one of a kind at a time.",
)
@click.option(
    "--step",
    required=True,
    type=click.Choice([one.value for one in MeasureStep]),
    help="What has just been done.",
)
@_facts
@EVIDENCE
@NOTE
@said_by(Role.OFFICER)
def measure(
    case_id: str,
    measure: str,
    step: str,
    file: Path | None,
    said_facts: tuple[str, ...],
    files: tuple[Path, ...],
    note: str,
    **said: Unpack[ActOptions],
) -> None:
    """查封、扣押、先行登记保存: a measure on things while a penalty procedure is open; it has a clock of the law's.

    \b
    Example:
      enforcement act CASE measure --measure seizure --step begun --fact officers=C001,C002 --fact identity_shown=true \\
        --fact approved_by=L001 --evidence seizure.json --actor W0931 --team planning
      enforcement act CASE measure --measure seizure --step testing --fact until=2026-12-15T17:30:00+08:00 \\
        --fact told_in_writing=true --evidence testing.json --actor W0931 --team planning
      enforcement act CASE measure --measure seizure --step extended --fact "more=20 calendar_days" \\
        --fact approved_by=L001 --fact told_in_writing=true --evidence extension.json --actor W0931 --team planning
      enforcement act CASE measure --measure seizure --step ended --fact disposal=returned --evidence release.json \\
        --actor W0931 --team planning

    While things are tested the clock stands, until --step tested or the time that the party was told. A file is not
    archived while things are held.
    """
    content: Content = {
        "action": "measure",
        "measure_kind": measure,
        "step": step,
        "evidence": evidence(files),
        "note": note,
    }
    push(case_id, content | _said(file, said_facts), said)


def _said(file: Path | None, pairs: tuple[str, ...]) -> Content:
    """`facts`, where any are given; what the file holds is for the contract to judge."""
    facts = read_json(file, "--facts") if file else {}
    if not pairs:
        return {"facts": facts} if file else {}
    if not isinstance(facts, dict):
        raise click.BadParameter("no object, so --fact adds nothing to it", param_hint="--facts")
    return {"facts": facts | dict(_fact(pair) for pair in pairs)}


def _fact(pair: str) -> tuple[str, object]:
    name, _, value = pair.partition("=")
    if name not in ALL_FACTS:
        raise click.BadParameter(f"{name}: allowed: {', '.join(ALL_FACTS)}", param_hint="--fact")
    if name in _LISTS:
        return name, [one for one in value.split(",") if one]
    if name in _YES_OR_NO and value in ("true", "false"):
        return name, value == "true"
    return name, int(value) if name.endswith("_yuan") and value.isdecimal() else value


COMMANDS: Final = (penalise, measure)
