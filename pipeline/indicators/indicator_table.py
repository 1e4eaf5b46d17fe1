"""Every indicator (指标): its names, its formula in words, and what is counted for it, on two ways that share nothing but this table.

A quantity is what is counted: by the metrics as it happens (`term`, the growth of a counter or a gauge), and by the report in the rows of
the journal (`rows`, in SQL). An indicator is a quantity, or quantities over quantities. Boards, alerts, the metrics page, the monthly report
and `enforcement replay` all compute from here; numbers that somebody may want to change (goals) are in rules/objectives.yaml.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.indicators.stock_records import now
from schemas.values.request_terms import DemeritKind

WINDOW: Final = "$__range"
_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600
_STREET: Final = re.compile(r'(?:, )?street=~"[^"]*"')
_WRONG_UNIT: Final = ("not_our_matter", "not_our_area", "beyond_powers")
"""Reasons to give a task back that blame whoever dispatched it (派遣准确率)."""


class IndicatorUnit(StrEnum):
    """What an indicator counts in."""

    CASES = "cases"
    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"


class MetricTerm(NamedTuple):
    """A counter's growth, or with `gauge` a gauge; `where` are label matchers such as `kept="yes"`. What the counter `undone` has counted is
    taken away: it has the same labels, but for those that `where` fixes."""

    metric: str
    where: str = ""
    gauge: bool = False
    undone: str = ""

    def query(self, window: str, more: str = "", by: str = "", *, whole_numbers: bool = True) -> str:
        """The sum over all workers, of a stock over all partitions. `more` matchers are added, `by` are labels that stay.

        Prometheus extrapolates growth to the ends of the window: 3 become 3.02. What is counted in whole numbers is rounded, series
        by series, and then exact as long as each has grown by less than a hundred.
        """
        selector = f"{now(self.metric)}{{{', '.join(part for part in (self.where, more) if part)}}}".replace(
            "{}", ""
        )
        what = selector if self.gauge else grown(selector, window, whole_numbers=whole_numbers)
        query = f"sum by ({by}) ({what})" if by else f"sum({what})"
        if self.undone:
            undone = MetricTerm(self.undone)
            query = f"({query} - {undone.query(window, more, by, whole_numbers=whole_numbers)})"
        return or_nothing(query, self.metric, by) if self.gauge else query


def or_nothing(query: str, metric: str, by: str = "") -> str:
    """A query on what stands that is narrowed to some streets: 0 where nothing stands in them, since 0 is not exported of each.

    By street nothing is added: each has a row of its own.
    """
    if not _STREET.search(query) or "street" in by:
        return query
    anywhere = _STREET.sub("", query).replace("{, ", "{").replace("{}", "")
    return f"({query} or 0 * {anywhere})"


def grown(selector: str, window: str, *, whole_numbers: bool = True) -> str:
    """The growth of each series of a counter: of what is counted in whole numbers, such a number."""
    increase = f"increase({selector}[{window}])"
    is_counted = selector.partition("{")[0].endswith(("_total", "_count"))
    return f"round({increase})" if whole_numbers and is_counted else increase


class JournalRows(NamedTuple):
    """Rows of a table of `pipeline.monthly.rows.row_types`: those `where` an SQL condition holds; of `total` that column's sum."""

    table: str
    where: str
    total: str = ""

    @property
    def sql(self) -> str:
        """The number as an SQL aggregate; 0 where there is no such row."""
        if self.total:
            return f"coalesce(sum({self.total}) FILTER ({self.where}), 0)"
        return f"count(*) FILTER ({self.where})"


class Quantity(NamedTuple):
    """What is counted, as the metrics count it and as the report does, who takes the rows `undone` away. Both give the same number."""

    term: MetricTerm
    rows: JournalRows
    undone: JournalRows | None = None

    def without(self, metric: str, demerit: DemeritKind) -> "Quantity":
        """Without what is counted no longer, because an appeal was granted (不纳入考核)."""
        lifted = JournalRows("events", f"event = 'demerit_lifted' AND reason = '{demerit.value}'")
        return Quantity(self.term._replace(undone=f"enforcement_{metric}_total"), self.rows, lifted)


