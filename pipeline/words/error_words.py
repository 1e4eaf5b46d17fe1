"""What an error of ours says to people: its English as it was raised, its Chinese made of its code and its parts."""

from pipeline.words.language import Lang
from pipeline.words.spoken import say_in, told_in
from schemas.codes import CODES
from schemas.errors import BadMessage, PipelineError


def words_of(error: PipelineError, lang: Lang) -> str:
    """The message in one language, on one line."""
    if lang is Lang.EN or not isinstance(error, BadMessage):
        return told_in(lang, error.message)
    return "; ".join(_fault(fault, lang) for fault in (error, *error.also))


def _fault(fault: BadMessage, lang: Lang) -> str:
    """What is wrong, where, and what would be right."""
    meaning = CODES[fault.code].zh if fault.code in CODES else fault.code
    where = f" {fault.field}" if fault.field else ""
    if not fault.allowed:
        return meaning + where
    return f"{meaning}{where}: {say_in(lang, 'allowed: {allowed}', allowed=told_in(lang, fault.allowed))}"
