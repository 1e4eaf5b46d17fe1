"""`docs/policy.md`: the service policy for people to read: limits, ladders, goals and alerts, from the rules themselves."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from deploy.alerts.alert import Alert
from deploy.monitoring import all_alerts
from pipeline.edge.explain.why_words import RECIPIENTS
from pipeline.indicators.indicator_table import INDICATORS
from pipeline.indicators.objectives import Basis, Goal, Objectives, load_objectives
from pipeline.rulebook.book import Book, read_book
from pipeline.rulebook.tables.sla_tables import RungEntry, SlaTable, StepLimits
from pipeline.words.field_words import CLOCKS, PAPERS, SUSPENSIONS, Lang, limit
from schemas.values.terms import ClockKind, Severity

PAGE: Final = "docs/policy.md"
_BEYOND: Final = "beyond_dispose"
_HEAD: Final = """\
# The service policy 服务时限与目标

How long each step may take, who is told when it takes longer, what is aimed at, and who is called when it is missed. Made by
`python -m deploy.generate` from `rules/sla/`, `rules/matters.yaml` and `rules/objectives.yaml`: do not edit.

How the clocks run is in [clock.md](clock.md); rules {version}, limits in force from {effective}."""
_BASES: Final = {Basis.NORM: "规定 norm", Basis.PRACTICE: "做法 practice", Basis.OURS: "自定 ours"}


def policy_page() -> Iterator[tuple[str, str]]:
    """The page."""
    yield PAGE, "\n\n".join(_parts(read_book(), load_objectives())) + "\n"


def _parts(book: Book, objectives: Objectives) -> Iterator[str]:
    edition = max(book.services, key=lambda edition: edition.effective)
    yield _HEAD.format(version=book.policy.version, effective=edition.effective)
    yield "## Steps 环节时限\n\nBy severity of the matter 按事项等级。"
    yield _steps(edition)
    yield "## Who is told 催办督办阶梯\n\nOf each clock, in order 按时钟，自上而下。"
    yield _ladders(book, edition)
    yield "## Halts and moves 挂账与延期"
    yield _halts(edition)
    yield "## Matters 事项时限\n\nHandling counts from acceptance 处置自受理立案起算。"
    yield _matters(book, edition)
    days, least = objectives.table.window_days, objectives.table.ended_min
    yield (
        f"## Goals 目标\n\nOver {days} days, from {least} cases on 近 {days} 天，不少于 {least} 件方作评价。What the goal of "
        f"{INDICATORS['handled_on_time'].zh} leaves is the budget that late handlings use up."
    )
    yield _goals(objectives)
    yield "## Alerts 告警\n\nThe threshold is in the expression; `for` is how long it must last, `keep` how long it must be over. 名称链接到处置手册。"
    yield _alerts(objectives)
    yield "Severities 级别: " + "; ".join(
        f"`{name}` {severity.name_zh} {severity.name_en}, told again after {severity.repeat_hours} h"
        for name, severity in objectives.table.severities.items()
    )


def _steps(edition: SlaTable) -> str:
    def row(name: str) -> Iterator[str]:
        named = (
            CLOCKS[ClockKind(name)] if name != _BEYOND else {Lang.ZH: "处置之外", Lang.EN: "beyond handling"}
        )
        yield f"`{name}` {named[Lang.ZH]} {named[Lang.EN]}"
        yield from (_limit(getattr(edition.limits[grade], name)) for grade in Severity)

    return _table(("时钟 clock", *Severity), (row(name) for name in StepLimits.model_fields))


def _ladders(book: Book, edition: SlaTable) -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for name, ladder in edition.ladders.items():
            kinds = "、".join(
                CLOCKS[kind][Lang.ZH] for kind, clock in edition.clocks.items() if clock.ladder == name
            )
            for rung in ladder.rungs:
                roles = "、".join(_recipient(book, role) for role in rung.tell)
                yield f"`{name}` {kinds}", f"{rung.level}", _when(rung), roles, _at_once(rung), _paper(rung)
            yield f"`{name}` {kinds}", "", f"每 {_limit(ladder.every)} again", "", "", ""

    return _table(("阶梯 ladder", "级 level", "何时 when", "告知 tell", "随时 at once", "文书 paper"), rows())


def _when(rung: RungEntry) -> str:
    return f"到期后 {_limit(rung.after)} after" if rung.after else f"{rung.percent}%"


def _at_once(rung: RungEntry) -> str:
    return ", ".join(grade for grade in Severity if grade in rung.at_once)


def _paper(rung: RungEntry) -> str:
    return f"{PAPERS[rung.paper][Lang.ZH]}" if rung.paper else ""


def _recipient(book: Book, name: str) -> str:
    """The name of a role, of the case's holder, or of a team of the roster."""
    if name == "handler":
        return "承办方 whoever holds it"
    if name in RECIPIENTS:
        return f"{RECIPIENTS[name][Lang.ZH]} {RECIPIENTS[name][Lang.EN]}"
    teams = {team.id: f"{team.name_zh} {team.name_en}" for team in (*book.roster.groups, *book.roster.posts)}
    return teams.get(name, f"`{name}`")


