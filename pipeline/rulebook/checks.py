"""Checks within a file beyond its shape, and between files. Each check yields everything it finds, with the line.

A check that needs a file of wrong shape is skipped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from pipeline.core import actions
from pipeline.core.rules.rules import LEAD, TERRITORIAL
from pipeline.core.worktime.office_hours import WorkCalendar
from pipeline.rulebook import days, procedure_rules, routing_checks, services
from pipeline.rulebook.people import people_between, people_checks
from pipeline.rulebook.places import grid_files
from pipeline.rulebook.places.grid_files import GridSheet
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.successors import check_successors
from pipeline.rulebook.tables.answer_tables import AnswersTable, check_answers
from pipeline.rulebook.tables.decline_tables import DeclinesTable
from pipeline.rulebook.tables.duplicate_tables import DuplicatesTable, check_duplicates
from pipeline.rulebook.tables.matter_tables import MatterEntry, MattersTable
from pipeline.rulebook.tables.people_tables import PeopleTable
from pipeline.rulebook.tables.procedure_tables import ProcedureTable
from pipeline.rulebook.tables.roster_tables import DepartmentEntry, RosterTable, TeamEntry
from pipeline.rulebook.tables.rule_tables import (
    CalendarTable,
    HoursTable,
    PolicyTable,
    RolesTable,
    RoutingTable,
    StreetsTable,
)
from pipeline.rulebook.tables.sla_tables import SlaTable
from schemas.values.terms import EvidenceKind, RequestKind
from schemas.values.text import category_of
from schemas.wire import codecs

ACTIONS: Final = tuple(name for name in actions.ACTIONS if name != "decide")
"""What `may` speaks of; who decides a request is a table of its own."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Pages:
    """The files of a folder; None for one whose shape is wrong."""

    matters: Filled[MattersTable] | None
    routing: Filled[RoutingTable] | None
    roster: Filled[RosterTable] | None
    streets: Filled[StreetsTable] | None
    roles: Filled[RolesTable] | None
    policy: Filled[PolicyTable] | None
    hours: Filled[HoursTable] | None
    calendars: Sequence[Filled[CalendarTable] | None]
    services: Sequence[Filled[SlaTable] | None]
    procedure: Filled[ProcedureTable] | None
    grids: Sequence[GridSheet]
    duplicates: Filled[DuplicatesTable] | None
    answers: Filled[AnswersTable] | None
    declines: Filled[DeclinesTable] | None
    people: Sequence[Filled[PeopleTable] | None]


def check(pages: Pages) -> Iterator[Problem]:
    """All problems besides wrong shapes."""
    yield from _each(pages)
    yield from _together(pages)


def _each(pages: Pages) -> Iterator[Problem]:
    if pages.matters:
        yield from _matters(pages.matters)
    if pages.roster:
        yield from _roster(pages.roster)
        yield from check_successors(pages.roster)
    if pages.streets:
        yield from _streets(pages.streets)
        yield from _grids(pages, pages.streets)
    if pages.roles:
        yield from _roles(pages.roles)
    if pages.hours:
        yield from days.check_hours(pages.hours)
    yield from days.check_calendars(pages.calendars)
    yield from services.check_sla(pages.services)
    if pages.procedure:
        yield from procedure_rules.check_procedure(pages.procedure)
    if pages.answers:
        yield from check_answers(pages.answers, pages.matters)


def _together(pages: Pages) -> Iterator[Problem]:
    if pages.matters:
        yield from _named_matters(pages, pages.matters)
    if pages.hours and pages.roster:
        yield from _rosters(pages.roster, pages.hours)
    if pages.hours and pages.procedure:
        yield from procedure_rules.check_rosters(pages.procedure, pages.hours)
    if pages.matters and pages.roster:
        yield from _leads(pages.matters, pages.roster)
        yield from _partners(pages.matters, pages.roster)
        yield from _handled(pages.roster, pages.matters)
        yield from _unit_limits(pages.roster)
    if pages.policy and pages.roster:
        yield from _posts(pages.policy, pages.roster)
    if pages.roster and pages.streets:
        yield from _areas(pages.roster, pages.streets, pages.grids)
    if pages.routing:
        yield from _routing(pages, pages.routing)
    yield from _powers(pages)
    yield from _people(pages)


