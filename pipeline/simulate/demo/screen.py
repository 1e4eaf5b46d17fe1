"""The demonstration's display: live in a terminal, plain lines elsewhere, and the table at the end. It decides nothing."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pipeline.simulate.demo.live_state import JOINT_STATUS, STAGES, LiveState
from pipeline.simulate.tally.against_truth import AgainstTruth, Joining, Locating, Recognising
from pipeline.simulate.tally.day_counts import DayCounts
from pipeline.words.field_words import Lang, moment
from pipeline.words.penalty_words import PENALTY_STEPS
from pipeline.words.spoken import said

LINE_SECONDS: Final = 5.0
LATE_SHOWN: Final = 5
OPEN_SHOWN: Final = 4
MIDDLE_LINES: Final = 22
"""The lines of the longest of the three panels."""
TODAY_SHOWN: Final = (
    *(
        "reports",
        "cases",
        "merged",
        "answered",
        "assessed",
        "repeated",
        "refused",
        "dead_letters",
        "on_time",
        "breached",
        "joint",
    ),
    *("penalties", "returned", "suspended", "extended", "voided", "transferred", "reopened"),
)
_LINE: Final = (
    "{at}  {reports} reports, {cases} cases, {merged} merged, {open} open, {closed} closed, {late} late, {actions} actions, "
    "receipt p50 {receipt_ms} ms"
)
COLOURS: Final = {
    "report": "white", "merge": "cyan", "dispatch": "blue", "done": "green", "closed": "bold green",
    "trouble": "bold red", "refused": "yellow", "together": "magenta", "penalty": "bold yellow",
}  # fmt: skip
NAMES: Final = {
    "reports": ("上报", "records pushed as reports, bad ones and repeats too"),
    "cases": ("登记", "cases opened"),
    "merged": ("并案", "reports that joined an open case"),
    "answered": ("直接答复", "reports that are nothing to enforce, answered at once"),
    "assessed": ("研判", "cases of which a person said what they are about, or where"),
    "repeated": ("重报", "known numbers pushed again, answered as the first time"),
    "refused": ("不予受理", "reports understood and refused"),
    "dead_letters": ("死信", "records that could not be read"),
    "closed": ("结案", "cases closed, or found to be nothing"),
    "open": ("在办", "cases still open at the end"),
    "on_time": ("按期", "disposed of within their deadline"),
    "breached": ("超期", "disposed of too late, or still not though due"),
    "lost": ("丢失", "records without an outcome"),
    "doubled": ("重复", "records with two outcomes"),
    "returned": ("退单", "tasks that a team gave back"),
    "joint": ("联合", "cases of joint enforcement"),
    "suspended": ("挂账", "times that a case rested"),
    "extended": ("延期", "times that a case had more time"),
    "voided": ("作废", "cases that never should have been"),
    "transferred": ("移送", "cases that are another organ's"),
    "reopened": ("重办", "times that a case was taken up again"),
    "penalties": ("处罚", "cases with a penalty procedure"),
}


@dataclass(frozen=True, slots=True)
class View:
    """One moment. `share` is the part of the day that is over, from 0 to 1; latencies are real milliseconds, unsorted."""

    title: str
    now: datetime
    share: float
    speed: float
    counts: DayCounts
    live_state: LiveState
    actions: int
    entries_per_s: float
    latencies_ms: Sequence[float]


@contextmanager
def live_screen(console: Console) -> Iterator[Callable[[View], None]]:
    """A function that shows a view each time it is called."""
    if not console.is_terminal:
        yield _ScreenLines(console).show
        return
    with Live(console=console, auto_refresh=False, screen=False, transient=True) as live:
        yield lambda view: live.update(screen_of(view, console.size.height), refresh=True)


class _ScreenLines:
    """Prints a line every few seconds, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next = 0.0

    def show(self, view: View) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LINE_SECONDS
        counts = view.counts
        late, receipt_ms = len(view.live_state.late(view.now)), f"{percentile(view.latencies_ms, 50):.0f}"
        shown = {"actions": view.actions, "late": late, "receipt_ms": receipt_ms, **counts.as_dict()}
        self._console.print(said(_LINE, at=moment(view.now), **shown), highlight=False)


