"""What an error of ours says to people: its English as it was raised, its Chinese made of its code and its parts."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.words.language import Lang
from pipeline.words.spoken import said, say_in, told, told_in
from schemas.codes import CODES
from schemas.errors import BadMessage, PipelineError

if TYPE_CHECKING:
    from pydantic import ValidationError


def words_of(error: PipelineError, lang: Lang) -> str:
    """The message in one language, on one line."""
    if lang is Lang.EN or not isinstance(error, BadMessage):
        return told_in(lang, error.message)
    return "; ".join(_fault(fault, lang) for fault in (error, *error.also))


def settings_in_words(error: "ValidationError") -> list[str]:
    """A line for each setting that is wrong, in the language of this process."""
    problems = error.errors(include_input=False, include_url=False)
    return [f"{_variable(problem['loc'])}: {told(problem['msg'])}" for problem in problems]


def _variable(place: "Sequence[int | str]") -> str:
    """The variable of a field; what is wrong between several fields is said of none."""
    return f"ENFORCEMENT_{str(place[0]).upper()}" if place else "ENFORCEMENT_…"


def wrong_settings(error: "ValidationError") -> str:
    """All of them as the one line with which a process ends."""
    todo = said("mend it; enforcement config check lists all that is wrong")
    return f"error[wrong_setting]: {'; '.join(settings_in_words(error))} — {todo}"


def refused_names(unknown: Iterable[tuple[str, Sequence[str]]]) -> str:
    """All variables that nothing reads, each with the nearest names, as the one line with which a process ends."""
    words = "; ".join(unknown_in_words(name, nearest) for name, nearest in unknown)
    return f"error[unknown_setting]: {words} — {said('every variable: docs/settings.md')}"


def unknown_in_words(name: str, nearest: Sequence[str]) -> str:
    """A variable that nothing reads, and what it may have been meant to be."""
    if not nearest:
        return said("{name} is no setting", name=name)
    return said("{name} is no setting; nearest: {nearest}", name=name, nearest=", ".join(nearest))


def _fault(fault: BadMessage, lang: Lang) -> str:
    """What is wrong, where, and what would be right."""
    meaning = CODES[fault.code].zh if fault.code in CODES else fault.code
    where = f" {fault.field}" if fault.field else ""
    if not fault.allowed:
        return meaning + where
    return f"{meaning}{where}: {say_in(lang, 'allowed: {allowed}', allowed=told_in(lang, fault.allowed))}"
