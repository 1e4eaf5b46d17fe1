"""`enforcement matters`: the enforcement matters (执法事项), each with what closing it needs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import click

from pipeline.core.rules.rules import Matter, Rules, Team
from pipeline.edge.commands import terminal
from pipeline.edge.commands.rules_option import RULES, rules_in
from pipeline.words.command_line import command
from pipeline.words.evidence_words import KINDS
from pipeline.words.field_words import Both, Lang, both
from pipeline.words.language import name_in
from schemas.values.evidence import NamedEvidence
from schemas.values.terms import EvidenceKind

_WORDS: Final[Mapping[str, Both]] = {
    "no_matter": both("{count}个事项中没有含“{word}”的", "none of the {count} matters has {word}"),
    "list_matters": both("请查看全部事项（enforcement matters）", "see all of them: enforcement matters"),
    "closing_needs": both("结案须有：{kinds}", "closing needs: {kinds}"),
    "matters_count": both("共{count}个事项，列出{shown}个", "{shown} of {count} matters"),
}


@command("matters")
@click.argument("word", required=False)
@RULES
@terminal.output_options
def matters_command(word: str | None, folder: Path, as_json: bool, lang: Lang) -> None:
    """The enforcement matters (执法事项), or those with WORD in code, name or leading team; each with the evidence that closing needs.

    \b
    Example:
      enforcement matters
      enforcement matters 油烟
      enforcement matters SR-00 --lang zh

    Evidence as `act CASE dispose --kind` takes it. Limits, law and procedures of one: enforcement rules show matter CODE.
    Ends with 1 if no matter has the word.
    """
    rules = rules_in(folder, lang)
    found = [matter for matter in rules.matters.values() if word is None or _has(rules, matter, word)]
    if not found:
        nothing = _WORDS["no_matter"][lang].format(word=word or "", count=len(rules.matters))
        terminal.stop("unknown_matter", nothing, _WORDS["list_matters"][lang], terminal.EXIT_REFUSED)
    if as_json:
        for matter in found:
            terminal.say_json(_as_json(matter))
        return
    for line in _lines(rules, found, lang):
        terminal.say(line)
    click.echo(_WORDS["matters_count"][lang].format(shown=len(found), count=len(rules.matters)), err=True)


def _has(rules: Rules, matter: Matter, word: str) -> bool:
    team = _lead(rules, matter)
    texts = (matter.code, matter.name_zh, matter.name_en, matter.lead_team, team.name_zh, team.name_en)
    return any(word.casefold() in text.casefold() for text in texts)


def _lead(rules: Rules, matter: Matter) -> Team:
    """Every street has the leading teams of all matters; `rules check` sees to that."""
    return next(
        street.teams[matter.lead_team]
        for street in rules.streets.values()
        if matter.lead_team in street.teams
    )


def _lines(rules: Rules, found: Iterable[Matter], lang: Lang) -> Iterator[str]:
    """Two lines a matter: which it is and who leads; what closing it needs."""
    for matter in found:
        team = _lead(rules, matter)
        name = name_in(lang, matter)
        lead = name_in(lang, team)
        yield f"{matter.code}  {matter.severity.value}  {name} · {lead} ({matter.lead_team})"
        yield "    " + _WORDS["closing_needs"][lang].format(kinds=", ".join(_wanted(matter, lang)))


def _wanted(matter: Matter, lang: Lang) -> Iterator[str]:
    for required in matter.evidence_required:
        if isinstance(required, NamedEvidence):
            name = name_in(lang, required)
            yield f"{required.kind.value}:{required.name} {name}"
        else:
            yield f"{required.value} {KINDS[EvidenceKind(required)][lang]}"


def _as_json(matter: Matter) -> dict[str, object]:
    return {
        "code": matter.code,
        "name_zh": matter.name_zh,
        "name_en": matter.name_en,
        "severity": matter.severity.value,
        "lead": matter.lead_team,
        "evidence_kinds": [kind.value for kind in matter.evidence_kinds],
        "evidence_named": [
            {"kind": named.kind.value, "name": named.name, "name_zh": named.name_zh, "name_en": named.name_en}
            for named in matter.evidence_named
        ],
    }
