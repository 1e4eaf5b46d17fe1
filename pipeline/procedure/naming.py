"""Names: a code, which never changes, and the words that the other commands use for it."""

from typing import NamedTuple

from pipeline.edge.explain.why_words import EVENTS
from pipeline.words.action_words import ACTION_WORDS
from pipeline.words.field_words import Both, Lang
from schemas.journal.events import CaseEvent
from schemas.journal.journal_event import event_name


class Named(NamedTuple):
    """A stage, a step, a status, an event or an action."""

    code: str
    words: Both

    def lines(self, lang: Lang) -> tuple[str, ...]:
        """The words and the code; the code alone if both are the same."""
        words = self.words[lang]
        return (self.code,) if words == self.code.replace("_", " ") else (words, self.code)

    def line(self, lang: Lang) -> str:
        """Words and code on one line: 立案 filed, or decided on the spot (simple_decided)."""
        *words, code = self.lines(lang)
        if lang is Lang.ZH or not words:
            return " ".join((*words, code))
        return f"{words[0]} ({code})"


def event_named(kind: type[CaseEvent]) -> Named:
    """An event by its name without the version."""
    code = event_name(kind).rpartition(".")[0]
    return Named(code, EVENTS[code])


def action_named(code: str) -> Named:
    """An action by its name in the help of `enforcement act`."""
    return Named(code, {Lang.ZH: ACTION_WORDS[code].name_zh, Lang.EN: code.replace("_", " ")})
