"""The sections of the report, one function each: from counts to markup."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from pipeline.core.rules.refusals import meaning_of
from pipeline.indicators.indicator_table import FLOWS, INDICATORS, STOCKS, Indicator
from pipeline.monthly.counting import CountedIndicator
from pipeline.monthly.details import ReportDetails, StepTimes
from pipeline.monthly.monthly_goals import Aims
from pipeline.monthly.page.markup import (
    Cell,
    Column,
    Html,
    both,
    heading,
    note,
    section,
    side_by_side,
    table,
    text,
)
from pipeline.monthly.page.number_text import (
    FEW,
    NOTHING,
    aim_of,
    change_of,
    count,
    hours,
    parts_of,
    share,
    value_of,
)
from pipeline.monthly.page.plots import PlotSeries, plot
from pipeline.monthly.page.row_names import Name, Names
from pipeline.monthly.rows.collect import SPOT_DAYS
from pipeline.monthly.window import local
from schemas.values.terms import ClockKind

Counts = Mapping[str, CountedIndicator]

ROWS_MAX: Final = 20
"""Longer lists are cut; all rows are in the Parquet files."""

_BLUE, _ORANGE, _GREY, _PURPLE = "#0072b2", "#d55e00", "#b8c4cf", "#8a5a9e"
_TILES: Final = (
    "closed",
    "handled_on_time",
    "closed_on_time",
    "overdue",
    "returned",
    "reworked",
    "satisfied",
    "joint_days",
)
_STEPS: Final = (
    ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.CLAIM, ClockKind.SIGN, ClockKind.ARRIVE, ClockKind.DISPOSE,
    ClockKind.JOINT, ClockKind.VERIFY, ClockKind.CALLBACK, ClockKind.WHOLE, ClockKind.STAGE, ClockKind.LEGAL,
)  # fmt: skip
"""In the order of the work; a partner's steps are told with joint enforcement."""
_IN_TURN: Final = (
    ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.CLAIM, ClockKind.DISPOSE, ClockKind.JOINT, ClockKind.VERIFY, ClockKind.CALLBACK,
)  # fmt: skip
"""Those that follow one another: signing and coming on site happen while the handling runs."""


def tiles(now: Counts, before: Counts | None) -> Html:
    """What one looks at first."""
    return Html(f'<div class="tiles">{"".join(_tile(INDICATORS[key], now, before) for key in _TILES)}</div>')


def _tile(one: Indicator, now: Counts, before: Counts | None) -> str:
    change = change_of(one, now[one.key], before[one.key]) if before else ""
    compared = f"较上期 {change}" if change else parts_of(one, now[one.key])
    return (
        f'<div class="tile"><b>{text(value_of(one, now[one.key]))}</b>'
        f"<span>{both(Name(one.zh, one.en))}</span><em>{text(compared)}</em></div>"
    )


def indicators(now: Counts, before: Counts | None, aims: Aims) -> Html:
    """All of them with their formulas, and beside them the period before and the goals, where there are any."""
    goal = [Column("目标", "goal", True)] if aims else []
    columns = [
        Column("指标", "indicator"), Column("本期", "this period", True), Column("分子 / 分母", "parts", True),
        Column("上期", "before", True), Column("增减", "change", True), *goal, Column("公式", "formula"),
    ]  # fmt: skip
    few = note(
        f"分母不足 {FEW} 时不写百分比，写件数；“—”表示没有可计的。时段含起不含止。",
        f"Of fewer than {FEW} the cases are told, not a percentage; — where there is nothing to count.",
    )
    standing_at = heading("期末存量", "What stands at the end")
    return section(
        "indicators", "指标", "Indicators", few,
        table(columns, (_indicator(one, now, before, aims) for one in FLOWS)), standing_at,
        table(columns, (_indicator(one, now, before, aims) for one in STOCKS)),
    )  # fmt: skip


def _indicator(one: Indicator, now: Counts, before: Counts | None, aims: Aims) -> list[Cell]:
    aim = aims.get(one.key)
    was = before[one.key] if before else None
    formula = Html(f'{text(one.formula_zh)}<small lang="en" class="below">{text(one.formula_en)}</small>')
    return [
        Name(one.zh, one.en),
        Html(f"<b>{text(value_of(one, now[one.key]))}</b>"),
        parts_of(one, now[one.key]),
        value_of(one, was) if was else None,
        change_of(one, now[one.key], was) if was else None,
        *([aim_of(one, aim, now[one.key]) if aim else None] if aims else []),
        formula,
    ]