def _halts(edition: SlaTable) -> str:
    reasons = edition.suspension.longest.items()
    rows = [
        (
            f"挂账 suspended: {SUSPENSIONS[why][Lang.ZH]} {SUSPENSIONS[why][Lang.EN]}",
            _limit(text),
            f"{edition.suspension.times}",
        )
        for why, text in reasons
    ]
    orders = edition.orders
    rows += [
        (f"责令改正 order to correct: {severity}", _limit(text), "")
        for severity, text in orders.longest.items()
    ]
    if orders.in_all is not None:
        rows.append(("责令改正合计 all orders of a case", _limit(orders.in_all), ""))
    rows.append(("延期 extended", _limit(edition.extension.longest), f"{edition.extension.times}"))
    return _table(("", "最长 longest", "次数 times"), rows)


def _matters(book: Book, edition: SlaTable) -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for entry in book.matters.matters:
            limits = edition.matters[entry.code]
            stages = "；".join(
                f"{stage.name_zh} {limit(stage.limit, Lang.ZH) if stage.limit else '待起诉期满'}"
                for stage in limits.stages
            )
            joint = _limit(limits.joint) if limits.joint else ""
            yield (
                entry.code,
                f"{entry.name_zh} {entry.name_en}",
                entry.severity,
                _limit(limits.dispose),
                joint,
                stages,
            )

    return _table(("", "事项 matter", "等级", "处置 handle", "联合执法 joint", "阶段 stages"), rows())


def _goals(objectives: Objectives) -> str:
    def row(goal: Goal) -> tuple[str, ...]:
        indicator = INDICATORS[goal.key]
        bound = f"{'≥' if goal.least else '≤'} {goal.text_zh}"
        was = f"，原 {goal.was:g}" if goal.was is not None else ""
        few = f"，{goal.ended_min} 件起" if goal.ended_min != objectives.table.ended_min else ""
        return (
            f"`{goal.key}` {indicator.zh} {indicator.en}",
            bound + was + few,
            _BASES[goal.basis],
            f"{indicator.formula_zh}<br>{indicator.formula_en}",
        )

    heads = ("指标 indicator", "目标 goal", "依据 basis", "公式 formula")
    return _table(heads, (row(goal) for goal in objectives.goals.values()))


def _alerts(objectives: Objectives) -> str:
    """One row for each rule; all goals share one, since they are listed above."""
    table = objectives.table

    def rows() -> Iterator[tuple[str, ...]]:
        for alert in _goals_once(all_alerts(objectives)):
            receiver = table.receivers[alert.tell]
            expr = (
                alert.expr
                if alert.field != "goal_missed"
                else "the indicator is on the wrong side of its goal above"
            )
            yield (
                f"[{alert.name}]({_runbooks(table.runbooks)}/{alert.name}.md)",
                f"{_meaning(alert)}",
                f"`{alert.severity}`<br>{receiver.name_zh} {receiver.name_en}",
                f"{alert.for_minutes} min" if alert.for_minutes else "",
                f"{alert.keep_minutes} min" if alert.keep_minutes else "",
                f"`{expr}`".replace("|", "\\|") if alert.field != "goal_missed" else expr,
            )

    return _table(
        ("告警 alert", "含义 meaning", "级别与对象 severity, receiver", "for", "keep", "条件 expression"),
        rows(),
    )


def _goals_once(alerts: Iterable[Alert]) -> Iterator[Alert]:
    goal_given = False
    for alert in alerts:
        if alert.field != "goal_missed" or not goal_given:
            yield alert
        goal_given = goal_given or alert.field == "goal_missed"


def _runbooks(where: str) -> str:
    """The runbooks' folder as a link from this page."""
    return where if "://" in where else f"../{where}"


def _meaning(alert: Alert) -> str:
    if alert.field == "goal_missed":
        return "指标未达目标<br>A goal is missed"
    return f"{_plain(alert.text.summary_zh)}<br>{_plain(alert.text.summary_en)}"


def _plain(text: str) -> str:
    """A summary without the label that Prometheus fills in at its end."""
    return text.partition("：{{")[0].partition(": {{")[0]


def _limit(text: str) -> str:
    return f"{limit(text, Lang.ZH)} {limit(text, Lang.EN)}"


def _table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