def _named_matters(pages: Pages, matters: Filled[MattersTable]) -> Iterator[Problem]:
    """Limits, and likenesses, of matters that there are not."""
    for page in pages.services:
        if page:
            yield from services.check_sla_matters(page, matters)
    if pages.duplicates:
        yield from check_duplicates(pages.duplicates, matters)


def _matters(page: Filled[MattersTable]) -> Iterator[Problem]:
    table = page.table
    for name in table.evidence:
        if name in list(EvidenceKind):
            yield page.problem(("evidence", name), "is a kind already", "a name of its own")
    yield from page.repeated("matters", "code", [matter.code for matter in table.matters])
    for number, matter in enumerate(table.matters):
        if category_of(matter.code) not in table.categories:
            allowed = ", ".join(table.categories)
            yield page.problem(
                ("matters", number, "code"), f"no such category: {category_of(matter.code)}", allowed
            )
        yield from _procedures(page, number, matter)
        yield from _evidence(page, number, matter)


def _procedures(page: Filled[MattersTable], number: int, matter: MatterEntry) -> Iterator[Problem]:
    procedures = page.table.procedures
    named = {
        "procedures": matter.procedures,
        "street_procedures": matter.street_procedures or (),
        "default_procedure": (matter.default_procedure,),
    }
    for field, names in named.items():
        for name in names:
            if name not in procedures:
                wrong = f"no such procedure: {name}"
                yield page.problem(("matters", number, field), wrong, ", ".join(procedures))


def _evidence(page: Filled[MattersTable], number: int, matter: MatterEntry) -> Iterator[Problem]:
    kinds_and_names = {*EvidenceKind, *page.table.evidence}
    for place, name in enumerate(matter.close.evidence):
        if name not in kinds_and_names:
            at = ("matters", number, "close", "evidence", place)
            yield page.problem(at, f"no such evidence: {name}", ", ".join(sorted(kinds_and_names)))


def _leads(page: Filled[MattersTable], roster: Filled[RosterTable]) -> Iterator[Problem]:
    groups = [group.id for group in roster.table.groups]
    for number, matter in enumerate(page.table.matters):
        if matter.lead not in groups:
            yield page.problem(
                ("matters", number, "lead"), f"no such group: {matter.lead}", ", ".join(groups)
            )


def _roster(page: Filled[RosterTable]) -> Iterator[Problem]:
    table = page.table
    lists: dict[str, Sequence[TeamEntry | DepartmentEntry]] = {
        "groups": table.groups,
        "posts": table.posts,
        "departments": table.departments,
    }
    common = [team.id for teams in lists.values() for team in teams]
    paths = [(field, n) for field, teams in lists.items() for n in range(len(teams))]
    for place, (path, team) in enumerate(zip(paths, common, strict=True)):
        if team in (LEAD, TERRITORIAL):
            yield page.problem((*path, "id"), f"{team} has a meaning in routing", "another id")
        elif team in common[:place]:
            yield page.problem((*path, "id"), f"{team} is there twice", "each id once")
    yield from page.repeated("squads", "street", [squads.street for squads in table.squads])
    for number, local in enumerate(table.squads):
        ids = {*common, LEAD, TERRITORIAL}
        for place, squad in enumerate(local.squads):
            if squad.id in ids:
                at = ("squads", number, "squads", place, "id")
                yield page.problem(at, f"{squad.id} is there twice", "each id once in a street")
            ids.add(squad.id)


