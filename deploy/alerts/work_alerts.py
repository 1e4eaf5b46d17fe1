"""Alerts about the work, for managers: what is late or about to be, what nobody took on, which goal is missed."""

from collections.abc import Iterable, Iterator
from typing import Final

from deploy.alerts.alert import Alert, AlertText, alert_of, duration, duration_zh
from deploy.alerts.alert_names import NamedCases
from deploy.alerts.recording import DAY_MINUTES, LATE, count, late_ratio, ratio, whole_of
from pipeline import metrics
from pipeline.indicators.due_cases import AT_RISK, OVERDUE
from pipeline.indicators.indicator_table import INDICATORS, IndicatorUnit, MetricTerm
from pipeline.indicators.objectives import BURNING, Goal, Objectives
from pipeline.indicators.stock_records import last

_DECIDE: Final = 'clock="decide"'
_LIST_OF_TEAM: Final = "enforcement assignments --team {{ $labels.team }}"


def work_alerts(objectives: Objectives) -> Iterator[Alert]:
    """All of them, in the order of objectives.yaml."""
    yield from _burns(objectives)
    yield _late_budget(objectives)
    yield from _at_risk(objectives)
    yield from _overdue(objectives)
    yield _not_taken_on(objectives)
    yield _not_decided(objectives)
    yield _certificates(objectives)
    yield from _goals(objectives)


def _burns(objectives: Objectives) -> Iterator[Alert]:
    """Two windows each: the long one shows that it matters, the short one that it still goes on."""
    entry, slack = objectives.table.alerts.handling_burn, objectives.goals[BURNING].slack
    for burn in entry.burns:
        limit = f"{round(burn.factor * slack, 6):g}"
        expr = (
            f"{late_ratio(burn.long_minutes)} > {limit} and {late_ratio(burn.short_minutes)} > {limit} "
            f"and {count('handled', burn.long_minutes)} >= {burn.ended_min}"
        )
        window = duration(burn.long_minutes)
        text = AlertText(
            "超期处置过多，按期处置目标难保",
            "Too many handlings end late to keep the goal",
            f"近 {duration_zh(window)}处置完毕的案件中超期占 {{{{ $value | humanizePercentage }}}}，是目标所容（{slack:.0%}）的 {burn.factor:g} 倍以上。",
            f"Of the handlings that ended in {window}, {{{{ $value | humanizePercentage }}}} were late: more than {burn.factor:g} times "
            f"what the goal leaves ({slack:.0%}).",
        )
        yield Alert(
            "handling_burn", expr, 0, burn.severity, entry.tell, text, {"window": window}, entry.keep_minutes
        )


def _late_budget(objectives: Objectives) -> Alert:
    entry = objectives.table.alerts.handling_late_budget
    expr = (
        f"{count(LATE, DAY_MINUTES)} > {entry.late_per_day_max} "
        f"and {count('handled', DAY_MINUTES)} < {entry.ended_per_day_below}"
    )
    text = AlertText(
        "一日内超期处置超出容许件数",
        "More late handlings in a day than are allowed for",
        f"近 24 小时有 {{{{ $value }}}} 次处置超期（容许 {entry.late_per_day_max} 次）。当日办结量少，按件数而不按比例判断。",
        f"{{{{ $value }}}} handlings ended late within a day; {entry.late_per_day_max} are allowed for. With so few that end, they are counted "
        "instead of taken as a share.",
    )
    return alert_of("handling_late_budget", entry, expr, text)


