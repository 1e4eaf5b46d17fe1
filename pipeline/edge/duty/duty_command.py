"""`enforcement duty`: who and what is there in a street, now or at another time."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from pipeline.core.duty.who_is_there import DutyView
from pipeline.core.rules.rules import Rules
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.client.known_names import UnknownName, nearest
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, rules_in
from pipeline.edge.duty.duty_board import duty_board
from pipeline.edge.duty.duty_text import duty_json, duty_lines
from pipeline.moments import Moment
from pipeline.words.command_line import command
from pipeline.words.language import Lang
from pipeline.words.spoken import said
from schemas.duty.street_duty import StreetDuty

_NOBODY: Final = "nobody_known"


@command("duty")
@click.option(
    "--street", help="The code (9 digits) of one street; default: each that has people in the rules."
)
@click.option("--team", help="Only this team or post, and what its people have out.")
@click.option("--at", type=Moment(), metavar="ISO", help="As it is at this time; default: now.")
@click.option(
    "--plan",
    is_flag=True,
    help="As the rules plan it, without a deployment: no leave, no swap, no device out.",
)
@RULES
@terminal.broker_options
def duty_command(
    street: str | None,
    team: str | None,
    at: datetime | None,
    plan: bool,
    folder: Path,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Who and what is there: of each team who is on duty, and when that changes; certificates that end; cameras and vehicles.

    \b
    Example:
      enforcement duty
      enforcement duty --team city-appearance --at 2026-11-24T20:00+08:00
      enforcement duty --plan --street 140109004 --json

    It follows from the people of the rules (people/) and what happened since: leave, swaps, call-outs, loans, devices handed out. What
    was over long ago is remembered no longer, so an old time is told as it was planned.

    With --json each line has a `what`: street, team, certificate, device, calibration_end. Ends with 1 where nobody is known.
    """
    rules = rules_in(folder, lang)
    with terminal.one_line_errors(lang):
        _check(rules, street, team)
    streets = [code for code in rules.people if street in (None, code)]
    if not streets:
        message = said("no people of {street} in these rules", street=street or said("any street"))
        todo = said("they stand in people/<street>.yaml of the rules")
        terminal.stop(_NOBODY, message, todo, terminal.EXIT_REFUSED)
    duties = dict.fromkeys(streets) if plan else _duties(streets, brokers, topic_prefix, lang)
    for number, code in enumerate(streets):
        view = DutyView.of(rules.people[code], duties[code], at or now_utc())
        board = duty_board(rules.streets[code], view, team)
        if as_json:
            for row in duty_json(board):
                terminal.say_json(row)
            continue
        for line in ([""] if number else []) + list(duty_lines(board, planned=plan)):
            terminal.say(line)


def _duties(
    streets: Sequence[str], brokers: str | None, topic_prefix: str | None, lang: Lang
) -> dict[str, StreetDuty | None]:
    with terminal.connected(brokers, topic_prefix, lang) as client:
        return {code: client.street_duty(code) for code in streets}


def _check(rules: Rules, street: str | None, team: str | None) -> None:
    """Raises UnknownName where the rules have no such street or team."""
    if street is not None and street not in rules.streets:
        names = {code: found.name_zh for code, found in rules.streets.items()}
        raise UnknownName("street", street, nearest(street, names))
    known = {
        one.id: one.name_zh
        for code, found in rules.streets.items()
        if street in (None, code)
        for one in found.teams.values()
    }
    if team is not None and team not in known:
        raise UnknownName("team", team, nearest(team, known))