def _streets(page: Filled[StreetsTable]) -> Iterator[Problem]:
    table = page.table
    yield from page.repeated("streets", "code", [street.code for street in table.streets])
    for number, street in enumerate(table.streets):
        if not street.code.startswith(table.district.code):
            wrong = f"not in district {table.district.code}"
            yield page.problem(("streets", number, "code"), wrong, f"a code from {table.district.code}001 on")


def _grids(pages: Pages, streets: Filled[StreetsTable]) -> Iterator[Problem]:
    """Each street must have its file of grids, and each file its street."""
    names = {street.code: street.name_zh for street in streets.table.streets}
    folder = Path(streets.sheet.file).parent
    for fault in grid_files.check_against_streets(pages.grids, names, folder):
        yield fault.problem()


def _areas(
    page: Filled[RosterTable], streets: Filled[StreetsTable], grids: Sequence[GridSheet]
) -> Iterator[Problem]:
    """Each community of each street must have exactly one area squad."""
    codes = {street.code for street in streets.table.streets}
    expected = {
        sheet.street: sorted({grid.code[9:12] for grid in sheet.grids})
        for sheet in grids
        if sheet.street in codes and sheet.grids
    }
    for code in expected.keys() - {local.street for local in page.table.squads}:
        yield page.problem(("squads",), f"no squads for street {code}", "the squads of each street")
    for number, local in enumerate(page.table.squads):
        at = ("squads", number)
        if local.street not in expected:
            yield page.problem((*at, "street"), f"no such street: {local.street}", ", ".join(expected))
            continue
        held: set[str] = set()
        for place, squad in enumerate(local.squads):
            for community in squad.communities:
                path = (*at, "squads", place, "communities")
                if community not in expected[local.street]:
                    yield page.problem(
                        path, f"no such community: {community}", f"001 to {expected[local.street][-1]}"
                    )
                elif community in held:
                    yield page.problem(path, f"community {community} has two squads", "exactly one squad")
                held.add(community)
        missing = [community for community in expected[local.street] if community not in held]
        if missing:
            wrong = f"no squad for communities {', '.join(missing)}"
            yield page.problem((*at, "squads"), wrong, "exactly one squad for each")


def _roles(page: Filled[RolesTable]) -> Iterator[Problem]:
    may = page.table.may
    decides = page.table.decides
    for kind in RequestKind:
        if kind not in decides:
            yield page.problem(("decides",), f"{kind.value} is missing", "the roles that may decide it")
    for action in ACTIONS:
        if action not in may:
            yield page.problem(("may",), f"{action} is missing", "the roles that may do it")
    for action in sorted(may.keys() - set(ACTIONS)):
        yield page.problem(("may", action), "no such action", ", ".join(ACTIONS))

    for action in sorted(page.table.may_duty.keys() - codecs.DUTY_ACTIONS.keys()):
        yield page.problem(("may_duty", action), "no such action", ", ".join(codecs.DUTY_ACTIONS))


def _posts(page: Filled[PolicyTable], roster: Filled[RosterTable]) -> Iterator[Problem]:
    posts = [post.id for post in roster.table.posts]
    table = page.table
    named = {
        "centre_team": table.centre_team,
        "verification_post": table.verification_post,
        "callback_post": table.callback_post,
    }
    for field, post in named.items():
        if post not in posts:
            yield page.problem((field,), f"no such post: {post}", ", ".join(posts))


def _partners(page: Filled[MattersTable], roster: Filled[RosterTable]) -> Iterator[Problem]:
    """Each partner of a matter must be a department of the roster."""
    departments = {department.name_zh for department in roster.table.departments}
    for number, matter in enumerate(page.table.matters):
        for place, name in enumerate(matter.partners):
            if name not in departments:
                at = ("matters", number, "partners", place)
                yield page.problem(at, f"no such department: {name}", "a department of roster.yaml")


def _handled(page: Filled[RosterTable], matters: Filled[MattersTable]) -> Iterator[Problem]:
    """Each matter that a department handles must be one."""
    codes = {matter.code for matter in matters.table.matters}
    for number, department in enumerate(page.table.departments):
        for place, code in enumerate(department.handles):
            if code not in codes:
                at = ("departments", number, "handles", place)
                yield page.problem(at, f"no such matter: {code}", "a matter of matters.yaml")