def _at_risk(objectives: Objectives) -> Iterator[Alert]:
    table, at_risk = objectives.table, INDICATORS["at_risk"]
    urgent, many = table.alerts.urgent_at_risk, table.alerts.many_at_risk
    risky = _cases(AT_RISK, _severity(objectives, urgent=True), of="team")
    others = _cases(AT_RISK, _severity(objectives, urgent=False))
    yield alert_of(
        "urgent_at_risk",
        urgent,
        f"{last(at_risk.query(more=_severity(objectives, urgent=True), by='team'))} > {urgent.cases_max}",
        AlertText(
            "紧急案件临期：{{ $labels.team }} {{ $value }} 件",
            "Urgent cases are about to be late: {{ $labels.team }}, {{ $value }}",
            f"{{{{ $labels.team }}}} {{{{ $value }}}} 件 {_grades(objectives, urgent=True, between='、')} 案件临期（已发最后一次预警，时限未到）："
            f"{risky.text('zh')}。",
            f"{{{{ $labels.team }}}} holds {{{{ $value }}}} cases of {_grades(objectives, urgent=True)} whose last warning was given and whose "
            f"deadline is still ahead: {risky.text('en')}.",
        ),
    )._replace(command=_LIST_OF_TEAM)
    yield alert_of(
        "many_at_risk",
        many,
        f"{last(at_risk.query(more=_severity(objectives, urgent=False)))} > {many.cases_max}",
        AlertText(
            "临期案件过多",
            "Many cases are about to be late",
            f"{{{{ $value }}}} 件 {_grades(objectives, urgent=False, between='、')} 案件临期（超过 {many.cases_max} 件即提示），最急的："
            f"{others.text('zh')}。",
            f"{{{{ $value }}}} cases of {_grades(objectives, urgent=False)} are about to be late; told above {many.cases_max}. "
            f"Due first: {others.text('en')}.",
        ),
    )


def _cases(state: str, severity: str, of: str = "") -> NamedCases:
    return NamedCases(metrics.CASE_DUE, f"due='{state}', {severity}", of)


def _overdue(objectives: Objectives) -> Iterator[Alert]:
    table, overdue = objectives.table, INDICATORS["overdue"]
    urgent, many = table.alerts.urgent_overdue, table.alerts.many_overdue
    late = _cases(OVERDUE, _severity(objectives, urgent=True), of="team")
    others = _cases(OVERDUE, _severity(objectives, urgent=False))
    yield alert_of(
        "urgent_overdue",
        urgent,
        f"{last(overdue.query(more=_severity(objectives, urgent=True), by='team'))} > {urgent.cases_max}",
        AlertText(
            "紧急案件超期未处置：{{ $labels.team }} {{ $value }} 件",
            "Urgent cases are overdue: {{ $labels.team }}, {{ $value }}",
            f"{{{{ $labels.team }}}} {{{{ $value }}}} 件 {_grades(objectives, urgent=True, between='、')} 案件已过处置时限：{late.text('zh')}。",
            f"{{{{ $labels.team }}}} holds {{{{ $value }}}} cases of {_grades(objectives, urgent=True)} past their handling deadline: "
            f"{late.text('en')}.",
        ),
    )._replace(command=_LIST_OF_TEAM)
    yield alert_of(
        "many_overdue",
        many,
        f"{last(overdue.query(more=_severity(objectives, urgent=False)))} > {many.cases_max}",
        AlertText(
            "超期未处置案件过多",
            "Many cases are overdue",
            f"{{{{ $value }}}} 件 {_grades(objectives, urgent=False, between='、')} 案件已过处置时限（超过 {many.cases_max} 件即提示），超期最久的："
            f"{others.text('zh')}。",
            f"{{{{ $value }}}} cases of {_grades(objectives, urgent=False)} are past their handling deadline; told above {many.cases_max}. "
            f"Overdue for longest: {others.text('en')}.",
        ),
    )


def _not_taken_on(objectives: Objectives) -> Alert:
    entry = objectives.table.alerts.nobody_took
    clocks = MetricTerm("enforcement_overdue_clocks", _any_of("clock", entry.clocks), gauge=True)
    waiting = NamedCases(metrics.STEP_DUE, "", of="clock")
    text = AlertText(
        "案件无人接手：{{ $labels.clock }}",
        "Nobody took it: {{ $labels.clock }}",
        f"{{{{ $value }}}} 件案件超过{{{{ $labels.clock }}}}时限后又过了 {entry.for_minutes} 分钟仍无人动作，最久的："
        f"{waiting.text('zh')}。",
        f"{{{{ $value }}}} cases have been past the limit of {{{{ $labels.clock }}}} for another {entry.for_minutes} minutes. Longest: "
        f"{waiting.text('en')}.",
    )
    return alert_of("nobody_took", entry, f"{last(clocks.query('', by='clock'))} > {entry.cases_max}", text)