class Indicator(NamedTuple):
    """One indicator: `parts` over `whole`; where `whole` is empty, the parts alone. `less` is taken from 1 (准确率)."""

    key: str
    zh: str
    en: str
    formula_zh: str
    formula_en: str
    unit: IndicatorUnit
    parts: tuple[Quantity, ...]
    whole: tuple[Quantity, ...] = ()
    less: bool = False
    divisor: int = 1

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """All that is counted for it."""
        return (*self.parts, *self.whole)

    def query(self, window: str = WINDOW, more: str = "", by: str = "") -> str:
        """PromQL. `more` are matchers that every metric of it knows, `by` labels that every metric of it has."""
        counted = self.divisor == 1  # of a mean, sum and count are extrapolated alike
        value = _sum(self.parts, window, more, by, whole_numbers=counted)
        if self.whole:
            whole = _sum(self.whole, window, more, by, whole_numbers=counted)
            value = f"{_braced(value)} / {_braced(whole)}"
        if self.divisor != 1:
            value = f"{value} / {self.divisor}"
        return f"1 - {value}" if self.less else value


def _sum(quantities: tuple[Quantity, ...], window: str, more: str, by: str, *, whole_numbers: bool) -> str:
    return " + ".join(
        quantity.term.query(window, more, by, whole_numbers=whole_numbers) for quantity in quantities
    )


def _braced(query: str) -> str:
    return f"({query})" if " + " in query else query


def _counted(key: str, zh: str, en: str, formula: tuple[str, str], *parts: Quantity) -> Indicator:
    return Indicator(key, zh, en, *formula, IndicatorUnit.CASES, parts)


def _share(
    key: str,
    zh: str,
    en: str,
    formula: tuple[str, str],
    parts: tuple[Quantity, ...],
    whole: tuple[Quantity, ...],
) -> Indicator:
    return Indicator(key, zh, en, *formula, IndicatorUnit.SHARE, parts, whole)


# --- what is counted: in the metrics, and in the journal's rows


def _event(metric: str, labels: str, where: str) -> Quantity:
    return Quantity(MetricTerm(f"enforcement_{metric}_total", labels), JournalRows("events", where))


def _step(metric: str, labels: str, where: str) -> Quantity:
    return Quantity(MetricTerm(f"enforcement_{metric}_total", labels), JournalRows("clocks", where))


def _stock(metric: str, labels: str, where: str) -> Quantity:
    return Quantity(MetricTerm(f"enforcement_{metric}", labels, gauge=True), JournalRows("cases", where))


def _sum_of(metric: str, labels: str, where: str, column: str) -> tuple[Quantity, Quantity]:
    """What a histogram has added up, and how often it was observed."""
    total = JournalRows("clocks", where, column)
    return (
        Quantity(MetricTerm(f"enforcement_{metric}_sum", labels), total),
        Quantity(MetricTerm(f"enforcement_{metric}_count", labels), total._replace(total="")),
    )