def _unit_limits(page: Filled[RosterTable]) -> Iterator[Problem]:
    """A unit with limits of its own handles cases, those matters among them; on no day two of its limits hold for one matter."""
    handles = {unit.id: set(unit.handles) for unit in page.table.departments if unit.handles}
    seen: list[tuple[str, str, date, date]] = []
    for number, entry in enumerate(page.table.unit_limits):
        if entry.unit not in handles:
            yield page.problem(
                ("unit_limits", number, "unit"), f"handles no cases: {entry.unit}", ", ".join(handles)
            )
            continue
        for code in entry.matters or sorted(handles[entry.unit]):
            if code not in handles[entry.unit]:
                allowed = ", ".join(sorted(handles[entry.unit]))
                yield page.problem(("unit_limits", number, "matters"), f"is not its own: {code}", allowed)
            until = entry.until or date.max
            if any(
                (unit, matter) == (entry.unit, code) and since <= until and entry.since <= end
                for unit, matter, since, end in seen
            ):
                yield page.problem(("unit_limits", number), f"a second limit for {code}", "one for each day")
            seen.append((entry.unit, code, entry.since, until))


def _powers(pages: Pages) -> Iterator[Problem]:
    """The matters, procedures and streets that the penalty procedure names must exist."""
    if pages.procedure and pages.matters and pages.streets:
        yield from procedure_rules.check_powers(pages.procedure, pages.matters, pages.streets)


def _people(pages: Pages) -> Iterator[Problem]:
    """Who there is in each street that says so, each file by itself and against the others."""
    filled = [page for page in pages.people if page]
    yield from people_checks.check_persons(filled)
    for page in filled:
        yield from people_checks.check_people(page)
        if pages.streets:
            yield from people_between.check_street(page, pages.streets)
        if pages.roster:
            yield from people_between.check_teams(page, pages.roster)
        if pages.roles and pages.policy:
            yield from people_between.check_posts(page, pages.roles, pages.policy)
        if pages.matters:
            yield from people_between.check_covered(page, pages.matters)
        if pages.matters and pages.policy:
            yield from people_between.check_leads(page, pages.matters, pages.policy)


def _rosters(page: Filled[RosterTable], hours: Filled[HoursTable]) -> Iterator[Problem]:
    """The roster of hours that a team names must exist."""
    table, rosters = page.table, hours.table.rosters
    named: list[tuple[tuple[object, ...], TeamEntry]] = [
        *((("groups", n), group) for n, group in enumerate(table.groups)),
        *((("posts", n), post) for n, post in enumerate(table.posts)),
        *(
            (("squads", n, "squads", m), squad)
            for n, local in enumerate(table.squads)
            for m, squad in enumerate(local.squads)
        ),
    ]
    for path, team in named:
        if team.roster is not None and team.roster not in rosters:
            allowed = ", ".join(rosters) or "none: office hours"
            yield page.problem((*path, "roster"), f"no such roster: {team.roster}", allowed)


def _routing(pages: Pages, routing: Filled[RoutingTable]) -> Iterator[Problem]:
    grids = [grid.code for sheet in pages.grids for grid in sheet.grids]
    yield from routing_checks.check_grids(routing, grids)
    if pages.matters:
        yield from routing_checks.check_lines(routing, pages.matters, grids, partial(_calendar_of, pages))
    if pages.roster:
        yield from routing_checks.check_teams(routing, pages.roster)


def _calendar_of(pages: Pages) -> WorkCalendar | None:
    """None where a file of it is wrong."""
    years = [page.table for page in pages.calendars if page is not None]
    if pages.hours is None or len(years) != len(pages.calendars):
        return None
    try:
        return days.work_calendar(pages.hours.table.hours, years)
    except ValueError:  # what of it is wrong, another check says
        return None
