"""Texts as people were sent them: which alert each is of, and the same with a fixed sign in place of what is another at each run."""

import re
from collections.abc import Container, Iterable, Mapping
from functools import cache, partial
from typing import Any, Final, NamedTuple

from tests.deploy.alerts_live.hastened import shipped_alerts

_OVER: Final = "【已恢复】"
_TELLING: Final = ("window", "indicator")
"""Labels that tell rules of one alert apart."""
_SIGNS: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?|\b\d\d-\d\d \d\d:\d\d\b"), "‹时刻›"),
    (re.compile(r"\b\d{9}-[0-9A-Z]{13}\b"), "‹案号›"),
    (re.compile(r"\b127\.0\.0\.1:\d+\b"), "‹地址›"),
    (re.compile(r"(?<=^)(/[\w.-]+)+(?= 的)", re.MULTILINE), "‹目录›"),
    (re.compile(r"(?<![\w.])(\d+(\.\d+)?(ms|[smhd]) ?)*\d+(\.\d+)?(ms|[smhd])(?!\w)"), "‹时长›"),
    (re.compile(r"(?<![\w.])\d+(\.\d+)?(?!\w|\.\d)"), "‹数›"),
)
"""What is another at each run, unless it stands in the text as shipped; in this order."""
_LIST: Final = re.compile(r"(‹案号›[^、。]*\(‹时刻›\))(、‹案号›[^、。]*\(‹时刻›\))+")


class Key(NamedTuple):
    """A rule: its alert, and what tells it from others of this alert."""

    name: str
    variant: str


def key_of(rule: Mapping[str, Any]) -> Key:
    """Of a rule of the shipped file."""
    labels = rule["labels"]
    return Key(rule["alert"], next((labels[label] for label in _TELLING if label in labels), ""))


@cache
def rules_by_key() -> dict[Key, dict[str, Any]]:
    """Every shipped alert rule."""
    return {key_of(rule): rule for rule in shipped_alerts()}


def told_blocks(texts: Iterable[str]) -> dict[Key, str]:
    """Of messages: each alert that fires, with its part of the first message that tells of it."""
    found: dict[Key, str] = {}
    for text in texts:
        for block in text.split("\n\n"):
            if _OVER not in block and (key := _rule_of(block)):
                found.setdefault(key, block)
    return found


def keys_told(told: Iterable[Key]) -> set[str]:
    """The names of the alerts."""
    return {key.name for key in told}


def normalised(key: Key, block: str) -> str:
    """The same at each run: times, case numbers, addresses and counted numbers are signs; of a list of cases one is shown."""
    shipped = _literals(rules_by_key()[key])
    for pattern, sign in _SIGNS:
        fixed = {found[0] for found in pattern.finditer(shipped)}
        block = pattern.sub(partial(_signed, fixed, sign), block)
    return _LIST.sub(r"\1、…", block)


def says_what_is_shipped(key: Key, text: str) -> bool:
    """Whether the text begins and goes on as the rule does now: its words up to the first that is filled in."""
    said = rules_by_key()[key]["annotations"]
    return all(_begin(said[part]) in text for part in ("summary", "description"))


def _rule_of(block: str) -> Key | None:
    """By the runbook that the block names, and by how its description begins."""
    runbook = re.search(r"runbooks/(\w+)\.md", block)
    if runbook is None:
        return None
    return next(
        (
            key
            for key, rule in rules_by_key().items()
            if key.name == runbook[1] and _begin(rule["annotations"]["description"]) in block
        ),
        None,
    )


def _signed(fixed: Container[str], sign: str, found: re.Match[str]) -> str:
    return found[0] if found[0] in fixed else sign


def _begin(annotation: str) -> str:
    """The Chinese up to what Prometheus fills in."""
    return _chinese(annotation).partition("{{")[0].strip()


def _literals(rule: Mapping[str, Any]) -> str:
    """All words that stand in the texts themselves."""
    return " ".join(
        re.sub(r"\{\{.*?\}\}", " ", _chinese(rule["annotations"][part]))
        for part in ("summary", "description")
    )


def _chinese(annotation: str) -> str:
    return annotation.partition("\n")[0]