_HANDLINGS: Final = "clock IN ('dispose', 'joint')"
_REPORTS: Final = _event("reports", "", "report IS NOT NULL")
_MERGED: Final = _event("reports", 'outcome="merged"', "report = 'merged'")
_REPEATED: Final = _event("reports", 'outcome="repeated"', "report = 'repeated'")
_REFUSED: Final = _event("reports", 'outcome="refused"', "report = 'refused'")
_DEAD_LETTERS: Final = _event("dead_letters", "", "event = 'message_dead'")
_OPENED: Final = _event(
    "cases_opened",
    "",
    "(event = 'case_opened' AND report IS DISTINCT FROM 'answered') OR (event = 'case_under_assessment' AND reason = 'answered')",
)
_FILED: Final = Quantity(
    MetricTerm("enforcement_cases_filed_total", undone="enforcement_filings_undone_total"),
    JournalRows(
        "events",
        "event = 'case_accepted' OR (event = 'case_under_check' AND reason = 'ordered')",
        "CASE event WHEN 'case_accepted' THEN 1 ELSE -1 END",
    ),
)
_RELAPSES: Final = _event("relapses", "", "event = 'case_opened' AND relapse")
_SELF_DISPOSED: Final = _event("self_disposed", "", "event = 'case_self_disposed'")
_DISPATCHES: Final = _event("dispatches", "", "event IN ('case_dispatched', 'case_claimed')")
_RETURNS: Final = _event("returns", "", "event = 'case_returned'")
_WRONGLY_DISPATCHED: Final = _event(
    "returns", f'reason=~"{"|".join(_WRONG_UNIT)}"', f"event = 'case_returned' AND reason IN {_WRONG_UNIT}"
)
_FIRST_DISPATCHES: Final = _event(
    "first_dispatches", "", "event IN ('case_dispatched', 'case_claimed') AND first"
)
_FIRST_WRONG: Final = _event(
    "first_returns",
    f'reason=~"{"|".join(_WRONG_UNIT)}"',
    f"event = 'case_returned' AND first AND reason IN {_WRONG_UNIT}",
)
_FIRST_CALLS: Final = _event("calls_in_turn", 'first="yes"', "event = 'call_back_recorded' AND first")
_FIRST_SATISFIED: Final = _event(
    "calls_in_turn", 'first="yes", satisfied="yes"', "event = 'call_back_recorded' AND first AND satisfied"
)
_FINAL_CALLS: Final = _event("calls_in_turn", 'final="yes"', "event = 'call_back_recorded' AND final")
_FINAL_SATISFIED: Final = _event(
    "calls_in_turn", 'final="yes", satisfied="yes"', "event = 'call_back_recorded' AND final AND satisfied"
)
_DISPATCHES_ASSESSED: Final = _DISPATCHES.without("returns_lifted", DemeritKind.RETURNED)
_RETURNS_ASSESSED: Final = _RETURNS.without("returns_lifted", DemeritKind.RETURNED)
_DISPOSALS: Final = _event("disposals", "", "event = 'case_disposed'")
_FILMED: Final = _event("disposals", 'bodycam="yes"', "event = 'case_disposed' AND filmed")
_BY_TWO: Final = _event("disposals", 'two_officers="yes"', "event = 'case_disposed' AND officers >= 2")
_REWORKS: Final = _event("reworks", "", "event = 'verification_failed'")
_REOPENINGS: Final = _event("reopens", "", "event = 'case_reopened'")
_EXTENSIONS: Final = _event("extensions", "", "event = 'case_extended'")
_SUSPENSIONS: Final = _event("suspensions", "", "event = 'case_suspended'")
_JOINT_STARTED: Final = _event("joint_started", "", "event = 'joint_started'")
_CALLS: Final = _event("call_backs", "", "event = 'call_back_recorded'")
_SOLVED: Final = _event("call_backs", 'solved="yes"', "event = 'call_back_recorded' AND solved")
_SATISFIED: Final = _event("call_backs", 'satisfied="yes"', "event = 'call_back_recorded' AND satisfied")
_CALLS_TO_SOLVE: Final = _CALLS.without("unsolved_lifted", DemeritKind.UNSOLVED)
_CALLS_TO_SATISFY: Final = _CALLS.without("unsatisfied_lifted", DemeritKind.UNSATISFIED)
_UNREACHED: Final = _event(
    "cases_closed", 'outcome="unreached"', "event = 'case_closed' AND reason = 'unreached'"
)
_UNREASONABLE: Final = _event(
    "cases_closed", 'outcome="unreasonable"', "event = 'case_closed' AND reason = 'unreasonable'"
)
_SIGNED: Final = _step("clocks_ended", 'clock="sign"', "clock = 'sign'")
_SIGNED_IN_TIME: Final = _step("clocks_ended", 'clock="sign", kept="yes"', "clock = 'sign' AND kept")
_ON_SITE: Final = _step("clocks_ended", 'clock="arrive"', "clock = 'arrive'")
_ON_SITE_IN_TIME: Final = _step("clocks_ended", 'clock="arrive", kept="yes"', "clock = 'arrive' AND kept")
_FOUND: Final = _event("reports", 'source="patrol"', "report IS NOT NULL AND source = 'patrol'")
_FOUND_RIGHTLY: Final = _event(
    "cases_filed", 'source="patrol"', "event = 'case_accepted' AND source = 'patrol'"
)
_CHECKED: Final = _step("clocks_ended", 'clock="accept"', "clock = 'accept'")
_CHECKED_IN_TIME: Final = _step("clocks_ended", 'clock="accept", kept="yes"', "clock = 'accept' AND kept")
_VERIFIED: Final = _step("clocks_ended", 'clock="verify"', "clock = 'verify'")
_VERIFIED_IN_TIME: Final = _step("clocks_ended", 'clock="verify", kept="yes"', "clock = 'verify' AND kept")
_CONTACTED: Final = _step("clocks_ended", 'clock="contact"', "clock = 'contact'").without(
    "contacts_lifted", DemeritKind.NOT_CONTACTED
)
_CONTACTED_IN_TIME: Final = _step("clocks_ended", 'clock="contact", kept="yes"', "clock = 'contact' AND kept")
_HANDLED: Final = _step("handlings", "", _HANDLINGS)
_HANDLED_IN_TIME: Final = _step("handlings", 'kept="yes"', f"{_HANDLINGS} AND kept")
_HANDLED_LATE: Final = _step("handlings", 'kept="no"', f"{_HANDLINGS} AND NOT kept")
_HANDLED_ASSESSED: Final = _HANDLED.without("handlings_lifted", DemeritKind.OVERDUE)
_LATE_ASSESSED: Final = _HANDLED_LATE.without("handlings_lifted", DemeritKind.OVERDUE)
_CLOSED: Final = _step("closings", "", "clock = 'whole'")
_CLOSED_IN_TIME: Final = _step("closings", 'kept="yes"', "clock = 'whole' AND kept")
_HANDLING_S, _HANDLED_ALONE = _sum_of("clock_seconds", 'clock="dispose"', "clock = 'dispose'", "own_seconds")
_JOINT_S, _JOINT_ENDED = _sum_of("joint_seconds", "", "clock = 'joint'", "calendar_seconds")
_OPEN: Final = _stock("open_cases", "", "open")
_DUE_TODAY: Final = _stock("due_today_cases", "", "due_today")
_AT_RISK: Final = _stock("at_risk_cases", "", "at_risk")
_UNHANDLED: Final = _stock("overdue_cases", 'clock="dispose"', "overdue")
_UNCLOSED: Final = _stock("overdue_cases", 'clock="whole"', "whole_overdue")
_RESTING: Final = _stock("suspended_cases", "", "suspended")
_SUPERVISED: Final = _stock("supervised_cases", "", "supervised")
_ORDERED: Final = _stock("ordered_cases", "", "ordered")


