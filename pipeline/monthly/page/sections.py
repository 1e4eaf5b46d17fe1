"""The sections of the report, one function each: from what was counted to what the page shows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from pipeline.core.rules.refusals import meaning_of
from pipeline.indicators.indicator_table import FLOWS, INDICATORS, STOCKS, Indicator
from pipeline.monthly.counting import CountedIndicator
from pipeline.monthly.details import ReportDetails, StepTimes
from pipeline.monthly.monthly_goals import IndicatorGoals
from pipeline.monthly.page.blocks import (
    Bar,
    Block,
    Cell,
    Column,
    FormulaText,
    Heading,
    Note,
    ReportSection,
    RowTable,
    SideBySide,
    Strong,
    Tile,
)
from pipeline.monthly.page.number_text import (
    FEW,
    NOTHING,
    change_of,
    count,
    goal_text,
    hours,
    parts_of,
    share,
    value_of,
)
from pipeline.monthly.page.plots import Plot, PlotSeries
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
    ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.CLAIM, ClockKind.SIGN, ClockKind.CONTACT, ClockKind.ARRIVE,
    ClockKind.DISPOSE, ClockKind.JOINT, ClockKind.VERIFY, ClockKind.CALLBACK, ClockKind.WHOLE, ClockKind.STAGE, ClockKind.LEGAL,
)  # fmt: skip
"""In the order of the work; a partner's steps stand with joint enforcement."""
_IN_TURN: Final = (
    ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.CLAIM, ClockKind.DISPOSE, ClockKind.JOINT, ClockKind.VERIFY, ClockKind.CALLBACK,
)  # fmt: skip
"""Those that follow one another: signing and coming on site happen while the handling runs."""


def tiles(now: Counts, before: Counts | None) -> list[Tile]:
    """What one looks at first."""
    return [_tile(INDICATORS[key], now, before) for key in _TILES]


def _tile(indicator: Indicator, now: Counts, before: Counts | None) -> Tile:
    counted = now[indicator.key]
    change = change_of(indicator, counted, before[indicator.key]) if before else ""
    compared = f"较上期 {change}" if change else parts_of(indicator, counted)
    return Tile(value_of(indicator, counted), Name(indicator.zh, indicator.en), compared)


def indicators(now: Counts, before: Counts | None, goals: IndicatorGoals) -> ReportSection:
    """All of them with their formulas, and beside them the period before and the goals, where there are any."""
    goal_column = [Column("目标", "goal", True)] if goals else []
    columns = [
        Column("指标", "indicator"), Column("本期", "this period", True), Column("分子 / 分母", "parts", True),
        Column("上期", "before", True), Column("增减", "change", True), *goal_column, Column("公式", "formula"),
    ]  # fmt: skip
    few = Note(
        f"分母不足 {FEW} 时不写百分比，写件数；“—”表示没有可计的。时段含起不含止。",
        f"Of fewer than {FEW} the cases are told, not a percentage; — where there is nothing to count.",
    )
    flows, stocks = (
        RowTable(columns, [_indicator(row, now, before, goals) for row in rows]) for rows in (FLOWS, STOCKS)
    )
    at_the_end = Heading("期末存量", "What stands at the end")
    return ReportSection("indicators", "指标", "Indicators", [few, flows, at_the_end, stocks])


def _indicator(indicator: Indicator, now: Counts, before: Counts | None, goals: IndicatorGoals) -> list[Cell]:
    key = indicator.key
    goal, counted, was = goals.get(key), now[key], before[key] if before else None
    return [
        Name(indicator.zh, indicator.en),
        Strong(value_of(indicator, counted)),
        parts_of(indicator, counted),
        value_of(indicator, was) if was else None,
        change_of(indicator, counted, was) if was else None,
        *([goal_text(indicator, goal, counted) if goal else None] if goals else []),
        FormulaText(indicator.formula_zh, indicator.formula_en),
    ]


def daily(report: ReportDetails) -> ReportSection:
    """Two plots: what came and went each day, and what stood at its end."""
    rows = report.days
    days = [row.day for row in rows]
    flow = Plot(
        "每日来件、处置、结案", days,
        [
            PlotSeries("来件 reports", _GREY, [row.reports for row in rows], is_bars=True),
            PlotSeries("处置 handled", _BLUE, [row.handled for row in rows]),
            PlotSeries("结案 closed", _ORANGE, [row.closed for row in rows], dash="6 3"),
        ],
    )  # fmt: skip
    stock = Plot(
        "每日末在办、超期", days,
        [
            PlotSeries("日末在办 open at the day's end", _PURPLE, [row.open for row in rows], dash="2 3"),
            PlotSeries("日末超期未处置 overdue at the day's end", _ORANGE, [row.overdue for row in rows], is_bars=True),
        ],
    )  # fmt: skip
    return ReportSection("daily", "每日", "Day by day", [flow, stock])


