"""The two languages of all that people read."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol


class Lang(StrEnum):
    """A language of the commands."""

    ZH = "zh"
    EN = "en"


Both = Mapping[Lang, str]


def both(zh: str, en: str) -> Both:
    """Words in both languages."""
    return {Lang.ZH: zh, Lang.EN: en}


class HasNames(Protocol):
    """Whatever has a name in both languages."""

    @property
    def name_zh(self) -> str:
        """The Chinese one."""

    @property
    def name_en(self) -> str:
        """The English one."""


def name_in(lang: Lang, named: HasNames) -> str:
    """The name of something in this language."""
    return named.name_zh if lang is Lang.ZH else named.name_en