# --- the indicators

FLOWS: Final = (
    _counted("reports", "来件数", "Reports", ("时段内读懂的来件，含重复、并案和不予受理", "Reports understood in the window, repeated, merged and refused ones too"), _REPORTS),
    _counted("opened", "登记数", "Cases opened", ("时段内登记的案件，含待核实和后来不予立案的", "Cases opened in the window, those to be checked and those not filed later too"), _OPENED),
    _counted("filings", "立案数", "Cases filed", ("时段内受理立案的案件；不含核实后不予立案的", "Cases filed in the window; not those that were checked and not filed"), _FILED),
    _share("filed", "立案率", "Filed", ("立案数 ÷ 来件数", "cases filed / reports"), (_FILED,), (_REPORTS,)),
    _share("found_rightly", "有效上报率", "Finds filed", ("巡查上报中受理立案的 ÷ 巡查上报数", "cases filed of patrols' finds / patrols' finds"), (_FOUND_RIGHTLY,), (_FOUND,)),
    _share("checked_on_time", "按时核实率", "Checked in time", ("按时核实、研判并作出决定 ÷ 核实、研判并作出决定", "looked at before filing and decided before the deadline / looked at and decided"), (_CHECKED_IN_TIME,), (_CHECKED,)),
    _share("duplicates", "重复诉求率", "Duplicate rate", ("并入在办案件的来件 ÷（登记数＋并入数）", "reports merged into an open case / (opened + merged)"), (_MERGED,), (_OPENED, _MERGED)),
    _share("self_disposed", "自处置率", "Dealt with on the spot", ("巡查当场处置 ÷ 登记数", "dealt with by the finder / cases opened"), (_SELF_DISPOSED,), (_OPENED,)),
    _counted("dispatches", "派遣数", "Dispatches", ("派单与领单次数，改派另计", "tasks given to a team by dispatch or claim; a second dispatch counts again"), _DISPATCHES),
    Indicator("dispatched_rightly", "派遣准确率", "Dispatched rightly", "1 −（因事项、区域、权限不符的退单 ÷ 派遣数）", "1 - tasks given back for wrong matter, area or powers / dispatches", IndicatorUnit.SHARE, (_WRONGLY_DISPATCHED,), (_DISPATCHES,), less=True),
    Indicator("first_dispatched_rightly", "首派准确率", "First dispatch right", "1 −（首次派遣后因事项、区域、权限不符的退单 ÷ 首次派遣数）", "1 - cases given back for wrong matter, area or powers by the first team / cases given to a team first", IndicatorUnit.SHARE, (_FIRST_WRONG,), (_FIRST_DISPATCHES,), less=True),
    _share("returned", "退单率", "Given back", ("退单数 ÷ 派遣数，均不含经申诉不纳入考核的", "tasks given back / dispatches, neither with what an appeal lifted"), (_RETURNS_ASSESSED,), (_DISPATCHES_ASSESSED,)),
    _share("signed_on_time", "签收及时率", "Signed in time", ("按时签收 ÷ 签收", "signed before the deadline / signed"), (_SIGNED_IN_TIME,), (_SIGNED,)),
    _share("contacted_on_time", "响应率", "Contacted in time", ("按时联系来电人 ÷ 应联系来电人（含核查通过时仍未联系；保密工单由热线联系，不计；不含经申诉不纳入考核的）", "callers contacted before the deadline / callers to be contacted (those never contacted before verification too; not secret orders, which the hotline contacts, nor what an appeal lifted)"), (_CONTACTED_IN_TIME,), (_CONTACTED,)),
    _share("responded", "按时到场率", "On site in time", ("按时到场 ÷ 到场", "on site before the deadline / on site"), (_ON_SITE_IN_TIME,), (_ON_SITE,)),
    _counted("handled", "处置数", "Handled", ("处置完毕次数，含联合执法；返工后再次处置另计", "times a handling was done, joint enforcement too; after a rework it counts again"), _HANDLED),
    _share("handled_on_time", "按期处置率", "Handled in time", ("按期处置 ÷（处置数＋时段末超期未处置），不含经申诉不纳入考核的", "handled before the deadline / (handled + overdue at the end of the window), without what an appeal lifted"), (_HANDLED_IN_TIME,), (_HANDLED_ASSESSED, _UNHANDLED)),
    _share("overdue_share", "超期率", "Overdue rate", ("（超期处置＋时段末超期未处置）÷（处置数＋时段末超期未处置），不含经申诉不纳入考核的", "(handled late + overdue at the end) / (handled + overdue at the end), without what an appeal lifted"), (_LATE_ASSESSED, _UNHANDLED), (_HANDLED_ASSESSED, _UNHANDLED)),
    _counted("closed", "结案数", "Closed", ("时段内结案次数，重办后再次结案另计；不含并案、作废、不予受理、退回、不予立案、移送、移交其他街道、终止办理", "closings; after a reopening it counts again; without merged, voided, declined, sent back, rejected, transferred, moved and terminated cases"), _CLOSED),
    _share("closed_of_due", "结案率", "Closed of due", ("结案数 ÷（结案数＋时段末超期未结案）", "closed / (closed + not closed past the deadline at the end)"), (_CLOSED,), (_CLOSED, _UNCLOSED)),
    _share("closed_on_time", "按期结案率", "Closed in time", ("按期结案 ÷（结案数＋时段末超期未结案）", "closed before the deadline / (closed + not closed past the deadline at the end)"), (_CLOSED_IN_TIME,), (_CLOSED, _UNCLOSED)),
    _share("verified_on_time", "按时核查率", "Verified in time", ("按时核查 ÷ 核查", "verified before the deadline / verified"), (_VERIFIED_IN_TIME,), (_VERIFIED,)),
    _share("reworked", "返工率", "Reworked", ("核查不通过 ÷ 处置完毕次数", "verifications failed / handlings done"), (_REWORKS,), (_DISPOSALS,)),
    _share("reopened", "重办率", "Reopened", ("重办 ÷ 结案数", "reopenings / closings"), (_REOPENINGS,), (_CLOSED,)),
    _share("extended", "延期率", "Extended", ("延期 ÷ 派遣数", "extensions / dispatches"), (_EXTENSIONS,), (_DISPATCHES,)),
    _share("suspended", "挂账率", "Suspended", ("挂账 ÷ 派遣数", "suspensions / dispatches"), (_SUSPENSIONS,), (_DISPATCHES,)),
    _share("relapsed", "回潮率", "Relapsed", ("结案后数日内同地同事项再发 ÷ 登记数", "cases of the same matter and place soon after a closing / cases opened"), (_RELAPSES,), (_OPENED,)),
    _share("solved", "解决率", "Resolution rate", ("回访称已解决 ÷ 有效回访（不含热线认定的不合理诉求和经申诉不纳入考核的）", "callers who say solved / callers reached (without demands that the hotline held unreasonable, and what an appeal lifted)"), (_SOLVED,), (_CALLS_TO_SOLVE,)),
    _share("satisfied", "满意率", "Satisfied, callers say", ("回访满意 ÷ 有效回访（不含热线认定的不合理诉求和经申诉不纳入考核的）", "callers who are satisfied / callers reached (without demands that the hotline held unreasonable, and what an appeal lifted)"), (_SATISFIED,), (_CALLS_TO_SATISFY,)),
    _share("first_satisfied", "首次满意率", "Satisfied at first", ("首次处置后回访满意 ÷ 首次处置后有效回访", "callers satisfied after the first handling / callers reached after it"), (_FIRST_SATISFIED,), (_FIRST_CALLS,)),
    _share("finally_satisfied", "最终满意率", "Satisfied in the end", ("结案时回访满意 ÷ 结案时有效回访", "callers satisfied with whose call the case was closed / callers reached with whose call it was closed"), (_FINAL_SATISFIED,), (_FINAL_CALLS,)),
    _counted("unreasonable", "不合理诉求数", "Unreasonable demands", ("经热线认定为不合理诉求而结案的案件", "cases closed as demands that the hotline held unreasonable"), _UNREASONABLE),
    Indicator("handling_hours", "平均处置时长", "Time to handle", "处置时钟走过的时间（停表除外）之和 ÷ 处置数，小时", "time that the handling clock ran, its halts not counted / handled, hours", IndicatorUnit.HOURS, (_HANDLING_S,), (_HANDLED_ALONE,), divisor=_HOUR_S),
    Indicator("joint_days", "联合执法平均天数", "Joint enforcement, mean", "联合执法从发起到办结的自然天数，平均", "calendar days from start to end of joint enforcement, mean", IndicatorUnit.DAYS, (_JOINT_S,), (_JOINT_ENDED,), divisor=_DAY_S),
    _share("recorded", "执法记录仪使用率", "Recorded by body camera", ("附记录仪视频的处置 ÷ 处置完毕次数", "handlings with a body-camera recording / handlings done"), (_FILMED,), (_DISPOSALS,)),
    _share("two_officers", "双人执法率", "By two officers", ("两名以上执法人员到场的处置 ÷ 处置完毕次数", "handlings with two officers or more on site / handlings done"), (_BY_TWO,), (_DISPOSALS,)),
)  # fmt: skip
"""What happened in a window."""

