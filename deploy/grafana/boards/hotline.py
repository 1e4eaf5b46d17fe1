"""The hotline's board: outcomes of reports, refusals and their reasons, times to the answer, call-backs."""

from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.board import Board, Section
from deploy.grafana.kit.board_bounds import LAG_MAX
from deploy.grafana.kit.number_looks import BARS, COUNT, NUMBER, SECONDS, SHARE
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, bars, figure, level_query, lines, rows
from deploy.grafana.kit.shares import columns, share
from deploy.grafana.kit.table_sizes import height_of, height_of_bars
from deploy.grafana.kit.thresholds import act_from
from deploy.grafana.sections.step_times import quantiles
from deploy.grafana.sections.trust import freshness, waits
from deploy.value_words import NAMES, Words
from pipeline.indicators.indicator_table import INDICATORS
from pipeline.words.field_words import ENDS

VARIABLES: Final = ("source",)
_OUTCOMES: Final = ("opened", "merged", "updated", "urged", "repeated", "refused")
_REPORTS: Final = "enforcement_reports_total"
_CLOCKS: Final = ("accept", "contact", "verify", "callback", "whole")
_STEPS_HIGH: Final = height_of(len(_CLOCKS) * len(NAMES["hours"]))
_ENDS_HIGH: Final = height_of_bars(len(ENDS))
CODES_MAX: Final = 15
"""The most frequent codes are shown, up to this number."""


def board() -> Board:
    """The whole board."""
    return Board(
        key="hotline",
        title=Words("综合执法·热线看板", "Enforcement: hotline"),
        about=Words(
            "来件都有回执：各来源推送了多少，结果如何，为何不予受理，多快答复，来电人怎么说。",
            "Every report is answered: how many each source pushed, what became of them, why some were refused, how soon the answer "
            "came, what callers say.",
        ),
        sections=(
            Section(Words("来件与回执", "Reports and receipts"), _receipts()),
            Section(Words("不予受理与死信", "Refused, or not understood"), _refused()),
            Section(Words("答复用时", "How soon it is answered"), _answers()),
            Section(Words("回访", "Call-backs"), _calls()),
        ),
        variables=VARIABLES,
    )


def _receipts() -> tuple[Sized, ...]:
    return (
        _figure("reports"),
        _figure("opened"),
        freshness(6),
        _lag(),
        share("filed", VARIABLES, width=4),
        share("duplicates", VARIABLES, width=5),
        share("contacted_on_time", VARIABLES, width=5),
        share("solved", VARIABLES, width=5),
        share("satisfied", VARIABLES, width=5),
        _outcomes(),
        _reports_by(Words("来件走势：按结果", "Reports by outcome"), "outcome"),
        _reports_by(Words("来件走势：按来源", "Reports by source"), "source"),
    )


def _outcomes() -> Sized:
    now = queries.gauge("enforcement_channel_cases", VARIABLES, by="source")
    by_outcome = [
        PanelQuery(
            queries.increase(_REPORTS, by="source", more=f'outcome="{outcome}"'),
            NAMES["outcome"][outcome],
            look=COUNT,
        )
        for outcome in _OUTCOMES
    ]
    return rows(
        PanelText("来源与结果", "Sources and outcomes", None, ("filed", "duplicates"), VARIABLES),
        [("source", Words("来源", "source"))],
        [
            *columns(("reports",), VARIABLES, "source"),
            *by_outcome,
            *columns(("filed", "duplicates"), VARIABLES, "source", counted=False),
            PanelQuery(now, Words("在办", "open now"), look=COUNT),
        ],
        width=24,
        height=height_of(len(NAMES["source"])),
    )


def _reports_by(title: Words, by: str) -> Sized:
    grown = queries.increase(_REPORTS, VARIABLES, window=queries.ROLLING, by=by)
    window = Words("滚动窗口内件数", "Counts of the rolling window")
    return lines(
        PanelText(title.zh, title.en, window, ("reports",), VARIABLES),
        [PanelQuery(grown, label=by)],
        NUMBER,
        width=12,
        stacked=True,
    )


def _figure(key: str) -> Sized:
    indicator = INDICATORS[key]
    return figure(
        PanelText(indicator.zh, indicator.en, None, (key,), VARIABLES),
        [PanelQuery(queries.value(key, VARIABLES), Words("时段内", "in the time chosen"))],
        COUNT,
        width=6,
    )


def _lag() -> Sized:
    query = queries.lag()
    steps = act_from(LAG_MAX + 1)
    return figure(
        PanelText(
            "积压",
            "Not yet decided",
            Words(
                f"尚未处理的输入记录；超过 {LAG_MAX} 须处理",
                f"Input records that wait for their decision; above {LAG_MAX} somebody must act",
            ),
        ),
        [
            PanelQuery(query, Words("记录", "records"), look=COUNT._replace(steps=steps)),
            level_query(f"({query} > bool {LAG_MAX}) * 2"),
        ],
        COUNT,
        width=6,
    )


