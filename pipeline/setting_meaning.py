"""What each setting says of itself beside its value: the meaning for people, and who reads it."""

from enum import StrEnum
from typing import NamedTuple


class SettingReader(StrEnum):
    """A program that reads a setting."""

    WORKER = "worker"
    TOPICS = "topics"
    CLIENT = "client and commands"
    AUDIT = "audit"
    NOTIFY = "notify"
    RULES = "commands that load rules"
    BROKER = "embedded broker"
    DEMO = "demo"


class SettingMeaning(NamedTuple):
    """What a setting means, for people, and who reads it."""

    en: str
    zh: str
    read_by: tuple[SettingReader, ...] = (SettingReader.WORKER,)
