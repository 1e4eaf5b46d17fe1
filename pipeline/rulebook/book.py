"""Reads a folder of rules, checks it, and makes the core's values of it. Rules with any problem are not loaded."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel

from pipeline.core.locate.locating import Locator
from pipeline.core.rules.address_key import address_words
from pipeline.core.rules.alarms import AlarmLimits, AlarmPolicy, MutedSpot
from pipeline.core.rules.grid import Grid, GridPlan
from pipeline.core.rules.rules import Policy, Rules, Street, Team
from pipeline.core.worktime.policy import UnitLimit, span_of
from pipeline.rulebook import checks
from pipeline.rulebook.days import work_calendar
from pipeline.rulebook.lexicon.lexicon_loading import LEXICON_FOLDER, LoadedRecognition, read_recognition
from pipeline.rulebook.matter_rules import later_note, matter_of
from pipeline.rulebook.people.people_files import PEOPLE_FOLDER, people_files, people_of, street_of
from pipeline.rulebook.places.grid_files import grid_files, read_grids
from pipeline.rulebook.places.place_files import PlaceSheet, gazetteer_of, place_files, read_places
from pipeline.rulebook.places.syllables import syllables
from pipeline.rulebook.procedure_rules import legal_limits, procedure_of
from pipeline.rulebook.routing_checks import rule_of
from pipeline.rulebook.services import service_of
from pipeline.rulebook.sheet import BadRules, Filled, Problem, Sheet, fill, read_sheet
from pipeline.rulebook.successors import heirs_of
from pipeline.rulebook.tables import rule_tables
from pipeline.rulebook.tables.answer_tables import AnswersTable, answer_texts_of
from pipeline.rulebook.tables.decline_tables import DeclinesTable, decline_rules_of
from pipeline.rulebook.tables.duplicate_tables import DuplicatesTable, duplicate_rules_of
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.people_tables import PeopleTable
from pipeline.rulebook.tables.procedure_tables import ProcedureTable
from pipeline.rulebook.tables.roster_tables import RosterTable
from pipeline.rulebook.tables.sla_tables import SlaTable

RULES_DIR: Final = Path(__file__).resolve().parents[2] / "rules"
CALENDAR_FOLDER: Final = "calendar"
SLA_FOLDER: Final = "sla"
GOALS_FILE: Final = "objectives.yaml"
"""Goals and alerts; they decide no case, so `pipeline.indicators.objectives` reads them."""
SOURCES_FOLDER: Final = "sources"
"""How senders' own formats are read; they decide no case, so `pipeline.edge.sources` reads them."""
DIGEST_DIGITS: Final = 12

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Book:
    """All files of a folder, each of the right shape and consistent with the others."""

    matters: MattersTable
    routing: rule_tables.RoutingTable
    roster: RosterTable
    streets: rule_tables.StreetsTable
    roles: rule_tables.RolesTable
    policy: rule_tables.PolicyTable
    hours: rule_tables.HoursTable
    calendars: tuple[rule_tables.CalendarTable, ...]
    services: tuple[SlaTable, ...]
    procedure: ProcedureTable
    grids: Mapping[str, Sequence[Grid]]
    """Of each street."""
    duplicates: DuplicatesTable
    answers: AnswersTable
    declines: DeclinesTable
    places: Sequence[PlaceSheet]
    recognition: LoadedRecognition | None
    """By what texts are recognised; None where the folder has no lexicon."""
    people: Mapping[str, PeopleTable]
    """Of each street that has a file of them."""
    version: str


def load_rules(folder: Path = RULES_DIR) -> Rules:
    """The rules in `folder`. Their version is that of policy.yaml and twelve digits of the content's hash.

    Raises:
        BadRules: the folder or a file in it is wrong; `problems` lists everything found.
    """
    return build(read_book(folder))


def read_book(folder: Path = RULES_DIR, *, with_places: bool = True) -> Book:
    """The files of `folder` as written; without its named places where somebody is about to mend them.

    Raises:
        BadRules: the folder or a file in it is wrong.
    """
    if not folder.is_dir():
        raise BadRules([Problem(str(folder), 1, "", "no such folder", "a folder of rules")])
    sheets: list[Sheet] = []
    problems = [*_unread_files(folder), *_no_edition(folder)]

    def sheet_of(path: Path, table: type[M]) -> Filled[M] | None:
        sheets.append(read_sheet(path))
        return fill(sheets[-1], table)

    pages = checks.Pages(
        matters=sheet_of(folder / "matters.yaml", MattersTable),
        routing=sheet_of(folder / "routing.yaml", rule_tables.RoutingTable),
        roster=sheet_of(folder / "roster.yaml", RosterTable),
        streets=sheet_of(folder / "streets.yaml", rule_tables.StreetsTable),
        roles=sheet_of(folder / "roles.yaml", rule_tables.RolesTable),
        policy=sheet_of(folder / "policy.yaml", rule_tables.PolicyTable),
        hours=sheet_of(folder / "hours.yaml", rule_tables.HoursTable),
        calendars=[sheet_of(path, rule_tables.CalendarTable) for path in _calendars(folder)],
        services=[sheet_of(path, SlaTable) for path in _services(folder)],
        procedure=sheet_of(folder / "procedure.yaml", ProcedureTable),
        grids=[read_grids(path) for path in grid_files(folder)],
        duplicates=sheet_of(folder / "duplicates.yaml", DuplicatesTable),
        answers=sheet_of(folder / "answers.yaml", AnswersTable),
        declines=sheet_of(folder / "declines.yaml", DeclinesTable),
        people=[sheet_of(path, PeopleTable) for path in people_files(folder)],
    )
    places = [read_places(path) for path in place_files(folder)] if with_places else []
    problems += [fault.problem() for grids in pages.grids for fault in grids.faults]
    problems += [fault.problem() for sheet in places for fault in sheet.faults]
    problems += [problem for sheet in sheets for problem in sheet.problems]
    problems += checks.check(pages)
    if problems:
        raise BadRules(problems)
    sheets += (*(grids.sheet() for grids in pages.grids), *(sheet.sheet() for sheet in places))
    return _bind(pages, places, sheets, folder)


