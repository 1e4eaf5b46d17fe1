"""docs/alerts.md: a row for each alert rule, with the scene in which it fired and the text as people were sent it. Written by a play of the
scenes; read again, so that a play of some scenes keeps the rows of the others."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tests.deploy.alerts_live.delivered import Key, normalised, rules_by_key
from tests.deploy.alerts_live.hastened import FACTOR
from tests.deploy.alerts_live.scene import Happening
from tests.deploy.tools import ROOT

PAGE: Final = ROOT / "docs" / "alerts.md"
NOT_FIRED: Final = "not fired"
REASONS: Final[Mapping[str, str]] = {}
"""Why an alert was not made to fire, by its name or, of one of several rules, by what tells it apart."""
_ROW: Final = re.compile(
    r"^\| \[(?P<name>\w+)\]\(runbooks/\w+\.md\)(?: (?P<variant>\w+))? \| (?P<text>[^|]*) \| \w+ \| (?P<done>[^|]*) \| (?P<how>[^|]*) \|$",
    re.MULTILINE,
)
_RUNBOOK: Final = re.compile(r"\n处置手册: \S+$")


class Row(NamedTuple):
    """What was done, whether by real processes, and the text; of an alert that did not fire the reason, and no text."""

    done: str
    how: str
    text: str


def rows_of(fires: Mapping[str, Happening], told: Mapping[Key, str]) -> dict[Key, Row]:
    """A scene's rows: of the alerts that it is played for, those of which people were told."""
    return {
        key: Row(
            fires[key.name].done,
            fires[key.name].how,
            _RUNBOOK.sub("", normalised(key, text)).replace("\n", "<br>"),
        )
        for key, text in told.items()
        if key.name in fires
    }


def read_rows(*, whole: bool = False) -> dict[Key, Row]:
    """Those of the page as it is that fired; or all."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else ""
    return {
        Key(row["name"], row["variant"] or ""): Row(row["done"], row["how"], row["text"])
        for row in _ROW.finditer(text)
        if whole or row["how"] != NOT_FIRED
    }


def write_page(rows: Mapping[Key, Row]) -> None:
    """The whole page, in the order of the rules; one without a row did not fire in its scene."""
    whole = {key: rows.get(key) or _missing(key) for key in rules_by_key()}
    lines = [_line(key, row) for key, row in whole.items()]
    PAGE.write_text("\n".join([*_head(whole.values()), *lines, ""]), "utf-8")


def _missing(key: Key) -> Row:
    return Row(REASONS.get(key.variant or key.name, "—"), NOT_FIRED, "")


def fired(rows: Iterable[Row]) -> int:
    """How many fired."""
    return sum(row.how != NOT_FIRED for row in rows)


def count_line(rows: Iterable[Row]) -> str:
    """So many of so many."""
    return f"**{fired(rows)} of {len(rules_by_key())} rules fired live.**"


def _head(rows: Iterable[Row]) -> list[str]:
    return [
        "# Alerts 告警: what people are told, and what was done to be told it",
        "",
        "Made by `python -m tests.deploy.alerts_live` (twenty minutes; part of `make test-long`): do not edit. Each alert was made to happen: real",
        "workers, a real Kafka, a real Prometheus with the shipped rules, a real Alertmanager with the shipped routes, the real `enforcement notify`; only",
        f"the chat service is played, and keeps what it was sent. Every duration of the rules is divided by {FACTOR} (a window is ten seconds at least), and nothing else is changed.",
        "",
        f"{count_line(list(rows))} *played*: the condition needs a cluster of several brokers; a server showed the metric as a broker would.",
        "What is another at each run stands as a sign: ‹时刻› a time, ‹案号› a case, ‹数› a counted number, ‹时长› how long, ‹地址› an address,",
        "‹目录› a folder; of a list of cases the first is shown. Each message ends with the link to its runbook, here in the first column. Which limits",
        "they have: [policy.md](policy.md). How they are sent: [tour.md](tour.md).",
        "",
        "| alert | as delivered | severity | what was done | how |",
        "|---|---|---|---|---|",
    ]


def _line(key: Key, row: Row) -> str:
    severity = rules_by_key()[key]["labels"]["severity"]
    named = f"[{key.name}](runbooks/{key.name}.md){' ' + key.variant if key.variant else ''}"
    return f"| {named} | {row.text} | {severity} | {row.done} | {row.how} |"
