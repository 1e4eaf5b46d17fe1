"""`enforcement rules check|show`: what a person types who writes rules, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from pipeline.rulebook import RULES_DIR, BadRules
from pipeline.rulebook.book import Book, build, limit_of, read_book
from pipeline.rulebook.tables import MatterEntry

EXIT_BAD_RULES: Final = 65  # EX_DATAERR of sysexits

_PATH = click.Path(path_type=Path, file_okay=False)
_VARIABLE: Final = "ENFORCEMENT_RULES_DIR"  # as in the settings: what is checked is what a worker would load
_FOLDER = click.argument("folder", type=_PATH, default=RULES_DIR, envvar=_VARIABLE)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")


@click.group("rules")
def rules_group() -> None:
    """The rules that decide: matters, routing, roster, calendar, limits."""


@rules_group.command()
@_FOLDER
@_JSON
def check(folder: Path, as_json: bool) -> None:
    """Say all that is wrong with the rules in FOLDER, or which version they are.

    Ends with 65 if anything is wrong.
    """
    with _told(as_json):
        rules = build(read_book(folder))
        counts = {
            "version": rules.version,
            "matters": len(rules.matters),
            "routing_lines": len(rules.routing),
            "streets": len(rules.streets),
            "grids": sum(len(street.grids) for street in rules.streets.values()),
            "problems": 0,
        }
        if as_json:
            click.echo(json.dumps(counts))
        else:
            click.echo(
                f"{folder}: version {rules.version}: {counts['matters']} matters, {counts['routing_lines']} routing "
                f"lines, {counts['streets']} streets with {counts['grids']} grids, nothing wrong"
            )


@rules_group.group()
def show() -> None:
    """What the rules say about something."""


@show.command()
@click.argument("code")
@click.option("--rules", "folder", type=_PATH, default=RULES_DIR, envvar=_VARIABLE, help="Folder of rules.")
@_JSON
def matter(code: str, folder: Path, as_json: bool) -> None:
    """One matter: who leads, how long, on what basis, what proves it done. For example SR-001."""
    with _told(as_json):
        book = read_book(folder)
        entry = next((one for one in book.matters.matters if one.code == code.upper()), None)
        if entry is None:
            codes = ", ".join(one.code for one in book.matters.matters)
            raise click.BadParameter(f"no such matter: {code}; allowed: {codes}", param_hint="CODE")
        if as_json:
            click.echo(json.dumps(_as_json(book, entry), ensure_ascii=False))
        else:
            click.echo("\n".join(_as_text(book, entry)))


def _as_json(book: Book, entry: MatterEntry) -> dict[str, object]:
    content: dict[str, object] = entry.model_dump(mode="json")
    arrive = book.matters.severities[entry.severity].arrive
    return {"version": book.version, **content, "sources": sorted(entry.sources), "arrive": arrive}


def _as_text(book: Book, entry: MatterEntry) -> Iterator[str]:
    table = book.matters
    category = table.categories[entry.code[:2]]
    built = build(book).matters[entry.code]
    lead = next(one for one in book.roster.groups if one.id == entry.lead)
    yield f"{entry.code}  {entry.name_zh}  {entry.name_en}"
    yield f"  category    {category.name_zh} {category.name_en}"
    yield f"  severity    {entry.severity}"
    yield f"  lead        {lead.id} {lead.name_zh}; partners: {'、'.join(entry.partners) or 'none'}"
    yield f"  reported by {', '.join(sorted(entry.sources))}"
    yield f"  arrive      {table.severities[entry.severity].arrive}"
    yield f"  dispose     {entry.dispose} ({limit_of(entry.dispose).value} {limit_of(entry.dispose).unit})"
    for stage in entry.stages:
        yield f"    {stage.name_zh}  {stage.limit or 'until the time for appeal is over'}"
    if entry.joint:
        yield f"  joint       {entry.joint}"
    yield f"  basis       {'; '.join(built.legal_basis)}"
    yield f"  penalty by  {entry.penalty_organ}; the street: {entry.street_power}"
    yield f"  procedures  {'、'.join(table.procedures[name].name_zh for name in entry.procedures)}"
    yield f"  done when   {entry.close.condition_zh} {entry.close.condition_en}"
    yield f"  evidence    {', '.join(entry.close.evidence)}"
    yield f"  verified by {entry.close.verify}"
    yield f"  rules       {book.version}"


@contextmanager
def _told(as_json: bool) -> Iterator[None]:
    """Wrong rules are said line by line, as compilers do, and end the command."""
    try:
        yield
    except BadRules as why:
        if as_json:
            found = [problem._asdict() for problem in why.problems]
            click.echo(json.dumps({"problems": len(found), "found": found}, ensure_ascii=False))
        else:
            for problem in why.problems:
                click.echo(str(problem), err=True)
            click.echo(f"{len(why.problems)} problems", err=True)
        raise SystemExit(EXIT_BAD_RULES) from None