def build(book: Book) -> Rules:
    """The core's values of these files."""
    streets = {entry.code: _street(book, entry) for entry in book.streets.streets}
    later = later_note(book.procedure)
    return Rules(
        version=book.version,
        matters={entry.code: matter_of(book.matters, entry, later) for entry in book.matters.matters},
        streets=streets,
        locator=locator_of(book, {code: street.grids for code, street in streets.items()}),
        departments={
            unit.id: Team(unit.id, unit.name_zh, unit.name_en, handles=frozenset(unit.handles))
            for unit in book.roster.departments
        },
        heirs=heirs_of(book.roster),
        routing=tuple(rule_of(entry) for entry in book.routing.rules),
        may=dict(book.roles.may) | {"decide": frozenset().union(*book.roles.decides.values())},
        may_duty=dict(book.roles.may_duty),
        decides=dict(book.roles.decides),
        apart=book.roles.apart.model_dump(),
        of_post=dict(book.roles.of_post),
        policy=_policy(book.policy),
        calendar=work_calendar(book.hours.hours, book.calendars),
        rosters={
            name: work_calendar(roster.hours, book.calendars, every_day=roster.days == "every_day")
            for name, roster in book.hours.rosters.items()
        },
        services=tuple(
            service_of(table, book.matters)
            for table in sorted(book.services, key=lambda edition: edition.effective)
        ),
        legal=legal_limits(book.procedure),
        procedure=procedure_of(book.procedure, book.calendars),
        duplicates=duplicate_rules_of(book.duplicates, book.policy, book.streets),
        answers=answer_texts_of(book.answers),
        declines=decline_rules_of(book.declines),
        recognition=book.recognition.rules if book.recognition else None,
        unit_limits=tuple(
            UnitLimit(entry.unit, entry.percent, frozenset(entry.matters), entry.since, entry.until)
            for entry in book.roster.unit_limits
        ),
        people={street: people_of(street, table) for street, table in book.people.items()},
    )


def locator_of(book: Book, plans: Mapping[str, GridPlan]) -> Locator:
    """What finds addresses in the streets."""
    streets = {entry.code: (entry.name_zh, plans[entry.code]) for entry in book.streets.streets}
    gazetteer = gazetteer_of(book.places, streets, syllables)
    return Locator(gazetteer, plans, book.policy.locate_confidence_min)


def _unread_files(folder: Path) -> list[Problem]:
    """Files that nobody reads, most likely because of a typing error in the name."""
    files = sorted(folder.rglob("*.y*ml"))
    named = {folder / name for name in (*_FILES, GOALS_FILE)}
    free = ((SOURCES_FOLDER, "name"), (LEXICON_FOLDER, "words"), (PEOPLE_FOLDER, "street"))
    read_files = named | {*_calendars(folder), *_services(folder)}
    read_files |= {path for name, _ in free for path in (folder / name).glob("*.yaml")}
    folders = (
        f"{CALENDAR_FOLDER}/<year>.yaml",
        f"{SLA_FOLDER}/<day>.yaml",
        *(f"{name}/<{what}>.yaml" for name, what in free),
    )
    allowed = ", ".join((*_FILES, GOALS_FILE, *folders))
    return [
        Problem(str(path), 1, "", "a file nobody reads", allowed) for path in files if path not in read_files
    ]


def _no_edition(folder: Path) -> list[Problem]:
    """A folder without an edition of the limits, by which no case would have a clock."""
    if _services(folder):
        return []
    return [Problem(str(folder / SLA_FOLDER), 1, "", "no edition", f"at least one {SLA_FOLDER}/<day>.yaml")]


def _calendars(folder: Path) -> list[Path]:
    return sorted((folder / CALENDAR_FOLDER).glob("*.yaml"))


def _services(folder: Path) -> list[Path]:
    return sorted((folder / SLA_FOLDER).glob("*.yaml"))


