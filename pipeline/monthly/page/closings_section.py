"""The section on how cases ended (办结类型), how late the late ones were (超时倍数), and what was passed on (推诿)."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from pipeline.monthly.closings import TeamClosings, TeamPasses
from pipeline.monthly.details import ReportDetails
from pipeline.monthly.page.blocks import Block, Cell, Column, Heading, Note, ReportSection, RowTable, Strong
from pipeline.monthly.page.number_text import NOTHING
from pipeline.monthly.page.row_names import Name, Names
from pipeline.monthly.rows.closing_kinds import GROUNDS
from pipeline.words.field_words import Both, Lang

OfTeam = TypeVar("OfTeam", bound=TeamClosings | TeamPasses)

_KINDS: Final = [
    Column("队伍", "team"), Column("办结", "ended", True), Column("正常", "normal", True), Column("超时", "late", True),
    Column("差错", "fault", True), Column("特殊", "special", True), Column("超时处置", "handled late", True),
    Column("平均超时倍数", "mean multiple", True), Column("最大超时倍数", "largest", True),
]  # fmt: skip
_PASSED: Final = [
    Column("队伍", "team"), Column("退单", "given back", True), Column("派单异议", "objections", True),
    Column("推诿", "not right", True), Column("其中异议不成立", "refused", True), Column("其中退单后仍由其办理", "sent again", True),
    Column("移交两次以上案件", "passed on twice", True),
]  # fmt: skip
_GROUND_COLUMNS: Final = [Column("办结类型", "kind"), Column("情形", "ground"), Column("件数", "cases", True)]
_ALL: Final = Name("合计", "all")


def closings(report: ReportDetails, names: Names) -> ReportSection:
    """Teams in the order of the rules, the sum last: nothing is ranked."""
    found = report.closings
    blocks: list[Block] = [
        Note(
            "时段内办结的案件，并案不计（随主案）；队伍为承办或最近承办的一支。同时有几种情形的，按下表自上而下取第一种。",
            "Cases that ended in the period, merged ones with their host, moved ones with the other street; the team holds the case or held it last. Of several grounds the first of the table below.",
        ),
        RowTable(_KINDS, _rows(found.teams, names, _kinds)),
        Note(
            "超时倍数 = 处置计时用时 ÷ 处置时限，均按该计时自身的时间（停表不计，延期在内）；超时处置不含经申诉不纳入考核的，也含归入差错、特殊的。",
            "Overdue multiple: time that the handling took over its limit, both by its own clock (halts in neither, an extension in the limit). Late ones of the other kinds too, not what an appeal lifted.",
        ),
        Heading("按情形", "By ground"),
        RowTable(
            _GROUND_COLUMNS,
            [
                [
                    names.of("closing", ground.kind.value),
                    _name(ground.words),
                    found.grounds.get(ground.code, 0),
                ]
                for ground in GROUNDS
            ]
            if found.grounds
            else [],
        ),
        Heading("推诿", "Buck-passing"),
        RowTable(_PASSED, _rows(found.passes, names, _passes)),
        Note(
            "推诿：派单异议不成立，或者退单、异议之后仍派给该队；因信息不足的退单和经申诉不纳入考核的退单不计。移交：退单，或者派单异议成立。",
            "Not right: an objection refused, or the same team sent again; not what was given back for want of facts, or an appeal lifted. Passed on: given back, or an objection granted.",
        ),
    ]
    return ReportSection(
        "closings", "办结类型、超时倍数与推诿", "Kinds of closing, overdue, passed on", blocks
    )


def _rows(found: Iterable[OfTeam], names: Names, cells: Callable[[OfTeam], list[Cell]]) -> list[list[Cell]]:
    place = names.place("team")

    def order(row: OfTeam) -> tuple[bool, tuple[int, str]]:
        return row.is_sum, place(row.team or "")

    return [
        [_ALL if row.is_sum else names.of("team", row.team), *cells(row)] for row in sorted(found, key=order)
    ]


def _kinds(row: TeamClosings) -> list[Cell]:
    kinds = (row.normal, row.late, row.fault, row.special)
    return [row.ended, *kinds, row.came_late, _times(row.mean_multiple), _times(row.largest_multiple)]


def _passes(row: TeamPasses) -> list[Cell]:
    shirked = Strong(str(row.shirked))
    return [row.returned, row.objected, shirked, row.refused, row.sent_again, row.passed_twice]


def _times(multiple: float | None) -> str:
    return NOTHING if multiple is None else f"{multiple:,.2f}"


def _name(words: Both) -> Name:
    return Name(words[Lang.ZH], words[Lang.EN])
