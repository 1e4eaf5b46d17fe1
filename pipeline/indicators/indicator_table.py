"""Every indicator (指标): its names, its formula in words, and the same formula over metrics, from which queries are built.

A term is the growth of a counter in a window, or a gauge as it stands at its end. Boards, rules, the metrics page and the
monthly report take names and formulas from here; numbers that somebody may want to change (goals) are in rules/objectives.yaml.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

WINDOW: Final = "$__range"
WRONG_UNIT: Final = "not_our_matter|not_our_area|beyond_powers"
_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600


class IndicatorUnit(StrEnum):
    """What an indicator counts in."""

    CASES = "cases"
    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"


class MetricTerm(NamedTuple):
    """A counter's growth, or with `gauge` a gauge; `where` are label matchers such as `kept="yes"`."""

    metric: str
    where: str = ""
    gauge: bool = False

    def query(self, window: str, more: str = "", by: str = "") -> str:
        """The sum over all workers. `more` matchers are added, `by` are labels that stay."""
        selector = f"{self.metric}{{{', '.join(part for part in (self.where, more) if part)}}}".replace(
            "{}", ""
        )
        what = selector if self.gauge else f"increase({selector}[{window}])"
        return f"sum by ({by}) ({what})" if by else f"sum({what})"


class Indicator(NamedTuple):
    """One indicator: `parts` over `whole`; where `whole` is empty, the parts alone. `less` is taken from 1 (准确率)."""

    key: str
    zh: str
    en: str
    formula_zh: str
    formula_en: str
    unit: IndicatorUnit
    parts: tuple[MetricTerm, ...]
    whole: tuple[MetricTerm, ...] = ()
    less: bool = False
    divisor: int = 1

    def query(self, window: str = WINDOW, more: str = "", by: str = "") -> str:
        """PromQL. `more` are matchers that every metric of it knows, `by` labels that every metric of it has."""
        value = _sum(self.parts, window, more, by)
        if self.whole:
            value = f"{_braced(value)} / {_braced(_sum(self.whole, window, more, by))}"
        if self.divisor != 1:
            value = f"{value} / {self.divisor}"
        return f"1 - {value}" if self.less else value


def _sum(terms: tuple[MetricTerm, ...], window: str, more: str, by: str) -> str:
    return " + ".join(term.query(window, more, by) for term in terms)


def _braced(query: str) -> str:
    return f"({query})" if " + " in query else query


def _counted(key: str, zh: str, en: str, formula: tuple[str, str], *parts: MetricTerm) -> Indicator:
    return Indicator(key, zh, en, *formula, IndicatorUnit.CASES, parts)


def _share(
    key: str,
    zh: str,
    en: str,
    formula: tuple[str, str],
    parts: tuple[MetricTerm, ...],
    whole: tuple[MetricTerm, ...],
) -> Indicator:
    return Indicator(key, zh, en, *formula, IndicatorUnit.SHARE, parts, whole)


_REPORTS: Final = MetricTerm("enforcement_reports_total")
_OPENED: Final = MetricTerm("enforcement_cases_opened_total")
_MERGED: Final = MetricTerm("enforcement_reports_total", 'outcome="merged"')
_HANDLED: Final = MetricTerm("enforcement_handlings_total")
_HANDLED_IN_TIME: Final = MetricTerm("enforcement_handlings_total", 'kept="yes"')
_HANDLED_LATE: Final = MetricTerm("enforcement_handlings_total", 'kept="no"')
_UNHANDLED: Final = MetricTerm("enforcement_overdue_cases", 'clock="dispose"', gauge=True)
_CLOSED: Final = MetricTerm("enforcement_closings_total")
_CLOSED_IN_TIME: Final = MetricTerm("enforcement_closings_total", 'kept="yes"')
_UNCLOSED: Final = MetricTerm("enforcement_overdue_cases", 'clock="whole"', gauge=True)
_DISPATCHES: Final = MetricTerm("enforcement_dispatches_total")
_CALLS: Final = MetricTerm("enforcement_call_backs_total")
_DISPOSALS: Final = MetricTerm("enforcement_disposals_total")


