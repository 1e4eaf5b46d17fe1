"""The report as one HTML page that needs nothing else: to read, and to print as PDF. Chinese, with English beside it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.monthly.counting import CountedIndicator
from pipeline.monthly.details import ReportDetails
from pipeline.monthly.monthly_goals import IndicatorGoals
from pipeline.monthly.page import sections
from pipeline.monthly.page.blocks import Cell, Code, Column, Heading, Note, ReportSection, RowTable, Warned
from pipeline.monthly.page.closings_section import closings
from pipeline.monthly.page.joint_section import joint
from pipeline.monthly.page.row_names import Name, Names
from pipeline.monthly.rows.journal_parts import Journal, Range
from pipeline.monthly.window import Window, local

_TEMPLATES: Final = Environment(
    loader=PackageLoader("pipeline.monthly.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class MadeBy(NamedTuple):
    """The versions that the report was made by: of the rules that it measured by, and of this program."""

    rules: str
    code: str


def page(
    journal: Journal,
    now: Mapping[str, CountedIndicator],
    before: Mapping[str, CountedIndicator] | None,
    report: ReportDetails,
    names: Names,
    goals: IndicatorGoals,
    made_by: MadeBy,
) -> str:
    """The whole of it."""
    window = journal.window
    whose = names.whose(streets_of(journal))
    return _TEMPLATES.get_template("report.html").render(
        title=f"{whose.zh}综合执法{'月报' if window.month else '报告'} {title_of(window)}",
        whose=whose,
        since=local(window.since),
        until=local(window.until),
        before=f"上期：{title_of(window.before())}" if journal.before else "上期无台账",
        warnings=_warnings(journal),
        tiles=sections.tiles(now, before),
        sections=[
            sections.indicators(now, before, goals),
            sections.daily(report),
            sections.funnel(report, names),
            sections.slices(report, names),
            closings(report, names),
            joint(report, names, goals.get("joint_days")),
            sections.spots(report, names),
            sections.late(report, names),
            sections.reasons_and_calls(report, names),
            sections.turned_away(report),
            _provenance(journal, made_by),
        ],
    )


def streets_of(journal: Journal) -> frozenset[str]:
    """The codes of all streets that it tells of."""
    tables = (journal.tables.events, journal.tables.clocks, journal.tables.cases)
    return frozenset(code for table in tables for code in table["street"].unique().to_pylist() if code)


def title_of(window: Window) -> str:
    """The window in words."""
    if window.month is not None:
        year, month = window.month.split("-")
        return f"{year}年{int(month)}月"
    return f"{local(window.since)} — {local(window.until)}"


def _warnings(journal: Journal) -> list[Warned]:
    """What one must know before one reads on."""
    warnings: list[Warned] = []
    if not any(part.entries for part in journal.ranges):
        warnings.append(
            Warned(
                "台账中本期结束前没有任何记录。", "The journal holds nothing before the end of this period."
            )
        )
    elif journal.is_short:
        end = local(journal.end)
        warnings.append(
            Warned(
                f"台账只到 {end}（之后到期的计时未触发），本期未完：流量计到此时，存量为此时。",
                f"The journal reaches {end} only (what was due later has not fired): counted up to then.",
            )
        )
    elif not journal.goes_on and journal.last_at is not None:
        last = local(journal.last_at)
        warnings.append(
            Warned(
                f"台账最后一条记于 {last}，其后没有记录；若本期未完，尚可能有新的来件。",
                f"The last entry is of {last} and nothing is later: if the period is not over, more may come.",
            )
        )
    if journal.before and journal.began_at and journal.began_at > journal.window.before().since:
        began = local(journal.began_at)
        warnings.append(
            Warned(
                f"上期台账自 {began} 才开始，增减不可比。",
                f"Of the period before the journal holds only what came after {began}: do not compare.",
            )
        )
    if journal.strangers:
        warnings.append(
            Warned(
                f"台账中缺 {journal.strangers} 件案件的开头，未计入。",
                f"The journal does not hold the beginning of {journal.strangers} cases; they are not counted.",
            )
        )
    return warnings


def _provenance(journal: Journal, made_by: MadeBy) -> ReportSection:
    versions: list[list[Cell]] = [
        [Name("测算所用规则", "rules measured by"), made_by.rules, None],
        [Name("报告程序", "this program"), made_by.code, None],
    ]
    for name, entries_of in (
        (Name("台账所用规则", "rules that decided"), journal.rules_versions),
        (Name("台账处理程序", "program that decided"), journal.code_versions),
    ):
        versions += [[name, version, entries] for version, entries in entries_of.items()]
    ranges = [
        Column("分区", "partition", True), Column("位移", "offsets"), Column("条目", "entries", True),
        Column("首条", "first"), Column("末条", "last"), Column("SHA-256", "of the entries"),
    ]  # fmt: skip
    return ReportSection(
        "provenance", "数据来源", "Where the numbers come from",
        [
            Note(
                "全部数字只由台账 journal.v1 算出；同一台账、规则与程序版本，报告逐字节相同。SHA-256 取自开头至期末各条目的字节，每条后加一换行。",
                "All numbers follow from journal.v1 alone; the same journal, rules and versions give the same bytes. The SHA-256 is of the bytes of "
                "all entries from the beginning to the end of the period, a line feed behind each.",
            ),
            RowTable([Column("依据", "what"), Column("版本", "version"), Column("本期条目", "entries", True)], versions),
            Heading("台账范围", "Range of the journal"),
            RowTable(ranges, [_range(part) for part in journal.ranges]),
        ],
    )  # fmt: skip


def _range(part: Range) -> list[Cell]:
    first, last = (local(at) if at else None for at in (part.began_at, part.last_at))
    offsets = f"{part.begin:,} – {part.end:,}"
    return [str(part.partition), offsets, part.entries, first, last, Code(part.sha256)]