def result_table(
    counts: DayCounts, truth: AgainstTruth, latencies_ms: Sequence[float], wall_s: float
) -> RenderableType:
    """The tables at the end of the day: what came of it, and how well it was understood."""
    table = Table(title=said("The day, counted from the topics"), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for name, number in counts.as_dict().items():
        chinese, meaning = NAMES[name]
        bad = name in ("lost", "doubled") and number
        table.add_row(f"{chinese} {name}", Text(str(number), "bold red" if bad else "bold"), said(meaning))
    return Group(
        table,
        truth_table(truth),
        said(
            "Push to receipt: p50 {p50} ms, p99 {p99} ms over {pushes} pushes; the whole demonstration took {seconds} s",
            p50=f"{percentile(latencies_ms, 50):.0f}",
            p99=f"{percentile(latencies_ms, 99):.0f}",
            pushes=len(latencies_ms),
            seconds=f"{wall_s:.0f}",
        ),
    )


def truth_table(truth: AgainstTruth) -> RenderableType:
    """What was made of the reports' words, against what really happened."""
    title = said("The same day, against what really happened")
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column()
    table.add_row(said("识别 recognised"), _recognised(truth.recognised))
    table.add_row(said("定位 located"), _located(truth.located))
    table.add_row(said("并案 joined"), _joined(truth.joined))
    answered = said("{surprises} pushes answered otherwise than the truth says", surprises=truth.surprises)
    table.add_row(said("答复 answered"), answered)
    return table


def _recognised(counted: Recognising) -> str:
    texts = counted.right + counted.asked + counted.wrong + counted.turned_away + counted.sent_in
    words = (
        "of {all} reports that name no matter: {right} right, {asked} put before a person, {wrong} wrong, {turned_away} turned away "
        "wrongly, {sent_in} sent in wrongly"
    )
    return said(
        words,
        all=texts,
        right=counted.right,
        asked=counted.asked,
        wrong=counted.wrong,
        turned_away=counted.turned_away,
        sent_in=counted.sent_in,
    )


def _located(counted: Locating) -> str:
    addresses = counted.right + counted.asked + counted.unfound + counted.wrong
    words = (
        "of {all} reports without a grid or point: {right} right, {asked} put before a person, {unfound} kept without a grid, {wrong} "
        "wrong"
    )
    return said(
        words,
        all=addresses,
        right=counted.right,
        asked=counted.asked,
        unfound=counted.unfound,
        wrong=counted.wrong,
    )


def _joined(counted: Joining) -> str:
    words = (
        "of pairs that were joined {precision} belong together; of pairs that belong together {recall} were joined ({in_time} of those "
        "whose case was still open)"
    )
    return said(
        words,
        precision=f"{counted.precision:.0%}",
        recall=f"{counted.recall:.0%}",
        in_time=f"{counted.recall_in_time:.0%}",
    )


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of the values do not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


def screen_of(view: View, height: int) -> RenderableType:
    """The whole screen of one moment, for a terminal of `height` lines."""
    layout = Layout()
    layout.split_column(
        Layout(_head(view), size=4),
        Layout(name="middle", size=max(13, min(MIDDLE_LINES, height - 14))),
        Layout(Panel(_lines(view.live_state), title=said("最新 latest"), title_align="left")),
    )
    layout["middle"].split_row(
        Layout(Panel(_stages(view), title=said("在办 open cases"), title_align="left")),
        Layout(Panel(_numbers(view), title=said("今日 today"), title_align="left")),
        Layout(
            Panel(_late(view), title=said("超期 late · 联合 joint · 处罚 penalties"), title_align="left"),
            ratio=2,
        ),
    )
    return _FixedHeight(layout, min(height - 1, 38))


class _FixedHeight:
    """A layout of a given height; without one it takes the whole screen."""

    def __init__(self, layout: Layout, height: int) -> None:
        self._layout = layout
        self._height = height

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(self._layout, options.update(height=self._height))


def _head(view: View) -> RenderableType:
    text = Text.assemble(
        (f"{view.title} ", "bold"),
        (moment(view.now), "bold cyan"),
        said(
            "   1 s = {minutes} min   {entries} journal entries/s   receipt p50 {p50} ms  p99 {p99} ms",
            minutes=f"{view.speed / 60:.0f}",
            entries=f"{view.entries_per_s:.0f}",
            p50=f"{percentile(view.latencies_ms, 50):.0f}",
            p99=f"{percentile(view.latencies_ms, 99):.0f}",
        ),
        no_wrap=True,
        overflow="ellipsis",
    )
    return Panel(Group(text, ProgressBar(total=1.0, completed=view.share)))


def _stages(view: View) -> RenderableType:
    stages = view.live_state.stages()
    table = Table.grid(padding=(0, 1))
    phase_before = ""
    for phase, chinese, stage in STAGES:
        table.add_row(phase if phase != phase_before else "", chinese, Text(str(stages[stage]), "bold"))
        phase_before = phase
    return table


def _numbers(view: View) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for name in TODAY_SHOWN:
        number = view.counts.as_dict()[name]
        table.add_row(
            NAMES[name][0], Text(str(number), "bold red" if name == "breached" and number else "bold")
        )
    table.add_row("操作", Text(str(view.actions), "bold"))
    return table


def _late(view: View) -> RenderableType:
    late = view.live_state.late(view.now)
    table = Table.grid(padding=(0, 1))
    for late_case in late[:LATE_SHOWN]:
        hours, minutes = divmod(int(late_case.by.total_seconds()) // 60, 60)
        case = late_case.case
        team = view.live_state.team(case.street, case.task.team if case.task else None)
        table.add_row(
            Text(f"{hours}:{minutes:02d}", "bold red"), view.live_state.matter(case.facts.matter), team
        )
    if len(late) > LATE_SHOWN:
        table.add_row("", said("… {count} more", count=len(late) - LATE_SHOWN))
    return Group(table if late else Text("无", "green"), _joint_and_penalties(view.live_state))


def _joint_and_penalties(live_state: LiveState) -> RenderableType:
    """The partners that joint cases wait for, and the last step of each penalty procedure."""
    table = Table.grid(padding=(0, 1))
    for case, task in live_state.partners()[:OPEN_SHOWN]:
        status = Text(JOINT_STATUS[task.status], "magenta")
        table.add_row(
            "联合", live_state.matter(case.facts.matter), live_state.department(task.department), status
        )
    for case, penalty in live_state.penalties()[:OPEN_SHOWN]:
        step = Text(PENALTY_STEPS[penalty.steps[-1]][Lang.ZH], "bold yellow")
        team = live_state.team(case.street, case.task.team if case.task else None)
        table.add_row("处罚", live_state.matter(case.facts.matter), team, step)
    return table


def _lines(live_state: LiveState) -> RenderableType:
    lines = [
        Text(f"{line.at:%H:%M} {line.text}", COLOURS[line.kind], no_wrap=True, overflow="ellipsis")
        for line in reversed(live_state.lines)
    ]
    return Group(*lines)