STOCKS: Final = (
    _counted("open", "在办", "Open", ("此刻未结案件", "cases that are not over, now"), _OPEN),
    _counted("due_today", "今日到期", "Due today", ("处置时限在今日内且未到", "handling runs and is due later today"), _DUE_TODAY),
    _counted("at_risk", "临期", "At risk", ("截止前最后一次预警已发出，时限未到", "the last warning before the deadline was given, the deadline is still ahead"), _AT_RISK),
    _counted("overdue", "超期在办", "Overdue", ("处置时限已过仍未处置", "handling runs and its deadline has passed"), _UNHANDLED),
    _counted("suspended_now", "挂账在办", "Suspended", ("此刻挂账的案件", "cases that rest, now"), _RESTING),
    _counted("supervised_now", "挂牌督办", "Supervised", ("此刻挂牌督办的未结案件", "cases that the district supervises, now"), _SUPERVISED),
    _counted("ordered_now", "责令改正在办", "Ordered to correct", ("此刻责令限期改正尚未了结的案件", "cases with an order to correct that is not settled, now"), _ORDERED),
)  # fmt: skip
"""What stands at an instant."""

BESIDE: Final = (
    _counted("merged", "并案件数", "Reports merged", ("并入在办案件的来件", "reports merged into an open case"), _MERGED),
    _counted("repeated", "重复来件", "Reports repeated", ("来件号已有的来件，答以原回执", "known numbers again, answered as the first time"), _REPEATED),
    _counted("refused", "不予受理", "Reports refused", ("读懂而不予受理的来件", "reports understood and refused"), _REFUSED),
    _counted("dead_letters", "死信", "Dead letters", ("无法识别的记录", "records that could not be worked"), _DEAD_LETTERS),
    _counted("returns", "退单数", "Returns", ("退单次数", "times that a team gave a task back"), _RETURNS),
    _counted("reopenings", "重办数", "Reopenings", ("重办次数", "times that a case was taken up again"), _REOPENINGS),
    _counted("unreached", "未接通结案", "Closed unreached", ("回访未接通而结案", "closed after calls that nobody answered"), _UNREACHED),
    _share("joint", "吹哨率", "Joint enforcement rate", ("发起联合执法 ÷ 立案数", "joint enforcement begun / cases filed"), (_JOINT_STARTED,), (_FILED,)),
)  # fmt: skip
"""What `enforcement replay` and the demo show beside the indicators; on no board and not in the report."""

INDICATORS: Final[Mapping[str, Indicator]] = {row.key: row for row in (*FLOWS, *STOCKS)}