def funnel(report: ReportDetails, names: Names) -> ReportSection:
    """Each step's own time; which of those that follow one another takes how much of the whole."""
    columns = [
        Column("环节", "step"), Column("计时", "hours"), Column("完成", "ended", True), Column("按时", "in time", True),
        Column("中位", "p50", True), Column("九成以内", "p90", True), Column("占全程", "part of the way", True),
    ]  # fmt: skip
    in_turn = sum(step.calendar_s for step in report.steps if step.clock in _IN_TURN)
    steps = sorted(
        (step for step in report.steps if step.clock in _STEPS),
        key=lambda step: _STEPS.index(ClockKind(step.clock)),
    )
    words = Note(
        "时长为各环节自身计时（办公或自然时间，停表除外）。占全程：先后相接的环节按自然时间折算，签收、到场在处置之内。",
        "A step's own time: office or natural hours, halts not counted. Part of the way: by calendar time, of the steps that follow one another.",
    )
    rows = RowTable(columns, [_step(step, in_turn, names) for step in steps])
    return ReportSection("funnel", "流程各环节", "Step by step", [words, rows])


_HOURS: Final = {"office": Name("工作时间", "office"), "natural": Name("自然时间", "natural")}


def _step(step: StepTimes, in_turn: float, names: Names) -> list[Cell]:
    bar = Bar(step.calendar_s / in_turn) if step.clock in _IN_TURN and in_turn else None
    return [
        names.of("clock", step.clock), _HOURS[step.hours], step.ended,
        share(step.kept, step.ended), hours(step.p50_s), hours(step.p90_s) if step.ended >= FEW else NOTHING, bar,
    ]  # fmt: skip


_SLICES: Final = {
    "team": ("按队伍", "By team", "队伍", "team"),
    "category": ("按事项大类", "By category", "大类", "category"),
    "severity": ("按等级", "By severity", "等级", "severity"),
    "source": ("按来源", "By source", "来源", "source"),
    "street": ("按街道", "By street", "街道", "street"),
}
_CASE_COLUMNS: Final = {
    "opened": Column("登记", "opened", True),
    "dispatches": Column("派遣", "dispatches", True),
    "returned": Column("退单", "returned", True),
    "handled": Column("处置", "handled", True),
    "handled_on_time": Column("按期处置率", "in time", True),
    "reworked": Column("返工", "reworks", True),
    "closed": Column("结案", "closed", True),
    "open": Column("期末在办", "open", True),
    "overdue": Column("期末超期", "overdue", True),
}
_REPORT_COLUMNS: Final = {"reports": Column("来件", "reports", True)}
_SLICE_COLUMNS: Final[Mapping[str, Mapping[str, Column]]] = {
    "team": {key: column for key, column in _CASE_COLUMNS.items() if key != "opened"},
    "severity": _CASE_COLUMNS,
    "category": _REPORT_COLUMNS | _CASE_COLUMNS,
    "source": _REPORT_COLUMNS | _CASE_COLUMNS,
    "street": _REPORT_COLUMNS | _CASE_COLUMNS,
}
"""The indicators that each slice shows. A report has no team yet, nor has a case that was only just opened."""


def slices(report: ReportDetails, names: Names) -> ReportSection:
    """The same by team, category, severity, source and street, in the order of the rules: this is no league table."""
    words = Note(
        "队伍为承办或最近承办的一支；顺序按规则，不按数字排名。",
        "A team holds the case or held it last. In the order of the rules: nothing is ranked.",
    )
    blocks: list[Block] = [words]
    for kind, (zh, en, head_zh, head_en) in _SLICES.items():
        blocks += [Heading(zh, en), _slice_table(report, names, kind, Column(head_zh, head_en))]
    return ReportSection("slices", "分类统计", "Team, category, severity, source", blocks)


def _slice_table(report: ReportDetails, names: Names, kind: str, head: Column) -> RowTable:
    """A row per part of which anything is counted."""
    columns, parts = _SLICE_COLUMNS[kind], report.slices[kind]
    rows: list[list[Cell]] = []
    for code in sorted(parts, key=names.place(kind)):
        cells = [_slice_cell(key, parts[code]) for key in columns]
        if any(cell for cell in cells if isinstance(cell, int)):
            rows.append([names.of(kind, code), *cells])
    return RowTable([head, *columns.values()], rows)


def _slice_cell(key: str, counted: Counts) -> Cell:
    """Of the indicators that are shares here their numerator, but for the share handled in time."""
    numerator, denominator = counted[key].numerator, counted[key].denominator
    return share(numerator, denominator or 0) if key == "handled_on_time" else int(numerator)