def _refused() -> tuple[Sized, ...]:
    refusals = "enforcement_refusals_total"

    def by_code(zh: str, en: str, query: str) -> Sized:
        some = f"topk({CODES_MAX}, {query} > 0)"
        many = Words("件数", "count")
        code = ("code", Words("原因", "code"))
        about = Words(
            f"时段内最多的 {CODES_MAX} 种；代码与对策见 docs/codes.md 与回执",
            f"The {CODES_MAX} most frequent; codes and what to do: docs/codes.md and the receipt",
        )
        return rows(
            PanelText(zh, en, about), [code], [PanelQuery(some, many, look=COUNT)], width=8, sort=many
        )

    return (
        by_code(
            "来件不予受理的原因",
            "Reports refused, by code",
            queries.increase(refusals, by="code", more='of="report"'),
        ),
        by_code(
            "操作被拒原因",
            "Actions refused, by code",
            queries.increase(refusals, by="code", more='of="action"'),
        ),
        by_code(
            "死信原因", "Dead letters, by code", queries.increase("enforcement_dead_letters_total", by="code")
        ),
    )


def _answers() -> tuple[Sized, ...]:
    return (*_receipt_times(), _step_times(), _answers_sent())


def _receipt_times() -> tuple[Sized, ...]:
    return (
        lines(
            PanelText(
                "回执用时",
                "Time to the receipt",
                Words(
                    "从读到记录到事务提交：提交后回执即可读",
                    "From the first record read to the transaction committed, when its receipts can be read",
                ),
            ),
            quantiles("enforcement_transaction_seconds"),
            SECONDS,
            width=8,
        ),
        waits(
            PanelText("未处理输入：最早等待", "Oldest input not decided", Words("各工作进程", "By worker"))
        ),
        lines(
            PanelText(
                "积压走势", "Lag", Words("尚未处理的输入记录，按主题", "Input records that wait, by topic")
            ),
            [PanelQuery(queries.lag("topic"), label="topic")],
            NUMBER,
            width=8,
        ),
    )


def _step_times() -> Sized:
    clocks = f'clock=~"{"|".join(_CLOCKS)}"'
    return rows(
        PanelText(
            "受理立案、联系、核查、回访、全程用时",
            "Acceptance, contact, verification, call-back, the whole",
            Words(
                "按各自时钟，停表除外；工作时间与自然时间分列",
                "By their own clocks, halts not counted; office hours and natural time apart",
            ),
        ),
        [("clock", Words("环节", "step")), ("hours", Words("计时", "hours"))],
        [
            PanelQuery(
                queries.quantile(share, "enforcement_clock_seconds", by="clock, hours", more=clocks),
                Words(f"p{share * 100:.0f}", f"p{share * 100:.0f}"),
                look=SECONDS,
            )
            for share in (0.5, 0.9)
        ],
        width=12,
        height=_STEPS_HIGH,
    )


def _answers_sent() -> Sized:
    kinds = 'kind=~"interim_answer|final_answer"'
    return lines(
        PanelText(
            "对外答复",
            "Answers given",
            Words("滚动窗口内的阶段答复与办理结果", "Interim and final answers of the rolling window"),
        ),
        [
            PanelQuery(
                queries.increase("enforcement_notices_total", window=queries.ROLLING, by="kind", more=kinds),
                label="kind",
            )
        ],
        NUMBER,
        width=12,
        height=_STEPS_HIGH,
    )


def _calls() -> tuple[Sized, ...]:
    shares = ("solved", "satisfied")
    return (
        bars(
            PanelText(
                "回访件数",
                "Call-backs",
                Words("未接通不计入解决率、满意率", "Callers not reached are not in the shares"),
                shares,
            ),
            [
                PanelQuery(queries.whole("solved"), Words("有效回访", "reached")),
                PanelQuery(
                    queries.increase("enforcement_calls_missed_total"), Words("未接通", "not reached")
                ),
                PanelQuery(queries.value("unreasonable"), NAMES["indicator"]["unreasonable"]),
                PanelQuery(queries.parts("solved"), Words("称已解决", "say solved")),
                PanelQuery(queries.parts("satisfied"), Words("满意", "satisfied")),
            ],
            BARS,
            width=6,
            height=_ENDS_HIGH,
        ),
        bars(
            PanelText(
                "办结方式",
                "How cases ended",
                Words("时段内各种方式办结的案件", "Cases over in the time chosen, by how they ended"),
            ),
            [PanelQuery(queries.increase("enforcement_cases_closed_total", by="outcome"), label="outcome")],
            BARS,
            width=8,
            height=_ENDS_HIGH,
        ),
        lines(
            PanelText(
                "解决率、满意率走势", "Solved and satisfied", Words("滚动窗口", "rolling window"), shares
            ),
            [
                PanelQuery(queries.value(key, window=queries.ROLLING), NAMES["indicator"][key])
                for key in shares
            ],
            SHARE,
            width=10,
            height=_ENDS_HIGH,
        ),
    )
