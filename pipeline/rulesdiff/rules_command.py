"""`enforcement rules check|show|diff|archive`: the commands for whoever writes rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from pipeline.core.rules.law import Power
from pipeline.core.rules.law_in_time import BasisInTime, FineRange
from pipeline.core.worktime.office_hours import SHANGHAI
from pipeline.core.worktime.policy import span_of, text_of
from pipeline.edge.client.action_builder import now_utc
from pipeline.edge.sources.mapping import load_mappings
from pipeline.indicators.objectives import load_objectives
from pipeline.rulebook import RULES_DIR, BadRules
from pipeline.rulebook.archive import archive_rules
from pipeline.rulebook.book import GOALS_FILE, Book, build, read_book
from pipeline.rulebook.places.grid_files import grid_files, read_grids
from pipeline.rulebook.places.grid_geometry import check_geometry
from pipeline.rulebook.places.place_files import check_places
from pipeline.rulebook.routing_checks import kinds_of_case
from pipeline.rulebook.services import edition_on
from pipeline.rulebook.tables.matter_tables import MatterEntry
from pipeline.rulebook.tables.sla_tables import SlaTable
from pipeline.rulesdiff.diff_command import diff_command
from pipeline.rulesdiff.problem_lines import echo_problems
from pipeline.rulesdiff.rules_options import FOLDER, JSON, RULES, VARIABLE
from pipeline.rulesdiff.try_command import try_command
from pipeline.rulesdiff.unread_bases import Unread, unread_bases
from pipeline.words.command_line import group, width_of
from pipeline.words.language import Lang
from pipeline.words.penalty_words import GRAVITIES
from pipeline.words.spoken import said, spoken
from schemas.values.penalty_terms import Gravity, PartyKind
from schemas.values.text import category_of

EXIT_BAD_RULES: Final = 65  # EX_DATAERR of sysexits

_HEAD_WIDTH: Final = 11
_POWERS: Final = {
    Power.DEVOLVED: "devolved",
    Power.NEEDS_LIST: "needs_list",
    Power.COORDINATE_ONLY: "coordinate_only",
}
_FOLDER = click.argument("folder", type=FOLDER, default=RULES_DIR, envvar=VARIABLE)
_NOTHING_WRONG: Final = (
    "{folder}: version {version}: {matters} matters, {routing_lines} routing lines, {streets} streets with {grids} grids, "
    "limits in force from {editions}, {goals} goals, nothing wrong"
)
_ROUTED: Final = "routing: each of {tried} kinds of case meets a line, in every grid at any hour, and each line decides for some"
_UNREAD: Final = "warning: the texts of {count} legal bases were not read ({levels}); --all lists them"
_ON = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="The day whose limits are shown, such as 2026-11-24; default: today.",
)


@group("rules")
def rules_group() -> None:
    """The rules: matters, routing, roster, calendar, limits."""


rules_group.add_command(diff_command)
rules_group.add_command(try_command)


@rules_group.command()
@_FOLDER
@click.option("--all", "all_of_them", is_flag=True, help="List every legal basis whose text was not read.")
@JSON
def check(folder: Path, all_of_them: bool, as_json: bool) -> None:
    """Print everything wrong with the rules in FOLDER, or their version.

    Goals and alerts (objectives.yaml) and senders' formats (sources/) are checked where they are there; they are not part of the
    version. The words by which texts are recognised (lexicon/) are.

    Legal bases whose text nobody has read (`confidence` below text_read) are counted, and listed with --all: read them before
    somebody relies on them.

    Ends with 65 if anything is wrong.
    """
    with _ending_at_problems(as_json):
        book = read_book(folder)
        rules = build(book)
        faults = list(check_geometry([read_grids(path) for path in grid_files(folder)]))
        plans = {code: street.grids for code, street in rules.streets.items()}
        misplaced = [fault for sheet in book.places for fault in check_places(sheet, plans.get(sheet.street))]
        if faults or misplaced:
            problems = [fault.problem() for fault in faults]
            raise BadRules(problems + [fault.problem() for fault in misplaced])
        editions = [f"{edition.effective}" for edition in rules.services]
        goals = load_objectives(folder).goals if (folder / GOALS_FILE).exists() else {}
        counts = {
            "version": rules.version,
            "matters": len(rules.matters),
            "routing_lines": len(rules.routing),
            "routed": kinds_of_case(len(rules.matters)),
            "streets": len(rules.streets),
            "grids": sum(len(street.grids) for street in rules.streets.values()),
            "editions": editions,
            "goals": len(goals),
            "formats": len(load_mappings(folder)),
            "unread": len(unread_bases(book)),
            "problems": 0,
        }
        if as_json:
            click.echo(json.dumps(counts))
        else:
            shown = {"folder": folder, **counts, "editions": ", ".join(editions)}
            click.echo(said(_NOTHING_WRONG, **shown))
            click.echo(said(_ROUTED, tried=counts["routed"]))
            _tell_unread(unread_bases(book), all_of_them=all_of_them)


def _tell_unread(unread: Sequence[Unread], *, all_of_them: bool) -> None:
    """A warning, never a fault."""
    if not unread:
        return
    counts = Counter(one.confidence.value for one in unread)
    levels = ", ".join(f"{level} {count}" for level, count in sorted(counts.items()))
    click.echo(said(_UNREAD, count=len(unread), levels=levels))
    for one in unread if all_of_them else ():
        click.echo(f"  {one.where}  {one.law} {'、'.join(one.articles)}  {one.confidence.value}")


@rules_group.command()
@click.argument("archive_folder", type=FOLDER, metavar="ARCHIVE")
@RULES
@JSON
def archive(archive_folder: Path, folder: Path, as_json: bool) -> None:
    """Keep the rules under their version in ARCHIVE, so that the audit finds them once others decide.

    \b
    Example:
      enforcement rules archive /srv/rules-archive
      enforcement audit --rules /srv/rules-archive

    A worker does so itself when it starts, in the folder rules of ENFORCEMENT_DATA_DIR. What is archived is never changed.

    Ends with 65 if anything is wrong with the rules.
    """
    with _ending_at_problems(as_json):
        try:
            kept = archive_rules(folder, archive_folder)
        except OSError as why:
            raise click.FileError(str(archive_folder), why.strerror) from why
    click.echo(json.dumps({"version": kept.name, "folder": str(kept)}) if as_json else str(kept))


@rules_group.group()
def show() -> None:
    """Show what the rules say about a matter."""


@show.command()
@click.argument("code")
@RULES
@_ON
@JSON
def matter(code: str, folder: Path, on: datetime | None, as_json: bool) -> None:
    """Show one matter: the leading group, the limits, the legal basis, the evidence that closes it.

    \b
    Example:
      enforcement rules show matter SR-001
      enforcement rules show matter SR-001 --on 2027-01-01

    The limits are those of the edition in force on that day (sla/).
    """
    with _ending_at_problems(as_json):
        book = read_book(folder)
        entry = next(
            (matter_entry for matter_entry in book.matters.matters if matter_entry.code == code.upper()), None
        )
        if entry is None:
            codes = ", ".join(matter_entry.code for matter_entry in book.matters.matters)
            raise click.BadParameter(
                said("no such matter: {code}; allowed: {codes}", code=code, codes=codes), param_hint="CODE"
            )
        edition = edition_on(book.services, on.date() if on else _today())
        if as_json:
            click.echo(json.dumps(_as_json(book, entry, edition), ensure_ascii=False))
        else:
            click.echo("\n".join(_as_text(book, entry, edition)))


def _today() -> date:
    return now_utc().astimezone(SHANGHAI).date()


def _as_json(book: Book, entry: MatterEntry, edition: SlaTable) -> dict[str, object]:
    content: dict[str, object] = entry.model_dump(mode="json")
    limits = edition.matters[entry.code]
    return {
        "version": book.version,
        "edition": f"{edition.effective}",
        **content,
        **limits.model_dump(mode="json"),
        "arrive": _arrive(entry, edition),
        "verify": _verify(entry, edition),
    }


def _as_text(book: Book, entry: MatterEntry, edition: SlaTable) -> Iterator[str]:
    table = book.matters
    category = table.categories[category_of(entry.code)]
    built = build(book).matters[entry.code]
    lead = next(group for group in book.roster.groups if group.id == entry.lead)
    yield f"{entry.code}  {_named(entry.name_zh, entry.name_en, '  ')}"
    yield _row(said("category"), _named(category.name_zh, category.name_en))
    yield _row(said("severity"), entry.severity)
    partners = "、".join(entry.partners) or said("none")
    yield _row(said("lead"), f"{lead.id} {lead.name_zh}; {said('partners')}: {partners}")
    yield from _limits_as_text(entry, edition)
    yield _row(said("basis"), "; ".join(f"{basis.cited}{_time(basis)}" for basis in built.legal_basis))
    yield _row(said("penalty by"), f"{entry.penalty_organ}; {said('the street')}: {_power(entry)}")
    for fines in built.fines:
        yield _row(said("fine"), _fine(fines, book))
    yield _row(said("procedures"), "、".join(table.procedures[name].name_zh for name in entry.procedures))
    yield _row(said("done when"), _named(entry.close.condition_zh, entry.close.condition_en))
    yield _row(said("evidence"), ", ".join(entry.close.evidence))
    yield _row(said("verified by"), entry.close.verify)
    yield _row(
        said("rules"),
        said("{version}, limits in force from {day}", version=book.version, day=edition.effective),
    )


def _limits_as_text(entry: MatterEntry, edition: SlaTable) -> Iterator[str]:
    limits = edition.matters[entry.code]
    yield _row(said("arrive"), _arrive(entry, edition))
    yield _row(said("dispose"), f"{limits.dispose} ({text_of(span_of(limits.dispose))})")
    for stage in limits.stages:
        yield f"    {stage.name_zh}  {stage.limit or said('until the time for appeal is over')}"
    if limits.joint:
        yield _row(said("joint"), limits.joint)
    yield _row(said("verify"), _verify(entry, edition))


def _named(zh: str, en: str, between: str = " ") -> str:
    """Both names; the Chinese alone where that is spoken."""
    return zh if spoken() is Lang.ZH else f"{zh}{between}{en}"


def _power(entry: MatterEntry) -> str:
    return said(_POWERS[entry.street_power])


def _fine(fines: FineRange, book: Book) -> str:
    """The range by party, with the bands of the discretion table, and when it holds."""
    shares = book.procedure.guards.fine_outside_discretion.shares.by_gravity()
    parties = []
    for party, name in (
        (PartyKind.CITIZEN, said("a citizen")),
        (PartyKind.LEGAL_PERSON, said("a legal person")),
    ):
        bands = (
            f"{GRAVITIES[gravity][spoken()]} {_span(fines.band(gravity, party, shares))}"
            for gravity in Gravity
        )
        law = _span((fines.least.of(party), fines.most.of(party)))
        parties.append(said("{party} {law} ({bands})", party=name, law=law, bands=" · ".join(bands)))
    return " · ".join((*parties, f"{fines.cited}{_time(fines)}"))


def _span(yuan: tuple[int, int]) -> str:
    return "–".join(map(str, yuan))


def _time(basis: BasisInTime | FineRange) -> str:
    """When it holds, where that is not always."""
    days = [f"{basis.since or ''}", f"{basis.until or ''}"]
    return f" [{' – '.join(days).strip()}]" if any(days) else ""


def _row(head: str, text: str) -> str:
    """A line; the heads stand in a column of their own."""
    return f"  {head}{' ' * (_HEAD_WIDTH - width_of(head))} {text}"


def _arrive(entry: MatterEntry, edition: SlaTable) -> str:
    return edition.matters[entry.code].arrive or edition.limits[entry.severity].arrive


def _verify(entry: MatterEntry, edition: SlaTable) -> str:
    return edition.matters[entry.code].verify or edition.limits[entry.severity].verify


@contextmanager
def _ending_at_problems(as_json: bool) -> Iterator[None]:
    """Wrong rules are printed problem by problem, and end the command."""
    try:
        yield
    except BadRules as why:
        echo_problems(why, as_json=as_json)
        if not as_json:
            click.echo(said("{count} problems", count=len(why.problems)), err=True)
        raise SystemExit(EXIT_BAD_RULES) from None