def spots(report: ReportDetails, names: Names) -> ReportSection:
    """Where the same comes again."""
    columns = [
        Column("网格", "grid"), Column("事项", "matter"), Column("案件", "cases", True), Column("其中在办", "open", True),
        Column("其中回潮", "relapses", True),
    ]  # fmt: skip
    words = Note(
        f"期末前 {SPOT_DAYS} 天内同网格、同事项登记两件以上；不含并案、作废、不予立案。共 {len(report.spots)} 处。",
        f"Two cases or more of one matter in one grid, opened in the {SPOT_DAYS} days before the end; without merged, voided and rejected ones.",
    )
    rows: list[list[Cell]] = [
        [spot.grid, names.of("matter", spot.matter), spot.cases, spot.open, spot.relapses]
        for spot in report.spots[:ROWS_MAX]
    ]
    blocks: list[Block] = [words, RowTable(columns, rows), *_cut(len(report.spots))]
    return ReportSection("spots", "重复点位", "Repeat spots", blocks)


def late(report: ReportDetails, names: Names) -> ReportSection:
    """Which cases are overdue at the end."""
    columns = [
        Column("案件", "case"), Column("事项", "matter"), Column("等级", "severity"), Column("队伍", "team"),
        Column("处置时限", "was due"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            case.case_id,
            names.of("matter", case.matter),
            case.severity,
            names.of("team", case.team),
            _from_us(case.due_us),
        ]
        for case in report.late[:ROWS_MAX]
    ]
    blocks: list[Block] = [RowTable(columns, rows), *_cut(len(report.late))]
    return ReportSection("late", "期末超期未处置", "Overdue at the end", blocks)


def reasons_and_calls(report: ReportDetails, names: Names) -> ReportSection:
    """Returns, suspensions and ends by reason; what callers said."""
    calls = [
        Column("来源", "source"), Column("有效回访", "reached", True), Column("解决", "solved", True),
        Column("满意", "satisfied", True), Column("未接通次数", "missed calls", True), Column("未接通结案", "closed unreached", True),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            names.of("source", row.source),
            *_called_back(report.slices["source"][row.source]),
            row.missed,
            row.unreached,
        ]
        for row in report.calls
    ]
    reasons = SideBySide(
        [
            [Heading("退单原因", "Given back, by reason"), _reasons(report.returns, names, "return")],
            [Heading("挂账原因", "Suspended, by reason"), _reasons(report.suspensions, names, "suspension")],
            [Heading("结案方式", "Closed, by outcome"), _reasons(report.closed, names, "outcome")],
        ]
    )
    blocks: list[Block] = [reasons, Heading("回访", "Call-backs"), RowTable(calls, rows)]
    return ReportSection(
        "said", "退单、挂账、结案与回访", "Given back, suspended, closed, called back", blocks
    )


def _called_back(counted: Counts) -> list[Cell]:
    """Callers reached, and of these the shares that say solved and satisfied."""
    solved, satisfied = counted["solved"], counted["satisfied"]
    reached = solved.denominator or 0
    return [reached, share(solved.numerator, reached), share(satisfied.numerator, reached)]


def turned_away(report: ReportDetails) -> ReportSection:
    """Reports that were refused, and what could not be read at all."""
    return ReportSection(
        "refused", "不予受理与死信", "Refused and dead letters",
        [
            Heading("不予受理", "Refused reports"), _codes(report.refusals),
            Heading("死信", "Dead letters"), _codes(report.dead),
            Note("死信不计入来件数。", "Dead letters are not among the reports."),
        ],
    )  # fmt: skip


def _codes(times: Mapping[str, int]) -> RowTable:
    columns = [Column("代码", "code"), Column("件数", "many", True), Column("含义", "meaning")]
    return RowTable(columns, [[code, n, Name(*meaning_of(code))] for code, n in _most(times.items())])


def _reasons(times: Mapping[str, int], names: Names, kind: str) -> RowTable:
    total = sum(times.values())
    columns = [Column("原因", "reason"), Column("次数", "times", True), Column("占比", "share", True)]
    rows: list[list[Cell]] = [[names.of(kind, code), n, share(n, total)] for code, n in _most(times.items())]
    return RowTable(columns, rows)


def _most(pairs: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    yield from sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _cut(rows: int) -> list[Note]:
    """That a list was cut; nothing where it was not."""
    if rows <= ROWS_MAX:
        return []
    return [
        Note(
            f"另有 {count(rows - ROWS_MAX)} 行，见 cases.parquet。",
            f"{count(rows - ROWS_MAX)} more in cases.parquet.",
        )
    ]


def _from_us(microseconds: int) -> str:
    return local(datetime.fromtimestamp(microseconds // 1_000_000, UTC))
