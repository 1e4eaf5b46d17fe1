"""`enforcement rules diff`: compares two folders of rules and their effect on open cases. It changes nothing."""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from pipeline.edge.client.action_builder import now_utc
from pipeline.moments import Moment
from pipeline.rulebook.book import build
from pipeline.rulebook.differences import differences
from pipeline.rulebook.moved import survey
from pipeline.rulesdiff.case_options import BROKERS, CASES, TOPIC_PREFIX, one_line_errors, read_rules
from pipeline.rulesdiff.diff_text import Json, Text
from pipeline.rulesdiff.open_cases import of_deployment, of_file
from pipeline.rulesdiff.rules_options import FOLDER
from pipeline.words.command_line import command
from pipeline.words.spoken import said

_NAME: Final = "enforcement rules diff"


@command("diff")
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@CASES
@click.option("--no-cases", is_flag=True, help="Compare the rules only.")
@click.option(
    "--at", type=Moment(), metavar="ISO", help="Deadlines before this time count as late; default: now."
)
@BROKERS
@TOPIC_PREFIX
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def diff_command(
    old: Path,
    new: Path,
    file: BinaryIO | None,
    no_cases: bool,
    at: datetime | None,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
) -> None:
    """Show how the rules in folder NEW differ from those in OLD, and which deadlines of open cases move.

    \b
    Example:
      cp -r rules proposed && vi proposed/sla/2020-01-01.yaml
      enforcement rules diff rules proposed
      enforcement rules diff rules proposed --cases snapshots.jsonl --at 2026-11-24T17:30+08:00
      enforcement rules diff rules proposed --no-cases

    The command changes nothing. A worker started with NEW (ENFORCEMENT_RULES_DIR) re-arms exactly the listed deadlines, each with
    an entry in the journal; for a case that becomes late by it the usual notices go out.

    The cases are those in cases.v1 of the running deployment. Each has the deadlines of the rules that last decided it; the
    output names cases where those rules are not OLD.

    With --json each line has a `what`: rules, difference, deadline, handed_over, obstacle, totals. Ends with 2 if a folder or the
    file is wrong, with 69 if no broker answers.
    """
    if no_cases and file is not None:
        raise click.UsageError(said("--cases and --no-cases exclude each other"))
    before, after = (read_rules(folder, _NAME, as_json=as_json) for folder in (old, new))
    say = Json() if as_json else Text()
    say.rules(before, after, list(differences(before, after)))
    if no_cases:
        return
    at = at or now_utc()
    with one_line_errors(_NAME, said("without a deployment: --cases FILE or --no-cases")):
        cases = of_deployment(brokers, topic_prefix) if file is None else of_file(file)
        result = survey(build(after), cases, at)
    say.cases(result, before, after, at)
