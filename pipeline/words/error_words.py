"""What an error of ours says to people: its English as it was raised, its Chinese made of its code and its parts."""

from typing import TYPE_CHECKING

from pipeline.words.language import Lang
from pipeline.words.spoken import say_in, told, told_in
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
    return [f"ENFORCEMENT_{str(problem['loc'][0]).upper()}: {told(problem['msg'])}" for problem in problems]


def _fault(fault: BadMessage, lang: Lang) -> str:
    """What is wrong, where, and what would be right."""
    meaning = CODES[fault.code].zh if fault.code in CODES else fault.code
    where = f" {fault.field}" if fault.field else ""
    if not fault.allowed:
        return meaning + where
    return f"{meaning}{where}: {say_in(lang, 'allowed: {allowed}', allowed=told_in(lang, fault.allowed))}"
