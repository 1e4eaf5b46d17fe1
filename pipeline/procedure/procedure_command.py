"""`enforcement procedure show|guards|page`: prints the state machines and the law's guards for people to read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import click

from pipeline.core.rules.law import Guard
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import read_or_stop
from pipeline.procedure import diagrams
from pipeline.procedure.law_page import FILE as LAW_FILE
from pipeline.procedure.law_page import law_page
from pipeline.procedure.machines import StateDiagram, What, machine_of
from pipeline.procedure.procedure_page import FILE, page
from pipeline.procedure.tables import HEADS, in_order, table_of
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.book import build, read_book
from pipeline.rulebook.tables.guard_tables import GuardEntry
from pipeline.words.command_line import LANG, group
from pipeline.words.field_words import Lang
from pipeline.words.penalty_words import STEPS
from pipeline.words.spoken import said, spoken

EXIT_STALE: Final = 1

_RULES = click.option(
    "--rules", "folder", type=click.Path(path_type=Path, file_okay=False), default=RULES_DIR,
    envvar="ENFORCEMENT_RULES_DIR", metavar="DIR", help="Folder of rules; default: the shipped ones.",
)  # fmt: skip
_DIAGRAMS: Final[Mapping[str, Callable[[StateDiagram, Lang], str]]] = {
    "mermaid": diagrams.mermaid,
    "dot": diagrams.dot,
}


@group("procedure")
def procedure_group() -> None:
    """The procedure (程序): which move follows which, who may make it, what the law requires first.

    Printed from the core's own tables, so it is never out of date.
    """


@procedure_group.command()
@click.argument("what", type=click.Choice([machine.value for machine in What]), default=What.CASE.value)
@click.option(
    "--format", "form", type=click.Choice([*_DIAGRAMS, "table"]), default="mermaid", show_default=True,
    help="A diagram for Mermaid or Graphviz, or a Markdown table.",
)  # fmt: skip
@LANG
@_RULES
def show(what: str, form: str, lang: Lang, folder: Path) -> None:
    """Print the machine of the case, of its penalty procedure, of a measure, or of a partner's joint task.

    \b
    Example:
      enforcement procedure show
      enforcement procedure show penalty --format dot | dot -Tsvg > penalty.svg
      enforcement procedure show case --format table --lang en

    The diagrams show every move; GitHub draws a block marked `mermaid`. The tables show who may do what at which stage
    (rules/roles.yaml), and which guards stand before a step of the penalty procedure (rules/procedure.yaml).
    """
    machine = What(what)
    if form == "table":
        click.echo(table_of(machine, build(read_or_stop(read_book, folder, lang)), lang))
    else:
        click.echo(_DIAGRAMS[form](machine_of(machine), lang))


@procedure_group.command()
@click.option("--step", type=click.Choice(list(STEPS)), help="Only the guards before this step.")
@terminal.output_options
@_RULES
def guards(step: str | None, as_json: bool, lang: Lang, folder: Path) -> None:
    """Print what the law requires before each step of a penalty procedure or a measure, in Chinese and English.

    \b
    Example:
      enforcement procedure guards --step decided
      enforcement procedure guards --json --rules rules-next

    Each guard has its law, article and edition, its effective day, and how thoroughly that was checked. Guards are checked in this
    order; a step that fails one is refused with its code.
    """
    book = read_or_stop(read_book, folder, lang)
    entries = book.procedure.guards.by_id()
    for guard in build(book).procedure.guards:
        if step is None or step in guard.steps:
            if as_json:
                terminal.say_json(_as_json(guard, entries[guard.id]))
            else:
                _print_guard(guard, entries[guard.id], lang)


@procedure_group.command("page")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 if a page is stale.")
@click.option(
    "--to", type=click.Path(path_type=Path, file_okay=False, exists=True), default=FILE.parent, metavar="DIR",
    help="Folder of the pages; default: docs/ of the project.",
)  # fmt: skip
@_RULES
def page_command(check: bool, to: Path, folder: Path) -> None:
    """Write docs/procedure.md, all diagrams and tables, and docs/law.md, what the law asks and how well that was checked.

    \b
    Example:
      enforcement procedure page
      enforcement procedure page --check
    """
    book = read_or_stop(read_book, folder, spoken())
    for name, text in ((FILE.name, page(book)), (LAW_FILE.name, law_page(book))):
        file = to / name
        if file.is_file() and file.read_text(encoding="utf-8", errors="replace") == text:
            continue
        if check:
            terminal.stop("stale", str(file), said("write it anew: enforcement procedure page"), EXIT_STALE)
        file.write_text(text, encoding="utf-8", newline="\n")
        click.echo(said("written: {file}", file=file))


def _as_json(guard: Guard, entry: GuardEntry) -> dict[str, object]:
    return {
        "code": guard.code,
        "steps": in_order(guard.steps),
        "law": guard.law,
        "article": guard.article,
        "edition": guard.edition,
        "effective": f"{guard.effective}",
        "confidence": entry.confidence.value,
        "text_zh": guard.text_zh,
        "text_en": guard.text_en,
    }


def _print_guard(guard: Guard, entry: GuardEntry, lang: Lang) -> None:
    steps = ("、" if lang is Lang.ZH else ", ").join(STEPS[step][lang] for step in in_order(guard.steps))
    facts = {"before": steps, "effective": f"{guard.effective}", "confidence": entry.confidence.value}
    terminal.say(f"{guard.code}  {guard.cited}")
    terminal.say(f"  {guard.text_zh}")
    if lang is Lang.EN:
        terminal.say(f"  {guard.text_en}")
    terminal.say(f"  {'; '.join(f'{HEADS[name][lang]}: {what}' for name, what in facts.items())}")
