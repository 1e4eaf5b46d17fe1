"""答复 texts as values: by what was found, or by how a case ended, for every matter or for one. Read from `rules/answers.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.core.worktime.office_hours import day_of
from schemas import limits
from schemas.state.correction import CorrectionOrder
from schemas.values.answer_terms import AnswerFinding
from schemas.values.penalty_terms import CorrectionState
from schemas.values.terms import CaseOutcome

OF_FINDING: Final = frozenset({"matter", "place", "done", "basis", "next"})
"""What a text by finding may name: the matter, where it was, what was done, by which law or for which reason, when it goes on."""
OF_ORDER: Final = frozenset({"what", "paper", "at"})
"""What a text by the state of an order to correct may name: what is to be corrected, the number of the notice, its date."""
_MARKS: Final = "。；，.;, "
OF_OUTCOME: Final = frozenset({"matter", "place", "to"})
"""What a text by outcome may name; `to` is the organ that a case was transferred to, or the street."""


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTexts:
    """The texts, each with names in braces; `next` is the sentence that says when it goes on, with `{at}`.

    `matters` come before `found`, for the matter and the finding that they name.
    """

    found: Mapping[AnswerFinding, str]
    matters: Mapping[str, Mapping[AnswerFinding, str]]
    outcomes: Mapping[CaseOutcome, str]
    next: str
    no_place: str
    orders: Mapping[CorrectionState, str]
    instead: str
    penalised: str

    def answer(
        self,
        matter: str,
        found: AnswerFinding,
        *,
        matter_zh: str,
        place: str,
        done: str,
        basis: str,
        next_at: datetime | None,
    ) -> str:
        """What the caller is told where nobody wrote it otherwise."""
        template = self.matters.get(matter, {}).get(found) or self.found[found]
        further = self.next.format(at=_day(next_at)) if next_at is not None else ""
        return template.format(
            matter=matter_zh, place=place or self.no_place, done=_bare(done), basis=_bare(basis), next=further
        )

    def ordered(
        self, order: CorrectionOrder, *, is_penalised: bool = False, longest: int = limits.NOTE_MAX
    ) -> str:
        """What the caller is told of an order to correct, as it stands; where that is too long, less of what is to be corrected, never of the rest."""
        template = self.penalised if is_penalised else self.orders[order.state]
        said = {"paper": order.paper, "at": _day(order.until)}
        what, room = _bare(order.what), max(1, longest - len(template.format(what="", **said)))
        return template.format(what=what if len(what) <= room else f"{what[: room - 1]}…", **said)

    def acted_instead(self, cost_yuan: int) -> str:
        """What the caller is told of what was done in somebody's stead, who bears what it cost in all."""
        return self.instead.format(cost=cost_yuan)

    def ending(self, outcome: CaseOutcome, *, matter_zh: str, place: str, to: str = "") -> str:
        """What the caller is told of a case that ended without an answer of its own."""
        return self.outcomes[outcome].format(matter=matter_zh, place=place or self.no_place, to=to)


def _day(at: datetime) -> str:
    day = day_of(at)
    return f"{day.year}年{day.month}月{day.day}日"


def _bare(text: str) -> str:
    """Without the mark at its end: the template has its own."""
    return text.rstrip(_MARKS)