def daily(found: ReportDetails) -> Html:
    """Two plots: what came and went each day, and what stood at its end."""
    days = [one.day for one in found.days]
    flow = plot(
        "每日来件、处置、结案", days,
        [
            PlotSeries("来件 reports", _GREY, [one.reports for one in found.days], is_bars=True),
            PlotSeries("处置 handled", _BLUE, [one.handled for one in found.days]),
            PlotSeries("结案 closed", _ORANGE, [one.closed for one in found.days], dash="6 3"),
        ],
    )  # fmt: skip
    stock = plot(
        "每日末在办、超期", days,
        [
            PlotSeries("日末在办 open at the day's end", _PURPLE, [one.open for one in found.days], dash="2 3"),
            PlotSeries("日末超期未处置 overdue at the day's end", _ORANGE, [one.overdue for one in found.days], is_bars=True),
        ],
    )  # fmt: skip
    return section("daily", "每日", "Day by day", flow, stock)


def funnel(found: ReportDetails, names: Names) -> Html:
    """Each step's own time; which of those that follow one another takes how much of the whole."""
    columns = [
        Column("环节", "step"), Column("计时", "hours"), Column("完成", "ended", True), Column("按时", "in time", True),
        Column("中位", "p50", True), Column("九成以内", "p90", True), Column("占全程", "part of the way", True),
    ]  # fmt: skip
    in_turn = sum(one.calendar_s for one in found.steps if one.clock in _IN_TURN)
    rows = sorted(
        (one for one in found.steps if one.clock in _STEPS),
        key=lambda one: _STEPS.index(ClockKind(one.clock)),
    )
    words = note(
        "时长为各环节自身计时（办公或自然时间，停表除外）。占全程：先后相接的环节按自然时间折算，签收、到场在处置之内。",
        "A step's own time: office or natural hours, halts not counted. Part of the way: by calendar time, of the steps that follow one another.",
    )
    return section(
        "funnel",
        "流程各环节",
        "Step by step",
        words,
        table(columns, (_step(one, in_turn, names) for one in rows)),
    )


_HOURS: Final = {"office": Name("工作时间", "office"), "natural": Name("自然时间", "natural")}


def _step(one: StepTimes, in_turn: float, names: Names) -> list[Cell]:
    part = one.calendar_s / in_turn if one.clock in _IN_TURN and in_turn else None
    bar = (
        Html(f'<span class="bar" style="width:{part * 90:.0f}px"></span>{part:.1%}')
        if part is not None
        else None
    )
    return [
        names.of("clock", one.clock), _HOURS[one.hours], one.ended,
        share(one.kept, one.ended), hours(one.p50_s), hours(one.p90_s) if one.ended >= FEW else NOTHING, bar,
    ]  # fmt: skip


_SLICES: Final = {
    "team": ("按队伍", "By team", "队伍", "team"),
    "category": ("按事项大类", "By category", "大类", "category"),
    "severity": ("按等级", "By severity", "等级", "severity"),
    "source": ("按来源", "By source", "来源", "source"),
    "street": ("按街道", "By street", "街道", "street"),
}
_TOLD_OF_CASES: Final = {
    "opened": Column("立案", "opened", True),
    "dispatches": Column("派遣", "dispatches", True),
    "returned": Column("退单", "returned", True),
    "handled": Column("处置", "handled", True),
    "handled_on_time": Column("按期处置率", "in time", True),
    "reworked": Column("返工", "reworks", True),
    "closed": Column("结案", "closed", True),
    "open": Column("期末在办", "open", True),
    "overdue": Column("期末超期", "overdue", True),
}
_REPORTS: Final = {"reports": Column("来件", "reports", True)}
_TOLD: Final[Mapping[str, Mapping[str, Column]]] = {
    "team": {key: column for key, column in _TOLD_OF_CASES.items() if key != "opened"},
    "severity": _TOLD_OF_CASES,
    "category": _REPORTS | _TOLD_OF_CASES,
    "source": _REPORTS | _TOLD_OF_CASES,
    "street": _REPORTS | _TOLD_OF_CASES,
}
"""What is told of each part. A report has no team yet, nor has a case that was only just opened."""


def slices(found: ReportDetails, names: Names) -> Html:
    """The same by team, category, severity, source and street, in the order of the rules: this is no league table."""
    words = note(
        "队伍为承办或最近承办的一支；顺序按规则，不按数字排名。",
        "A team holds the case or held it last. In the order of the rules: nothing is ranked.",
    )
    parts: list[str] = [words]
    for kind, (zh, en, head_zh, head_en) in _SLICES.items():
        parts += [heading(zh, en), _slice(found, names, kind, Column(head_zh, head_en))]
    return section("slices", "分类统计", "Team, category, severity, source", *parts)


def _slice(found: ReportDetails, names: Names, kind: str, head: Column) -> Html:
    told, parts = _TOLD[kind], found.slices[kind]
    rows = (
        (names.of(kind, code), [_sliced(key, parts[code]) for key in told])
        for code in sorted(parts, key=names.place(kind))
    )
    return table([head, *told.values()], ([name, *cells] for name, cells in rows if any(_counts(cells))))