def _not_decided(objectives: Objectives) -> Alert:
    entry = objectives.table.alerts.decisions_overdue
    late = MetricTerm("enforcement_overdue_clocks", _DECIDE, gauge=True)
    waiting = NamedCases(metrics.STEP_DUE, _DECIDE)
    text = AlertText(
        "申请逾期未审批",
        "Requests wait too long to be decided",
        f"{{{{ $value }}}} 项申请超过审批时限后又过了 {entry.for_minutes} 分钟仍未审批，最久的：{waiting.text('zh')}。",
        f"{{{{ $value }}}} requests have been past the time for deciding for another {entry.for_minutes} minutes. Longest: "
        f"{waiting.text('en')}.",
    )
    return alert_of("decisions_overdue", entry, f"{last(late.query(''))} > {entry.cases_max}", text)


def _certificates(objectives: Objectives) -> Alert:
    entry = objectives.table.alerts.certificates_ending
    ending = MetricTerm(metrics.ENDING_CERTIFICATES.name, "", gauge=True)
    text = AlertText(
        "执法证将到期：{{ $labels.street }} {{ $value }} 人",
        "Certificates end soon: {{ $labels.street }}, {{ $value }} officers",
        "{{ $labels.street }}有 {{ $value }} 人的执法证30日内到期，或已到期、已收回；无证不得执法（行政处罚法 42）。",
        "In {{ $labels.street }} the certificates of {{ $value }} officers end within 30 days, or hold no more; without one nobody enforces (行政处罚法 42).",
    )
    expr = f"{last(ending.query('', by='street'))} > {entry.officers_max}"
    return alert_of("certificates_ending", entry, expr, text)._replace(command="enforcement duty")


def _goals(objectives: Objectives) -> Iterator[Alert]:
    for goal in objectives.goals.values():
        yield _goal(objectives, goal)


def _goal(objectives: Objectives, goal: Goal) -> Alert:
    days, entry, indicator = (
        objectives.table.window_days,
        objectives.table.alerts.goal_missed,
        INDICATORS[goal.key],
    )
    misses = "<" if goal.least else ">"
    expr = (
        f"{ratio(goal.key, days)} {misses} {goal.bound:g} and {whole_of(goal.key, days)} >= {goal.ended_min}"
    )
    value = (
        "{{ $value | humanizePercentage }}"
        if indicator.unit is IndicatorUnit.SHARE
        else f'{{{{ printf "%.1f" $value }}}} {_UNIT_ZH[indicator.unit]}'
    )
    value_en = (
        value
        if indicator.unit is IndicatorUnit.SHARE
        else value.replace(_UNIT_ZH[indicator.unit], indicator.unit.value)
    )
    text = AlertText(
        f"指标未达目标：{indicator.zh}",
        f"Goal missed: {indicator.en}",
        f"近 {days} 天{indicator.zh}为 {value}，目标{'不低于' if goal.least else '不高于'} {goal.text_zh}。",
        f"{indicator.en} was {value_en} in the last {days} days; the goal is {'at least' if goal.least else 'at most'} {goal.text}.",
    )
    return alert_of("goal_missed", entry, expr, text)._replace(labels={"indicator": goal.key})


_UNIT_ZH: Final = {IndicatorUnit.CASES: "件", IndicatorUnit.DAYS: "天", IndicatorUnit.HOURS: "小时"}


def _severity(objectives: Objectives, *, urgent: bool) -> str:
    return _any_of("severity", objectives.table.grades(urgent=urgent))


def _any_of(label: str, values: Iterable[str]) -> str:
    return f'{label}=~"' + "|".join(values) + '"'


def _grades(objectives: Objectives, *, urgent: bool, between: str = ", ") -> str:
    return between.join(objectives.table.grades(urgent=urgent))
