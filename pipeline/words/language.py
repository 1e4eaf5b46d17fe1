"""The two languages of all that people read."""

from collections.abc import Mapping
from enum import StrEnum


class Lang(StrEnum):
    """A language of the commands."""

    ZH = "zh"
    EN = "en"


Both = Mapping[Lang, str]


def both(zh: str, en: str) -> Both:
    """Words in both languages."""
    return {Lang.ZH: zh, Lang.EN: en}
