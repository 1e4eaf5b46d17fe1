"""`docs/law.md`: what the law asks of a penalty procedure, where each is judged, since when, and how well it was checked."""

from collections import Counter
from collections.abc import Iterator
from inspect import getsourcefile
from pathlib import Path
from typing import Final

from pipeline.core.penalty.guard_context import GuardCheck
from pipeline.core.penalty.guards import CHECKS
from pipeline.core.rules.law import Guard
from pipeline.procedure.tables import HEADS, guard_steps, markdown
from pipeline.rulebook.book import Book, build
from pipeline.rulebook.tables.guard_tables import Cited, GuardEntry
from pipeline.rulebook.tables.procedure_tables import LegalEntry, MeasureEntry
from pipeline.rulebook.tables.rule_tables import Confidence
from pipeline.words.field_words import Lang

FILE: Final = Path(__file__).parents[2] / "docs" / "law.md"
"""Where the page of the shipped rules stands."""

_ROOT: Final = FILE.parents[1]
_HEAD: Final = """\
# The law 法律依据

What the law asks of a penalty procedure, in words of our own. Made by `enforcement procedure page` of `rules/procedure.yaml` and of the
functions that judge: do not edit.

How well each was checked 核对 (`confidence`): `text_read` is the article read in a copy of the law, `second_hand` what others say of it,
`from_memory` what nobody looked up: its article is not shown. A deployment reads them anew, with its own lawyers, before it relies on
them. Of those here: {counted}."""
_GUARDS: Final = """\
## Before a step 法定条件

A step that lacks what a row asks is refused with the code of the row, from the day on that the row is in force. `enforcement procedure
guards` prints the rows of the rules that are loaded. `pytest tests/core/penalty/test_guards.py -k CODE` refuses the step without and takes it
with what is asked; it fails when the row is taken out of the rules, as `test_without_guard.py` beside it tries for each."""
_LIMITS: Final = """\
## Limits 法定期限

They run beside the service clocks (`pipeline/core/clocks/legal_limits.py`). `pytest tests/core/penalty tests/core/clocks -k limit`.
A last day that is off moves to the next workday, but of what is marked 遇节假日不顺延: the authority's own time."""


def law_page(book: Book) -> str:
    """The text of the page."""
    return "\n\n".join(_parts(book)) + "\n"


def _parts(book: Book) -> Iterator[str]:
    table = book.procedure
    entries = table.guards.by_id()
    limits: dict[str, LegalEntry | MeasureEntry] = {**table.limits}
    limits |= {kind.value: entry for kind, entry in table.measures.by_kind().items()}
    cited: list[Cited] = [*entries.values(), *limits.values(), table.late_payment, table.later_law]
    counted = Counter(entry.confidence for entry in cited)
    yield _HEAD.format(
        counted=", ".join(f"{counted[level]} `{level}`" for level in Confidence if counted[level])
    )
    yield _GUARDS
    yield _guards([(guard, entries[guard.id]) for guard in build(book).procedure.guards])
    yield _LIMITS
    yield _limits(limits)


def _guards(guards: list[tuple[Guard, GuardEntry]]) -> str:
    heads = [_head(name) for name in ("guard", "before", "law", "effective", "confidence", "text", "code")]
    return markdown(
        heads,
        [
            (
                f"`{guard.code}`",
                guard_steps(guard, Lang.ZH),
                guard.cited,
                f"{guard.effective}",
                entry.confidence.value,
                f"{guard.text_zh}<br/>{guard.text_en}",
                _judged_by(CHECKS[guard.id]),
            )
            for guard, entry in guards
        ],
    )


def _limits(limits: dict[str, LegalEntry | MeasureEntry]) -> str:
    heads = [_head(name) for name in ("limit", "lasts", "law", "confidence")]
    return markdown(
        heads,
        [
            (f"{entry.name_zh} `{name}`", _lasts(entry), _cited(entry), entry.confidence.value)
            for name, entry in limits.items()
        ],
    )


def _lasts(entry: LegalEntry | MeasureEntry) -> str:
    more = entry.extension if isinstance(entry, MeasureEntry) else None
    lasts = f"{entry.limit} + {more}" if more else f"{entry.limit}"
    return f"{lasts}，遇节假日不顺延" if entry.roster else lasts


def _cited(entry: Cited) -> str:
    is_read = entry.confidence is not Confidence.FROM_MEMORY
    return f"《{entry.law}》{f' {entry.article}' if is_read else ''}"


def _judged_by(check: GuardCheck) -> str:
    """A link to the module, named by the function."""
    file = getsourcefile(check.missing)
    if file is None:
        raise LookupError(f"{check.missing} stands in no file")
    path = Path(file).relative_to(_ROOT).as_posix()
    return f"[{check.missing.__name__.lstrip('_')}](../{path})"


def _head(name: str) -> str:
    return HEADS[name][Lang.ZH]
