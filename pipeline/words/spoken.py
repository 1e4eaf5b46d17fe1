"""The language of this process, and how a sentence that stands in English in the code is said in it.

English stands where it is said; its Chinese stands in `zh/*.po`, the format that translators know, by the English text. Words of
the field, by their codes, are the tables beside this module. A text without Chinese is said in English: no command fails for
want of a translation, and `tests/words` finds it first.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.words.language import Lang

_FOLDER: Final = Path(__file__).with_name("zh")
_ENTRY: Final = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.MULTILINE)
_HOLE: Final = re.compile(r"\{(\w+)\}")
_CODE: Final = re.compile(r"[\w.\-]*", re.ASCII)
_LISTED: Final = ", "
_SEPARATORS: Final = ("; ", _LISTED)
_FULL_WIDTH: Final = {"; ": "；", _LISTED: "，"}
_CHINESE: Final = re.compile("[\u3400-\u9fff]")
_chosen: Lang | None = None


def environment_language() -> Lang:
    """The locale's language; English where it is neither Chinese nor English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return Lang.ZH if locale.lower().startswith("zh") else Lang.EN


def speak(lang: Lang | None) -> None:
    """From now on the process says everything in `lang`; None: in the environment's."""
    global _chosen
    _chosen = lang


def spoken() -> Lang:
    """The language that was chosen, else the environment's."""
    return _chosen or environment_language()


@cache
def catalogue() -> Mapping[str, str]:
    """The Chinese of each English text; read when something is first said in Chinese."""
    texts: dict[str, str] = {}
    for file in sorted(_FOLDER.glob("*.po")):
        entries = _ENTRY.findall(file.read_text(encoding="utf-8"))
        texts |= {json.loads(english): json.loads(chinese) for english, chinese in entries}
    return texts


def say_in(lang: Lang, english: str, /, **values: object) -> str:
    """`english` in `lang`, its {holes} filled with `values`."""
    text = catalogue().get(english, english) if lang is Lang.ZH else english
    return text.format(**values) if values else text


def said(english: str, /, **values: object) -> str:
    """`english` in the language of this process, its {holes} filled with `values`."""
    return say_in(spoken(), english, **values)


def told_in(lang: Lang, text: str) -> str:
    """A finished text, as a receipt or an error carries it, in `lang`: as a whole, else each of its parts; codes as they are."""
    if lang is not Lang.ZH or _CODE.fullmatch(text):
        return text
    whole = _as_a_whole(text)
    if whole is not None:
        return whole
    for separator in _SEPARATORS:
        if separator in text:
            return _joined(separator, (told_in(lang, part) for part in text.split(separator)))
    return text


def told(text: str) -> str:
    """A finished text in the language of this process."""
    return told_in(spoken(), text)


def _as_a_whole(text: str) -> str | None:
    """The Chinese of `text`, or of the pattern that it fits with the fewest characters in holes; None where there is none."""
    if text in catalogue():
        return catalogue()[text]
    fitting = [(found, chinese) for pattern, chinese in _patterns() if (found := pattern.fullmatch(text))]
    if not fitting:
        return None
    found, chinese = min(fitting, key=lambda fit: sum(map(len, fit[0].groups())))
    if any(_LISTED in value for value in found.groups()) and (listed := _listed(text)) is not None:
        return listed
    return _HOLE.sub(lambda hole: _filled(found.group(hole[1])), chinese)


def _listed(text: str) -> str | None:
    """A list of which each part has a Chinese of its own; None where one has none."""
    parts = text.split(_LISTED)
    are_said = all(_CODE.fullmatch(part) or _as_a_whole(part) is not None for part in parts)
    return _joined(_LISTED, (told_in(Lang.ZH, part) for part in parts)) if are_said else None


def _joined(separator: str, parts: Iterable[str]) -> str:
    """Parts of a Chinese text; codes alone keep the half-width mark."""
    said_parts = tuple(parts)
    is_chinese = any(map(_CHINESE.search, said_parts))
    return (_FULL_WIDTH[separator] if is_chinese else separator).join(said_parts)


def _filled(value: str) -> str:
    """What stands in a hole may itself be a text that has a Chinese."""
    return told_in(Lang.ZH, value)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What a text must be to be one of the catalogue's with its holes filled; of holes alone any text would be one."""
    with_holes = (
        (english, chinese)
        for english, chinese in catalogue().items()
        if _HOLE.search(english) and any(map(str.isalpha, _HOLE.sub("", english)))
    )
    return tuple((_pattern(english), chinese) for english, chinese in with_holes)


def _pattern(english: str) -> re.Pattern[str]:
    parts = _HOLE.split(english)  # texts at even places, names of holes at odd ones
    seen: set[str] = set()
    made = ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            made += re.escape(part)
        else:
            made += f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
            seen.add(part)
    return re.compile(made, re.DOTALL)