def _ended(clock: str, kept: str = "") -> MetricTerm:
    return MetricTerm(
        "enforcement_clocks_ended_total", f'clock="{clock}"' + (f', kept="{kept}"' if kept else "")
    )


FLOWS: Final = (
    _counted("reports", "来件数", "Reports", ("时段内读懂的来件，含重复、并案和不受理", "Reports understood in the window, repeated, merged and refused ones too"), _REPORTS),
    _counted("opened", "立案数", "Cases opened", ("时段内新立案件", "Cases opened in the window"), _OPENED),
    _share("filed", "立案率", "Filed", ("立案数 ÷ 来件数", "cases opened / reports"), (_OPENED,), (_REPORTS,)),
    _share("duplicates", "重复诉求率", "Told before", ("并入在办案件的来件 ÷（立案数＋并入数）", "reports merged into an open case / (opened + merged)"), (_MERGED,), (_OPENED, _MERGED)),
    _share("self_disposed", "自处置率", "Dealt with on the spot", ("巡查当场处置 ÷ 立案数", "dealt with by the finder / cases opened"), (MetricTerm("enforcement_self_disposed_total"),), (_OPENED,)),
    _counted("dispatches", "派遣数", "Dispatches", ("派单与领单次数，改派另计", "tasks given to a team by dispatch or claim; a second dispatch counts again"), _DISPATCHES),
    Indicator("dispatched_rightly", "派遣准确率", "Dispatched rightly", "1 −（因事项、区域、权限不符的退单 ÷ 派遣数）", "1 - tasks given back for wrong matter, area or powers / dispatches", IndicatorUnit.SHARE, (MetricTerm("enforcement_returns_total", f'reason=~"{WRONG_UNIT}"'),), (_DISPATCHES,), less=True),
    _share("returned", "退单率", "Given back", ("退单数 ÷ 派遣数", "tasks given back / dispatches"), (MetricTerm("enforcement_returns_total"),), (_DISPATCHES,)),
    _share("signed_on_time", "签收及时率", "Signed in time", ("按时签收 ÷ 签收", "signed before the deadline / signed"), (_ended("sign", "yes"),), (_ended("sign"),)),
    _share("responded", "响应率", "On site in time", ("按时到场 ÷ 到场", "on site before the deadline / on site"), (_ended("arrive", "yes"),), (_ended("arrive"),)),
    _counted("handled", "处置数", "Handled", ("处置完毕次数，含联合执法；返工后再次处置另计", "times a handling was done, joint enforcement too; after a rework it counts again"), _HANDLED),
    _share("handled_on_time", "按期处置率", "Handled in time", ("按期处置 ÷（处置数＋时段末超期未处置）", "handled before the deadline / (handled + overdue at the end of the window)"), (_HANDLED_IN_TIME,), (_HANDLED, _UNHANDLED)),
    _share("overdue_share", "超期率", "Late", ("（超期处置＋时段末超期未处置）÷（处置数＋时段末超期未处置）", "(handled late + overdue at the end) / (handled + overdue at the end)"), (_HANDLED_LATE, _UNHANDLED), (_HANDLED, _UNHANDLED)),
    _counted("closed", "结案数", "Closed", ("时段内结案次数，重办后再次结案另计；不含并案、作废、不予立案、移送", "closings; after a reopening it counts again; without merged, voided, rejected and transferred cases"), _CLOSED),
    _share("closed_of_due", "结案率", "Closed of due", ("结案数 ÷（结案数＋时段末超期未结案）", "closed / (closed + not closed past the deadline at the end)"), (_CLOSED,), (_CLOSED, _UNCLOSED)),
    _share("closed_on_time", "按期结案率", "Closed in time", ("按期结案 ÷（结案数＋时段末超期未结案）", "closed before the deadline / (closed + not closed past the deadline at the end)"), (_CLOSED_IN_TIME,), (_CLOSED, _UNCLOSED)),
    _share("reworked", "返工率", "Reworked", ("核查不通过 ÷ 处置完毕次数", "verifications failed / handlings done"), (MetricTerm("enforcement_reworks_total"),), (_DISPOSALS,)),
    _share("reopened", "重办率", "Reopened", ("重办 ÷ 结案数", "reopenings / closings"), (MetricTerm("enforcement_reopens_total"),), (_CLOSED,)),
    _share("extended", "延期率", "Extended", ("延期 ÷ 派遣数", "extensions / dispatches"), (MetricTerm("enforcement_extensions_total"),), (_DISPATCHES,)),
    _share("suspended", "挂账率", "Suspended", ("挂账 ÷ 派遣数", "suspensions / dispatches"), (MetricTerm("enforcement_suspensions_total"),), (_DISPATCHES,)),
    _share("relapsed", "回潮率", "Relapsed", ("结案后数日内同地同事项再发 ÷ 立案数", "cases of the same matter and place soon after a closing / cases opened"), (MetricTerm("enforcement_relapses_total"),), (_OPENED,)),
    _share("solved", "解决率", "Solved, callers say", ("回访称已解决 ÷ 有效回访", "callers who say solved / callers reached"), (MetricTerm("enforcement_call_backs_total", 'solved="yes"'),), (_CALLS,)),
    _share("satisfied", "满意率", "Satisfied, callers say", ("回访满意 ÷ 有效回访", "callers who are satisfied / callers reached"), (MetricTerm("enforcement_call_backs_total", 'satisfied="yes"'),), (_CALLS,)),
    Indicator("handling_hours", "平均处置时长", "Time to handle", "处置时钟走过的时间（停表除外）之和 ÷ 处置数，小时", "time that the handling clock ran, its halts not counted / handled, hours", IndicatorUnit.HOURS, (MetricTerm("enforcement_clock_seconds_sum", 'clock="dispose"'),), (MetricTerm("enforcement_clock_seconds_count", 'clock="dispose"'),), divisor=_HOUR_S),
    Indicator("joint_days", "联合执法平均天数", "Joint enforcement, mean", "联合执法从发起到办结的自然天数，平均", "calendar days from start to end of joint enforcement, mean", IndicatorUnit.DAYS, (MetricTerm("enforcement_joint_seconds_sum"),), (MetricTerm("enforcement_joint_seconds_count"),), divisor=_DAY_S),
    _share("recorded", "执法记录仪使用率", "Recorded by body camera", ("附记录仪视频的处置 ÷ 处置完毕次数", "handlings with a body-camera recording / handlings done"), (MetricTerm("enforcement_disposals_total", 'bodycam="yes"'),), (_DISPOSALS,)),
    _share("two_officers", "双人执法率", "By two officers", ("两名以上执法人员到场的处置 ÷ 处置完毕次数", "handlings with two officers or more on site / handlings done"), (MetricTerm("enforcement_disposals_total", 'two_officers="yes"'),), (_DISPOSALS,)),
)  # fmt: skip
"""What happened in a window."""

STOCKS: Final = (
    _counted("open", "在办", "Open", ("此刻未结案件", "cases that are not over, now"), MetricTerm("enforcement_open_cases", gauge=True)),
    _counted("due_today", "今日到期", "Due today", ("处置时限在今日内且未到", "handling runs and is due later today"), MetricTerm("enforcement_due_today_cases", gauge=True)),
    _counted("at_risk", "临期", "At risk", ("截止前最后一次预警已发出，时限未到", "the last warning before the deadline was given, the deadline is still ahead"), MetricTerm("enforcement_at_risk_cases", gauge=True)),
    _counted("overdue", "超期在办", "Overdue", ("处置时限已过仍未处置", "handling runs and its deadline has passed"), _UNHANDLED),
    _counted("suspended_now", "挂账在办", "Suspended", ("此刻挂账的案件", "cases that rest, now"), MetricTerm("enforcement_suspended_cases", gauge=True)),
)  # fmt: skip
"""What stands at an instant."""

INDICATORS: Final[Mapping[str, Indicator]] = {one.key: one for one in (*FLOWS, *STOCKS)}