def _bind(pages: checks.Pages, places: Sequence[PlaceSheet], sheets: Sequence[Sheet], folder: Path) -> Book:
    """Raises BadRules where the lexicon is wrong."""
    policy = _table(pages.policy)
    texts = read_recognition(folder) if (folder / LEXICON_FOLDER).exists() else None
    return Book(
        matters=_table(pages.matters),
        routing=_table(pages.routing),
        roster=_table(pages.roster),
        streets=_table(pages.streets),
        roles=_table(pages.roles),
        policy=policy,
        hours=_table(pages.hours),
        calendars=tuple(_table(page) for page in pages.calendars),
        services=tuple(_table(page) for page in pages.services),
        procedure=_table(pages.procedure),
        grids={sheet.street: sheet.grids for sheet in pages.grids},
        duplicates=_table(pages.duplicates),
        answers=_table(pages.answers),
        declines=_table(pages.declines),
        places=places,
        recognition=texts,
        people={street_of(page): page.table for page in pages.people if page},
        version=f"{policy.version}-{_digest(sheets, texts)}",
    )


def _table(page: Filled[M] | None) -> M:
    if page is None:
        raise LookupError("a page without a problem is filled")
    return page.table


def _digest(sheets: Sequence[Sheet], texts: LoadedRecognition | None) -> str:
    content = "\n".join(f"{Path(sheet.file).name} {sheet.fingerprint()}" for sheet in sheets)
    if texts is not None:  # rules without a lexicon keep the version that they had before there was any
        content = f"{content}\n{LEXICON_FOLDER} {texts.fingerprint()}"
    return hashlib.sha256(content.encode()).hexdigest()[:DIGEST_DIGITS]


def _street(book: Book, entry: rule_tables.StreetEntry) -> Street:
    roster = book.roster
    grids = GridPlan(entry.code, book.grids[entry.code])
    teams = {
        team.id: Team(team.id, team.name_zh, team.name_en, roster=team.roster)
        for team in (*roster.groups, *roster.posts)
    }
    for local in roster.squads:
        if local.street == entry.code:
            for squad in local.squads:
                area = frozenset(squad.communities)
                teams[squad.id] = Team(squad.id, squad.name_zh, squad.name_en, area, squad.roster)
    return Street(entry.code, entry.name_zh, entry.name_en, grids, teams)


def _policy(table: rule_tables.PolicyTable) -> Policy:
    return Policy(
        duplicate_window_minutes=table.duplicate_window_minutes,
        duplicate_distance_m=table.duplicate_distance_m,
        same_address_distance_m=table.same_address_distance_m,
        point_outside_max_m=table.point_outside_max_m,
        address=address_words(
            table.address.placeholders, table.address.named_places, table.address.empty_names
        ),
        future_skew_s=table.future_skew_s,
        report_photo_days=table.report_photo_days,
        check_sources=table.check_sources,
        assessed_as=table.assessed_as,
        alarms=_alarms(table.alarms),
        returns_max=table.returns_max,
        return_within=span_of(table.return_within),
        arrive_distance_m=table.arrive_distance_m,
        relapse_days=table.relapse_days,
        joint_partners_min=table.joint_partners_min,
        reworks_max=table.reworks_max,
        reopens_max=table.reopens_max,
        moves_max=table.moves_max,
        hotline_limit_max=span_of(table.hotline_limit_max),
        rest_warning_percent=table.rest_warning_percent,
        extension_answers=dict(table.extension_answers),
        failed_calls_max=table.failed_calls_max,
        failed_calls_days=table.failed_calls_days,
        unreached_attempts=table.unreached_attempts,
        unreached_apart_minutes=table.unreached_apart_minutes,
        officers_min=table.officers_min,
        retire_days=table.retire_days,
        centre_team=table.centre_team,
        verification_post=table.verification_post,
        callback_post=table.callback_post,
        district_post=table.district_post,
        hard_case_more=table.hard_case_more,
        instead_at_once=frozenset(table.instead.at_once),
        instead_after_demand=frozenset(table.instead.after_demand),
        instead_demand_days=table.instead.demand_days,
        appeal_within=span_of(table.appeal_within),
        claim_lease=span_of(table.claim_lease) if table.claim_lease else None,
        claims_open_max=table.claims_open_max,
        duty_kept_days=table.duty_kept_days,
    )


def _alarms(table: rule_tables.AlarmsTable) -> AlarmPolicy:
    limits = {
        name: AlarmLimits(
            one.confidence_min, one.dwell_min_s, one.confirmations, timedelta(minutes=one.confirm_minutes)
        )
        for name, one in table.algorithms.items()
    }
    muted = [MutedSpot(one.device, one.algorithm, one.until, one.why) for one in table.muted]
    return AlarmPolicy(limits, muted)


_FILES: Final = (
    *(
        "matters.yaml",
        "routing.yaml",
        "roster.yaml",
        "streets.yaml",
        "roles.yaml",
        "policy.yaml",
        "hours.yaml",
    ),
    *("procedure.yaml", "duplicates.yaml", "answers.yaml", "declines.yaml"),
)
