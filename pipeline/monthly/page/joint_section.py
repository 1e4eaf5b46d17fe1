"""The section on joint enforcement (联合执法): days against the goal, and what each partner took."""

from collections.abc import Iterator
from typing import Final

from pipeline.monthly.details import Partner, ReportDetails
from pipeline.monthly.monthly_goals import IndicatorGoal
from pipeline.monthly.page.blocks import Block, Cell, Column, Note, ReportSection, RowTable
from pipeline.monthly.page.number_text import NOTHING, hours, share
from pipeline.monthly.page.row_names import Names


def joint(report: ReportDetails, names: Names, goal: IndicatorGoal | None) -> ReportSection:
    """Without a goal the days alone."""
    columns = [
        Column("办结", "ended", True), Column("平均天数", "mean days", True), Column("中位天数", "median days", True),
        Column("最长", "longest", True),
    ]  # fmt: skip
    days = report.joint.days
    row: list[Cell] = [
        report.joint.ended,
        _days(sum(days) / len(days) if days else None),
        _days(report.joint.p50_days),
        _days(report.joint.longest_days),
    ]
    blocks: list[Block] = []
    if goal is not None:
        columns.append(Column(f"{goal.bound:g} 天以内", f"within {goal.bound:g} days", True))
        row.append(share(sum(length <= goal.bound for length in days), len(days)))
        blocks.append(_against(goal))
    if goal is not None and goal.was is not None:
        columns.append(Column(f"超过 {goal.was:g} 天", f"over {goal.was:g} days", True))
        row.append(share(sum(length > goal.was for length in days), len(days)))
    partners = Note(
        "各部门：按时件数，括号内为中位时长（自身计时）。",
        "Each partner: in time, and in brackets the median of its own time.",
    )
    blocks += [
        RowTable(columns, [row]),
        partners,
        RowTable(_PARTNER_COLUMNS, list(_partners(report, names))),
    ]
    return ReportSection("joint", "联合执法", "Joint enforcement", blocks)


_PARTNER_STEPS: Final = ("partner_respond", "partner_arrive", "partner_finish")
_PARTNER_COLUMNS: Final = [
    Column("部门", "department"), Column("响应", "responds", True), Column("到场", "arrives", True), Column("办结", "finishes", True),
]  # fmt: skip


def _partners(report: ReportDetails, names: Names) -> Iterator[list[Cell]]:
    """One row per department, in the order of the roster."""
    steps_of: dict[str, dict[str, Partner]] = {}
    for partner in report.partners:
        steps_of.setdefault(partner.department, {})[partner.clock] = partner
    for department in sorted(steps_of, key=names.place("department")):
        steps = (steps_of[department].get(step) for step in _PARTNER_STEPS)
        cells = (f"{share(step.kept, step.ended)} ({hours(step.p50_s)})" if step else None for step in steps)
        yield [names.of("department", department), *cells]


def _against(goal: IndicatorGoal) -> Note:
    was_zh, was_en = (f"由 {goal.was:g} 天", f"from {goal.was:g} days ") if goal.was is not None else ("", "")
    return Note(
        f"目标：{was_zh}缩短到 {goal.bound:g} 天以内，自然天数。",
        f"Goal: {was_en}to {goal.bound:g} days, calendar days.",
    )


def _days(days: float | None) -> str:
    return NOTHING if days is None else f"{days:.2f}"
