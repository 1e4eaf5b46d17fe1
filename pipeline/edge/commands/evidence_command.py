"""`enforcement evidence`: a case's evidence as a list or as a bundle; and whether a bundle is whole, checked offline."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

import click

from pipeline.edge.commands import terminal
from pipeline.edge.evidence.evidence_bundle import (
    Added,
    Disagrees,
    Proof,
    bundle_of,
    linked,
    proof_of,
    written,
)
from pipeline.edge.evidence.evidence_check import (
    BUNDLE_BYTES_MAX,
    Bundle,
    EvidenceFault,
    Files,
    NoBundle,
    check,
    check_files,
    read_bundle,
)
from pipeline.edge.evidence.shared_content import SharedItem, shared_items
from pipeline.edge.explain.case_history import NoBeginning
from pipeline.words.command_line import SpokenGroup
from pipeline.words.evidence_words import KINDS, evidence_label, finding_text, set_aside_text
from pipeline.words.field_words import Lang, label, moment
from pipeline.words.spoken import told_in
from schemas.values.evidence import Evidence

HASH_SHOWN: Final = 12
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


class _CaseOrVerify(SpokenGroup):
    """Takes `CASE …` as `show CASE …`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`CASE …` as `show CASE …`."""
        skipped = next((place for place in range(0, len(args), 2) if args[place] != "--lang"), 0)
        if args[skipped:] and args[skipped] not in (*self.commands, *ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group("evidence", cls=_CaseOrVerify, subcommand_metavar="CASE | verify FILE …")
def evidence_group() -> None:
    """证据: list the evidence of CASE, write it as a bundle, or check a bundle offline.

    \b
    Example:
      enforcement evidence 140109004-E2RRVT6Q509DJ
      enforcement evidence 140109004-E2RRVT6Q509DJ --bundle case.json
      enforcement evidence verify case.json --files photos/

    Each item is linked to all before it by its hash; the last link is the case's head. Content stays where it is: only its
    hash and its address are in a bundle.
    """


@evidence_group.command("show")
@click.argument("case_id", metavar="CASE")
@click.option("--bundle", type=_FILE, metavar="FILE", help="Write it as a bundle to this new file.")
@terminal.broker_options
def show(
    case_id: str,
    bundle: Path | None,
    brokers: str | None,
    topic_prefix: str | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """The evidence of CASE in order: what it is, who handed it in, by which entry of the journal, and its link.

    \b
    Example:
      enforcement evidence 140109004-E2RRVT6Q509DJ
      enforcement evidence 140109004-E2RRVT6Q509DJ --bundle case.json

    With --json one line per item. Ends with 1 if there is no such case, or if its snapshot and the journal do not agree;
    with 76 if the journal does not hold all of it.
    """
    if bundle is not None and bundle.exists():
        _exists(bundle, lang)
    with terminal.connected(brokers, topic_prefix, lang) as client:
        case = client.case(case_id)
        entries = client.journal(case_id)
        try:
            proof = proof_of(case, entries)
        except NoBeginning as error:
            todo = label("whole_journal", lang)
            terminal.stop(error.code, label("no_beginning", lang), todo, terminal.EXIT_UNREADABLE)
        except Disagrees as error:
            message = evidence_label("disagrees", lang, why=error.message)
            terminal.stop(error.code, message, evidence_label("audit", lang), terminal.EXIT_REFUSED)
    if proof is None:
        terminal.stop("unknown_case", label("no_case", lang), label("check_id", lang), terminal.EXIT_REFUSED)
    if bundle is not None:
        _write(bundle, proof, as_json, lang)
    elif as_json:
        for row in linked(proof):
            terminal.say_json(row)
    else:
        for line in _lines(proof, lang):
            terminal.say(line)


@evidence_group.command("verify")
@click.argument("bundles", metavar="FILE…", nargs=-1, required=True, type=_FILE)
@click.option(
    "--files",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Also hash the files in it that are the items', by content or by name.",
)
@click.option("--head", metavar="HEX", help="The head as noted elsewhere, such as in the case's own file.")
@terminal.output_options
def verify(
    bundles: tuple[Path, ...], folder: Path | None, head: str | None, as_json: bool, lang: Lang
) -> None:
    """Whether the bundle in FILE is whole: nothing added, removed, changed or reordered. Needs no broker.

    \b
    Example:
      enforcement evidence verify case.json
      enforcement evidence verify case.json --files photos/ --head 3f7a…
      enforcement evidence verify cases/*.json

    Says of each item what is wrong with it, by a code: item_changed, item_removed, item_added, item_reordered,
    head_wrong, other_head, bundle_changed, file_changed. That a whole bundle was made anew shows only by its head:
    compare it with one noted elsewhere. Ends with 0 if it is whole, 1 if it is not, 2 if FILE is no bundle.

    Of several it also warns of photos and clips that two cases have (shared_content); documents may be about many cases.
    """
    if head is not None and len(bundles) > 1:
        message, todo = evidence_label("one_head", lang), evidence_label("one_file", lang)
        terminal.stop("one_head", message, todo, terminal.EXIT_USAGE)
    read = [_read(file, lang) for file in bundles]
    shared, is_broken = shared_items(read), False
    for bundle in read:
        findings = check(bundle, head.lower() if head is not None else None)
        files = _hashed(bundle, folder, lang) if folder is not None else None
        findings += files.findings if files else ()
        is_broken = is_broken or bool(findings)
        if as_json:
            _print_json(bundle, findings, files, shared)
        else:
            for line in _verdict(bundle, findings, files, head is not None, lang):
                terminal.say(line)
    for item in shared if not as_json else ():
        terminal.say(f"shared_content: {evidence_label('shared_content', lang, **item._asdict())}")
    sys.exit(terminal.EXIT_REFUSED if is_broken else 0)


def _lines(proof: Proof, lang: Lang) -> Iterator[str]:
    case = proof.case
    size = evidence_label("items", lang, size=len(proof.added))
    marks = {mark.sha256: mark for mark in case.reports[0].set_aside}
    yield f"{case.case_id}  {case.facts.matter}  {size}  {evidence_label('head', lang)} {proof.head}"
    for number, (added, row) in enumerate(zip(proof.added, linked(proof), strict=True), 1):
        yield f"{number:>3}  {_item(added.item, lang)}"
        yield f"     {_how(added, row['added'], lang)} · {str(row['link'])[:HASH_SHOWN]}…"
        mark = marks.get(added.item.sha256)
        if mark is not None:
            yield f"     {set_aside_text(mark, lang)}"


def _item(item: Evidence, lang: Lang) -> str:
    taken = moment(item.taken_at)
    if item.ended_at is not None:
        taken += f" → {moment(item.ended_at)}"
    parts = [taken, KINDS[item.kind][lang], item.name, f"{item.sha256[:HASH_SHOWN]}…", item.uri, item.device]
    if item.reviewed is not None:
        parts.append(evidence_label("reviewed" if item.reviewed else "not_reviewed", lang))
    return "  ".join(part for part in parts if part)


def _how(added: Added, row: object, lang: Lang) -> str:
    how = row if isinstance(row, dict) else {}
    who = [how.get("by"), how.get("role"), how.get("team"), how.get("source"), how.get("source_no")]
    by = " ".join(str(part) for part in who if part)
    entry = f"{evidence_label('entry', lang)} {added.entry.entry_id}"
    return f"{moment(added.entry.at)} {evidence_label('by', lang)} {by} · {how.get('event')} · {entry}"


def _write(file: Path, proof: Proof, as_json: bool, lang: Lang) -> None:
    """Never overwrites a file: it may be somebody's evidence."""
    try:
        with file.open("xb") as output:
            output.write(written(bundle_of(proof)))
    except FileExistsError:
        _exists(file, lang)
    except OSError as error:
        message = evidence_label("cannot_write", lang, file=file, why=error.strerror)
        terminal.stop("cannot_write", message, evidence_label("name_file", lang), terminal.EXIT_USAGE)
    if as_json:
        count = len(proof.added)
        terminal.say_json(
            {"file": str(file), "case_id": proof.case.case_id, "head": proof.head, "count": count}
        )
        return
    terminal.say(evidence_label("written", lang, file=file, size=len(proof.added)))
    terminal.say(f"{evidence_label('head', lang)} {proof.head}")
    terminal.say(evidence_label("check_it", lang, file=file))


def _exists(file: Path, lang: Lang) -> NoReturn:
    message = evidence_label("exists", lang, file=file)
    terminal.stop("file_exists", message, evidence_label("other_file", lang), terminal.EXIT_USAGE)


def _read(file: Path, lang: Lang) -> Bundle:
    try:
        with file.open("rb") as source:
            return read_bundle(source.read(BUNDLE_BYTES_MAX + 1))
    except OSError as error:
        _unreadable(file, error, lang)
    except NoBundle as error:
        message = evidence_label("no_bundle", lang, file=file, allowed=told_in(lang, error.message))
        terminal.stop(error.code, message, evidence_label("make_one", lang), terminal.EXIT_USAGE)


def _hashed(bundle: Bundle, folder: Path, lang: Lang) -> Files:
    try:
        return check_files(bundle, folder)
    except OSError as error:
        _unreadable(Path(error.filename or folder), error, lang)


def _unreadable(file: Path, error: OSError, lang: Lang) -> NoReturn:
    message = evidence_label("cannot_read", lang, file=file, why=error.strerror)
    terminal.stop("cannot_read", message, evidence_label("name_file", lang), terminal.EXIT_USAGE)


def _verdict(
    bundle: Bundle, findings: Sequence[EvidenceFault], files: Files | None, is_compared: bool, lang: Lang
) -> Iterator[str]:
    name = "broken" if findings else "whole"
    size = len(bundle.items)
    yield evidence_label(name, lang, case=bundle.case_id, size=size, found=len(findings))
    for finding in findings:
        yield f"{finding.code}: {finding_text(finding.code, lang, finding.number, finding.about)}"
    if files is not None:
        yield evidence_label("files", lang, size=size, found=len(files.found))
    compare = "" if is_compared else f" · {evidence_label('compare', lang)}"
    yield f"{evidence_label('head', lang)} {bundle.head}{compare}"


def _print_json(
    bundle: Bundle, findings: Sequence[EvidenceFault], files: Files | None, shared: Sequence[SharedItem]
) -> None:
    faults = [{"code": finding.code, "item": finding.number, "about": finding.about} for finding in findings]
    content: dict[str, object] = {
        "case_id": bundle.case_id,
        "whole": not findings,
        "count": len(bundle.items),
    }
    content |= {"head": bundle.head, "findings": faults, "files_found": list(files.found) if files else None}
    content["shared"] = [
        {"item": item.number, "case_id": item.other_case, "other_item": item.other_number}
        for item in shared
        if item.case_id == bundle.case_id
    ]
    terminal.say_json(content)
