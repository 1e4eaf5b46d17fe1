"""`--evidence FILE` and `--kind KIND`: evidence as items that were written down, or as the photos and clips themselves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, cast

import click

from pipeline.edge.commands.json_argument import read_json
from pipeline.edge.evidence.evidence_file import UnreadableEvidence, evidence_of
from pipeline.words.act_help import EVIDENCE_KIND
from pipeline.words.evidence_words import KINDS
from pipeline.words.field_words import Lang
from pipeline.words.spoken import said, told
from schemas.values.terms import EvidenceKind

WRITTEN_DOWN: Final = ".json"


def kind_option(name: str, lang: Lang) -> click.Option:
    """`--kind`, one for each file that is evidence itself, in the order of the files."""
    kinds = ", ".join(f"{kind.value} {KINDS[kind][Lang.ZH]}" for kind in EvidenceKind)
    return click.Option(
        ["--kind", name], multiple=True, metavar="KIND[:NAME]", help=f"{EVIDENCE_KIND.says(lang)}: {kinds}"
    )


def read_evidence(files: object, kinds: object) -> list[object]:
    """The items: those that a .json file lists, and one for each other file, with the kind that stands at its place.

    Raises:
        BadParameter: as many kinds as files are asked for; an unknown kind; a file that cannot be read.
    """
    paths, spelled = cast(Sequence[Path], files), list(cast(Sequence[str], kinds))
    contents = [path for path in paths if path.suffix.lower() != WRITTEN_DOWN]
    if len(contents) != len(spelled):
        raise click.BadParameter(
            said(
                "{files} files, {kinds} kinds; allowed: a kind for each photo, clip or paper, in their order; items that are "
                "written down are in a {suffix} file",
                files=len(contents),
                kinds=len(spelled),
                suffix=WRITTEN_DOWN,
            ),
            param_hint="--kind",
        )
    made = iter([_item(path, kind) for path, kind in zip(contents, spelled, strict=True)])
    items: list[object] = []
    for path in paths:
        if path.suffix.lower() != WRITTEN_DOWN:
            items.append(next(made))
            continue
        content = read_json(path, "--evidence")
        items += content if isinstance(content, list) else [content]
    return items


def _item(path: Path, spelled: str) -> Mapping[str, object]:
    kind, _, name = spelled.partition(":")
    if kind not in (kinds := [term.value for term in EvidenceKind]):
        allowed = ", ".join(kinds)
        raise click.BadParameter(
            said("{kind}: no such kind; allowed: {allowed}", kind=kind, allowed=allowed), param_hint="--kind"
        )
    try:
        return evidence_of(path, EvidenceKind(kind), name or None)
    except UnreadableEvidence as error:
        raise click.BadParameter(told(error.message), param_hint="--evidence") from error
