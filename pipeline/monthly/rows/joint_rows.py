"""The section on joint enforcement (联合执法): days against the goal, and what each partner took."""

from collections.abc import Iterator
from typing import Final

from pipeline.monthly.details import Partner, ReportDetails
from pipeline.monthly.monthly_goals import Aim
from pipeline.monthly.page.markup import Cell, Column, Html, note, section, table
from pipeline.monthly.page.number_text import NOTHING, hours, share
from pipeline.monthly.page.row_names import Names


def joint(found: ReportDetails, names: Names, aim: Aim | None) -> Html:
    """Without a goal the days alone."""
    columns = [
        Column("办结", "ended", True), Column("平均天数", "mean days", True), Column("中位天数", "median days", True),
        Column("最长", "longest", True),
    ]  # fmt: skip
    days = found.joint.days
    row: list[Cell] = [
        found.joint.ended,
        _days(sum(days) / len(days) if days else None),
        _days(found.joint.p50_days),
        _days(found.joint.longest_days),
    ]
    parts: list[str] = []
    if aim is not None:
        columns.append(Column(f"{aim.bound:g} 天以内", f"within {aim.bound:g} days", True))
        row.append(share(sum(one <= aim.bound for one in days), len(days)))
        parts.append(_against(aim))
    if aim is not None and aim.was is not None:
        columns.append(Column(f"超过 {aim.was:g} 天", f"over {aim.was:g} days", True))
        row.append(share(sum(one > aim.was for one in days), len(days)))
    return section(
        "joint", "联合执法", "Joint enforcement", *parts, table(columns, [row]),
        note(
            "各部门：按时件数，括号内为中位时长（自身计时）。",
            "Each partner: in time, and in brackets the median of its own time.",
        ),
        table(_PARTNER_COLUMNS, _partners(found, names)),
    )  # fmt: skip


_PARTNER_STEPS: Final = ("partner_respond", "partner_arrive", "partner_finish")
_PARTNER_COLUMNS: Final = [
    Column("部门", "department"), Column("响应", "responds", True), Column("到场", "arrives", True), Column("办结", "finishes", True),
]  # fmt: skip


def _partners(found: ReportDetails, names: Names) -> Iterator[list[Cell]]:
    """One row per department, in the order of the roster."""
    of: dict[str, dict[str, Partner]] = {}
    for one in found.partners:
        of.setdefault(one.department, {})[one.clock] = one
    for department in sorted(of, key=names.place("department")):
        steps = (of[department].get(step) for step in _PARTNER_STEPS)
        told = (f"{share(one.kept, one.ended)} ({hours(one.p50_s)})" if one else None for one in steps)
        yield [names.of("department", department), *told]


def _against(aim: Aim) -> Html:
    was_zh, was_en = (f"由 {aim.was:g} 天", f"from {aim.was:g} days ") if aim.was is not None else ("", "")
    return note(
        f"目标：{was_zh}缩短到 {aim.bound:g} 天以内，自然天数。",
        f"Goal: {was_en}to {aim.bound:g} days, calendar days.",
    )


def _days(days: float | None) -> str:
    return NOTHING if days is None else f"{days:.2f}"
