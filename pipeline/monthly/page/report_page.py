"""The report as one HTML page that needs nothing else: to read, and to print as PDF. Chinese, with English beside it."""

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Final, NamedTuple

from pipeline.monthly.counting import CountedIndicator
from pipeline.monthly.details import ReportDetails
from pipeline.monthly.monthly_goals import Aims
from pipeline.monthly.page import sections
from pipeline.monthly.page.markup import Cell, Column, Html, heading, note, section, table
from pipeline.monthly.page.row_names import Name, Names
from pipeline.monthly.rows.joint_rows import joint
from pipeline.monthly.rows.journal_parts import Journal, Range
from pipeline.monthly.window import Window, local

_STYLE: Final = files("pipeline.monthly.page") / "report.css"


class MadeBy(NamedTuple):
    """The versions that the report was made by: of the rules that it measured by, and of this program."""

    rules: str
    code: str


def page(
    journal: Journal,
    now: Mapping[str, CountedIndicator],
    before: Mapping[str, CountedIndicator] | None,
    found: ReportDetails,
    names: Names,
    aims: Aims,
    made_by: MadeBy,
) -> str:
    """The whole of it."""
    title = (
        f"综合执法月报 {title_of(journal.window)}"
        if journal.window.month
        else f"综合执法报告 {title_of(journal.window)}"
    )
    body = [
        _head(title, journal),
        sections.tiles(now, before),
        sections.indicators(now, before, aims),
        sections.daily(found),
        sections.funnel(found, names),
        sections.slices(found, names),
        joint(found, names, aims.get("joint_days")),
        sections.spots(found, names),
        sections.late(found, names),
        sections.said(found, names),
        sections.turned_away(found),
        _provenance(journal, made_by),
    ]
    style = _STYLE.read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def title_of(window: Window) -> str:
    """The window in words."""
    if window.month is not None:
        year, month = window.month.split("-")
        return f"{year}年{int(month)}月"
    return f"{local(window.since)} — {local(window.until)}"


def _head(title: str, journal: Journal) -> Html:
    window = journal.window
    months = "上期：" + title_of(window.before()) if journal.before else "上期无台账"
    parts = [
        f"<header><h1>{escape(title)}</h1>",
        f'<p class="meta">{escape(local(window.since))} 起，{escape(local(window.until))} 止（北京时间，不含止）· {escape(months)}'
        ' · <small lang="en">Urban enforcement report; Asia/Shanghai, end not included</small></p>',
        _warnings(journal),
        "</header>",
    ]
    return Html("".join(parts))


def _warnings(journal: Journal) -> str:
    """What one must know before one reads on."""
    said: list[tuple[str, str]] = []
    if not any(one.entries for one in journal.ranges):
        said.append(
            ("台账中本期结束前没有任何记录。", "The journal holds nothing before the end of this period.")
        )
    elif journal.is_short:
        end = local(journal.end)
        said.append(
            (
                f"台账只到 {end}（之后到期的计时未触发），本期未完：流量计到此时，存量为此时。",
                f"The journal reaches {end} only (what was due later has not fired): counted up to then.",
            )
        )
    elif not journal.goes_on and journal.last_at is not None:
        last = local(journal.last_at)
        said.append(
            (
                f"台账最后一条记于 {last}，其后没有记录；若本期未完，尚可能有新的来件。",
                f"The last entry is of {last} and nothing is later: if the period is not over, more may come.",
            )
        )
    if journal.before and journal.began_at and journal.began_at > journal.window.before().since:
        began = local(journal.began_at)
        said.append(
            (
                f"上期台账自 {began} 才开始，增减不可比。",
                f"Of the period before the journal holds only what came after {began}: do not compare.",
            )
        )
    if journal.strangers:
        said.append(
            (
                f"台账中缺 {journal.strangers} 件案件的开头，未计入。",
                f"The journal does not hold the beginning of {journal.strangers} cases; they are not counted.",
            )
        )
    return "".join(
        f'<p class="warning">{escape(zh)} <small lang="en">{escape(en)}</small></p>' for zh, en in said
    )


def _provenance(journal: Journal, made_by: MadeBy) -> Html:
    versions: list[list[Cell]] = [
        [Name("测算所用规则", "rules measured by"), made_by.rules, None],
        [Name("报告程序", "this program"), made_by.code, None],
    ]
    versions += [
        [Name("台账所用规则", "rules that decided"), one, n] for one, n in journal.rules_versions.items()
    ]
    versions += [
        [Name("台账处理程序", "program that decided"), one, n] for one, n in journal.code_versions.items()
    ]
    ranges = [
        Column("分区", "partition", True), Column("位移", "offsets"), Column("条目", "entries", True),
        Column("首条", "first"), Column("末条", "last"), Column("SHA-256", "of the entries"),
    ]  # fmt: skip
    return section(
        "provenance", "数据来源", "Where the numbers come from",
        note(
            "全部数字只由台账 journal.v1 算出；同一台账、规则与程序版本，报告逐字节相同。SHA-256 取自开头至期末各条目的字节，每条后加一换行。",
            "All numbers follow from journal.v1 alone; the same journal, rules and versions give the same bytes. The SHA-256 is of the bytes of "
            "all entries from the beginning to the end of the period, a line feed behind each.",
        ),
        table(
            [Column("依据", "what"), Column("版本", "version"), Column("本期条目", "entries", True)],
            versions,
        ),
        heading("台账范围", "Range of the journal"),
        table(ranges, (_range(one) for one in journal.ranges)),
    )  # fmt: skip


def _range(one: Range) -> list[Cell]:
    first, last = (local(at) if at else None for at in (one.began_at, one.last_at))
    digest = Html(f"<code>{one.sha256}</code>")
    return [str(one.partition), f"{one.begin:,} – {one.end:,}", one.entries, first, last, digest]
