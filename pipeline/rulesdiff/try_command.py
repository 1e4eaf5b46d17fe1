"""`enforcement rules try`: a recorded day by other rules. It changes nothing."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from pipeline.core.rules.rules import Rules
from pipeline.edge.client.action_builder import now_utc
from pipeline.rulebook.book import build
from pipeline.rulesdiff.case_options import BROKERS, CASES, TOPIC_PREFIX, one_line_errors, read_rules
from pipeline.rulesdiff.day_tried import DayTried, Sent, try_day
from pipeline.rulesdiff.open_cases import of_deployment, of_file
from pipeline.rulesdiff.rules_options import FOLDER, JSON, RULES
from pipeline.words.command_line import command
from pipeline.words.field_words import moment
from pipeline.words.language import Lang, name_in
from pipeline.words.spoken import said, spoken, told

_NAME: Final = "enforcement rules try"
_SHOWN_MAX: Final = 40
"""Cases of each kind in the text for people; --json has all."""


@command("try")
@click.argument("new", type=FOLDER, metavar="DIR")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, metavar="DAY",
    help="The day whose cases are tried, such as 2026-11-24.",
)  # fmt: skip
@RULES
@CASES
@BROKERS
@TOPIC_PREFIX
@JSON
def try_command(
    new: Path,
    day: datetime,
    folder: Path,
    file: BinaryIO | None,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
) -> None:
    """Send the cases of DAY by the rules in DIR: which would have gone elsewhere, and which would have come late.

    \b
    Example:
      cp -r rules proposed && vi proposed/routing.yaml
      enforcement rules try proposed --on 2026-11-24
      enforcement rules try proposed --on 2026-11-24 --cases snapshots.jsonl --json

    Each case that opened on that day goes to whoever comes first by the rules in force (--rules), and by those in DIR; a case that nobody
    could place yet is left out and counted. Its handling took as long as it took: late is what was over the limit of either.

    The command changes nothing. Ends with 2 if a folder or the file is wrong, with 69 if no broker answers.
    """
    before, after = (build(read_rules(path, _NAME, as_json=as_json)) for path in (folder, new))
    with one_line_errors(_NAME, said("without a deployment: --cases FILE")):
        cases = of_deployment(brokers, topic_prefix) if file is None else of_file(file)
        result = try_day(before, after, cases, day.date(), now_utc())
    if as_json:
        click.echo(json.dumps(_as_json(result, before, after)))
        return
    for line in _as_text(result, before, after):
        click.echo(line)


def _as_text(result: DayTried, old: Rules, new: Rules) -> list[str]:
    lines = [said("rules: {old} → {new}", old=old.version, new=new.version)]
    if result.rerouted:
        lines += ["", said("cases that would have gone elsewhere")]
    for one in result.rerouted[:_SHOWN_MAX]:
        street = old.streets[one.case.street]
        ways = (f"{_named(old, street.code, one.was)}", f"{_named(new, street.code, one.now)}")
        lines.append(f"  {one.case.case_id}  {one.case.facts.matter}  {ways[0]} → {ways[1]}")
    lines += _more(len(result.rerouted))
    if result.relimited:
        lines += ["", said("cases that come late by one of both")]
    for row in result.relimited[:_SHOWN_MAX]:
        becomes = said("would have come late") if row.becomes_late else said("would have come in time")
        due = f"{moment(row.was.due_at)} → {moment(row.now.due_at)}"
        lines.append(f"  {row.case.case_id}  {row.case.facts.matter}  {due}  {becomes}")
    lines += _more(len(result.relimited))
    lines += [f"  {one.case.case_id}  {told(one.why)}" for one in result.untried[:_SHOWN_MAX]]
    counts = Counter(row.becomes_late for row in result.relimited)
    lines.append(
        said(
            "cases of the day: {cases}, not placed yet: {unclear}, not tried: {untried}, elsewhere: {elsewhere}, late by DIR alone: {late}, no longer late: {saved}",
            cases=result.cases, unclear=result.unclear, untried=len(result.untried), elsewhere=len(result.rerouted), late=counts[True], saved=counts[False],
        )
    )  # fmt: skip
    return lines


def _more(count: int) -> list[str]:
    return [said("and {count} more; --json has all", count=count - _SHOWN_MAX)] if count > _SHOWN_MAX else []


def _named(rules: Rules, street: str, sent: Sent) -> str:
    comma = "、" if spoken() is Lang.ZH else ", "
    teams = (rules.streets[street].teams[team] for team in sent.teams)
    named = comma.join(name_in(spoken(), team) for team in teams)
    return f"{named} [{sent.rule}]"


def _as_json(result: DayTried, old: Rules, new: Rules) -> dict[str, object]:
    return {
        "old": old.version,
        "new": new.version,
        "cases": result.cases,
        "unclear": result.unclear,
        "rerouted": [
            {"case_id": one.case.case_id, "matter": one.case.facts.matter, "was": one.was._asdict(), "now": one.now._asdict()}
            for one in result.rerouted
        ],
        "relimited": [
            {
                "case_id": row.case.case_id,
                "was_due_at": row.was.due_at.isoformat(),
                "now_due_at": row.now.due_at.isoformat(),
                "becomes_late": row.becomes_late,
            }
            for row in result.relimited
        ],
        "untried": [{"case_id": one.case.case_id, "why": one.why} for one in result.untried],
    }  # fmt: skip
