"""An alert group as people read it, from the templates, as long as a channel takes."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.indicators.objectives import Objectives
from pipeline.notify.alert_group import AlertGroup, GroupedAlert
from pipeline.notify.channel import TextForm, TextMessage
from pipeline.settings import Settings
from pipeline.words.field_words import moment

_TEMPLATES: Final = Environment(
    loader=PackageLoader("pipeline.notify"),
    autoescape=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_WEB: Final = ("http://", "https://")
_CHINESE: Final = "zh"


class ShownAlert(NamedTuple):
    """What a template shows of an alert; times as they are in China."""

    is_firing: bool
    severity: str
    summary: str
    description: str
    since: str
    until: str
    runbook: str
    command: str


class MessageTexts:
    """Makes messages in the language, with the links, of a deployment."""

    def __init__(self, settings: Settings, objectives: Objectives) -> None:
        """Names of severities and boards of audiences are those of the objectives."""
        self._is_chinese = settings.notify_language == _CHINESE
        self._runbooks = (settings.notify_runbooks or "").rstrip("/")
        self._boards = (settings.notify_boards or "").rstrip("/")
        table = objectives.table
        self._severities: Mapping[str, str] = {
            code: entry.name_zh if self._is_chinese else entry.name_en
            for code, entry in table.severities.items()
        }
        self._board_of = {name: receiver.board for name, receiver in table.receivers.items()}
        template = _TEMPLATES.get_template(f"{settings.notify_language}.txt").module
        self._title: Callable[..., str] = getattr(template, "title")  # noqa: B009  a macro, which mypy does not know
        self._block: Callable[..., str] = getattr(template, "alert")  # noqa: B009
        self._more: Callable[..., str] = getattr(template, "more")  # noqa: B009
        self._board: Callable[..., str] = getattr(template, "board")  # noqa: B009

    def message(self, audience: str, group: AlertGroup, form: TextForm) -> TextMessage:
        """The group, as this channel writes."""
        shown = [self._shown(alert) for alert in group.ordered()]
        firing = sum(alert.is_firing for alert in shown)
        title = _one_line(self._title(shown[0], firing or len(shown)))
        blocks = [_lines(self._block(alert, form), form) for alert in shown]
        board = self._board_of.get(audience)
        foot = self._board(form, f"{self._boards}/d/{board}") if self._boards and board else ""
        text = fitted(blocks, lambda count: self._more(count + group.truncated_alerts), foot, form)
        return TextMessage(title, text, firing > 0)

    def _shown(self, alert: GroupedAlert) -> ShownAlert:
        said, labels = alert.annotations, alert.labels
        severity = labels.get("severity", "")
        return ShownAlert(
            alert.is_firing,
            self._severities.get(severity, severity),
            self._in_language(said.get("summary") or labels.get("alertname", "")),
            self._in_language(said.get("description", "")),
            moment(alert.starts_at),
            moment(alert.ends_at) if not alert.is_firing else "",
            self._runbook(said.get("runbook_url", "")),
            _one_line(said.get("command", "")),
        )

    def _in_language(self, text: str) -> str:
        """Our alerts say it in Chinese on one line, then in English on the next; another's text is taken whole."""
        chinese, _, english = text.partition("\n")
        return _one_line(chinese if self._is_chinese or not english else english)

    def _runbook(self, address: str) -> str:
        """A whole address where there is one: that of the alert, else the setting's with the page's name."""
        if address.startswith(_WEB) or not self._runbooks or not address:
            return address
        return f"{self._runbooks}/{address.rpartition('/')[2]}"


def fitted(blocks: Sequence[str], more: Callable[[int], str], foot: str, form: TextForm) -> str:
    """As many blocks as the channel takes, how many more there are, and the foot. A block that is too long by itself is cut at a line."""
    for kept in range(len(blocks), 0, -1):
        text = _joined([*blocks[:kept], more(len(blocks) - kept), foot], form)
        if size(text) <= form.bytes_max:
            return text
    beside = size(_joined(["", more(len(blocks) - 1) or "-", foot or "-", "…"], form))
    return _joined(
        [
            _cut(blocks[0], form.bytes_max - beside, form.newline),
            more(len(blocks) - 1),
            foot,
        ],
        form,
    )


def size(text: str) -> int:
    """The bytes that it takes in JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode())


def _joined(parts: Sequence[str], form: TextForm) -> str:
    return (form.newline * 2).join(filter(None, parts))


def _cut(text: str, room: int, newline: str) -> str:
    """The lines that there is room for, else the beginning of the first."""
    lines = text.split(newline)
    while len(lines) > 1 and size(newline.join(lines)) > room:
        lines.pop()
    kept = newline.join(lines)
    while size(kept) > room:
        kept = kept[: len(kept) * room // size(kept)] if size(kept) > 2 * room else kept[:-1]
    return f"{kept}{newline}…"


def _lines(text: str, form: TextForm) -> str:
    return form.newline.join(line.strip() for line in text.splitlines() if line.strip())


def _one_line(text: str) -> str:
    """On one line, and with nothing in it that a service takes for a mention of everybody."""
    return " ".join(text.split()).replace("<", "＜")