def _sliced(key: str, counted: Counts) -> Cell:
    """Of the indicators that are shares here their numerator, but for the share handled in time."""
    one = counted[key]
    return share(one.numerator, one.denominator or 0) if key == "handled_on_time" else int(one.numerator)


def _counts(cells: Iterable[Cell]) -> Iterator[int]:
    return (cell for cell in cells if isinstance(cell, int))


def spots(found: ReportDetails, names: Names) -> Html:
    """Where the same comes again."""
    columns = [
        Column("网格", "grid"), Column("事项", "matter"), Column("案件", "cases", True), Column("其中在办", "open", True),
        Column("其中回潮", "relapses", True),
    ]  # fmt: skip
    words = note(
        f"期末前 {SPOT_DAYS} 天内同网格、同事项立案两件以上；不含并案、作废、不予立案。共 {len(found.spots)} 处。",
        f"Two cases or more of one matter in one grid, opened in the {SPOT_DAYS} days before the end; without merged, voided and rejected ones.",
    )
    rows: list[list[Cell]] = [
        [one.grid, names.of("matter", one.matter), one.cases, one.open, one.relapses]
        for one in found.spots[:ROWS_MAX]
    ]
    return section("spots", "重复点位", "Repeat spots", words, table(columns, rows), _cut(len(found.spots)))


def late(found: ReportDetails, names: Names) -> Html:
    """Which cases are overdue at the end."""
    columns = [
        Column("案件", "case"), Column("事项", "matter"), Column("等级", "severity"), Column("队伍", "team"),
        Column("处置时限", "was due"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            one.case_id,
            names.of("matter", one.matter),
            one.severity,
            names.of("team", one.team),
            _from_us(one.due_us),
        ]
        for one in found.late[:ROWS_MAX]
    ]
    return section(
        "late", "期末超期未处置", "Overdue at the end", table(columns, rows), _cut(len(found.late))
    )


def said(found: ReportDetails, names: Names) -> Html:
    """Returns, suspensions and ends by reason; what callers said."""
    calls = [
        Column("来源", "source"), Column("有效回访", "reached", True), Column("解决", "solved", True),
        Column("满意", "satisfied", True), Column("未接通次数", "missed calls", True), Column("未接通结案", "closed unreached", True),
    ]  # fmt: skip
    answers: list[list[Cell]] = [
        [
            names.of("source", one.source), *_called_back(found.slices["source"][one.source]), one.missed, one.unreached,
        ]
        for one in found.calls
    ]  # fmt: skip
    return section(
        "said", "退单、挂账、结案与回访", "Given back, suspended, closed, called back",
        side_by_side(
            Html(heading("退单原因", "Given back, by reason") + _reasons(found.returns, names, "return")),
            Html(heading("挂账原因", "Suspended, by reason") + _reasons(found.suspensions, names, "suspension")),
            Html(heading("结案方式", "Closed, by outcome") + _reasons(found.closed, names, "outcome")),
        ),
        heading("回访", "Call-backs"), table(calls, answers),
    )  # fmt: skip


def _called_back(counted: Counts) -> list[Cell]:
    """Callers reached, and of these the shares that say solved and satisfied."""
    solved, satisfied = counted["solved"], counted["satisfied"]
    reached = solved.denominator or 0
    return [reached, share(solved.numerator, reached), share(satisfied.numerator, reached)]


def turned_away(found: ReportDetails) -> Html:
    """Reports that were refused, and what could not be read at all."""
    return section(
        "refused", "不受理与死信", "Refused and dead letters",
        heading("不受理", "Refused reports"), _codes(found.refusals),
        heading("死信", "Dead letters"), _codes(found.dead),
        note("死信不计入来件数。", "Dead letters are not among the reports."),
    )  # fmt: skip


def _codes(many: Mapping[str, int]) -> Html:
    columns = [Column("代码", "code"), Column("件数", "many", True), Column("含义", "meaning")]
    return table(columns, ([code, n, Name(*meaning_of(code))] for code, n in _most(many.items())))


def _reasons(many: Mapping[str, int], names: Names, kind: str) -> Html:
    total = sum(many.values())
    columns = [Column("原因", "reason"), Column("次数", "times", True), Column("占比", "share", True)]
    return table(columns, ([names.of(kind, code), n, share(n, total)] for code, n in _most(many.items())))


def _most(pairs: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    yield from sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _cut(rows: int) -> str:
    if rows <= ROWS_MAX:
        return ""
    return note(
        f"另有 {count(rows - ROWS_MAX)} 行，见 cases.parquet。",
        f"{count(rows - ROWS_MAX)} more in cases.parquet.",
    )


def _from_us(microseconds: int) -> str:
    return local(datetime.fromtimestamp(microseconds // 1_000_000, UTC))
