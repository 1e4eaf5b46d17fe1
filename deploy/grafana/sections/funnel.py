"""The funnel of cases as counts, and how long each step takes."""

from collections.abc import Sequence
from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.board_bounds import GOALS
from deploy.grafana.kit.board_words import NAMES, Words
from deploy.grafana.kit.number_looks import BARS, COUNT, SECONDS, SHARE
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, bars, lines, rows
from deploy.grafana.kit.table_sizes import height_of
from deploy.grafana.kit.thresholds import steps_of

STEPS: Final = ("accept", "dispatch", "claim", "sign", "arrive", "dispose", "joint", "verify", "callback")
"""Clocks in the order of a case's steps."""
_STEP_CLOCKS: Final = f'clock=~"{"|".join(STEPS)}"'
_FLOW: Final = ("reports", "opened", "dispatches", "handled", "closed")


def funnel(variables: Sequence[str]) -> tuple[Sized, ...]:
    """Counts, time in each step, and its course."""
    panel_queries = [PanelQuery(queries.value(key, variables), NAMES["indicator"][key]) for key in _FLOW]
    panel_queries.append(
        PanelQuery(queries.whole("satisfied", variables), Words("有效回访", "Callers reached"))
    )
    heeding = Words(
        "每根条只受其指标带有的筛选影响，见各指标",
        "Each bar heeds only the filters that its metrics have as labels",
    )
    return (
        bars(
            PanelText("漏斗：件数", "Funnel: counts", heeding, _FLOW), panel_queries, BARS, width=6, height=11
        ),
        _steps(),
        _slowest(),
    )


def _steps() -> Sized:
    seconds, spent = "enforcement_clock_seconds", "enforcement_clock_seconds_sum"

    def quantile_of(share: float, hours: str) -> str:
        return queries.quantile(share, seconds, by="clock", more=f'{_STEP_CLOCKS}, hours="{hours}"')

    ended = "enforcement_clocks_ended_total"
    done = queries.increase(ended, ("severity",), by="clock", more=_STEP_CLOCKS)
    kept = queries.increase(ended, ("severity",), by="clock", more=f'{_STEP_CLOCKS}, kept="yes"')
    part = queries.increase(spent, by="clock", more=_STEP_CLOCKS)
    all_of_it = queries.increase(spent, more=_STEP_CLOCKS)
    return rows(
        PanelText(
            "各环节用时",
            "Time in each step",
            Words(
                "用时按环节自己的时钟（停表除外）；工作时间（P3、P4）与自然时间（P1、P2）分列。耗时占比＝该环节用时之和 ÷ 全部环节用时之和，最大者最吃时限",
                "Time by the step's own clock, halts not counted; office hours (P3, P4) and natural time (P1, P2) apart. "
                "Part of time = sum of this step / sum of all steps: the greatest eats most of the limit",
            ),
            variables=("severity",),
        ),
        [("clock", Words("环节", "step"))],
        [
            PanelQuery(done, Words("完成", "done"), look=COUNT),
            PanelQuery(
                f"{kept} / {done}",
                Words("按时", "in time"),
                look=SHARE._replace(steps=steps_of(GOALS.get("signed_on_time"))),
            ),
            PanelQuery(quantile_of(0.5, "office"), Words("工时 p50", "office p50"), look=SECONDS),
            PanelQuery(quantile_of(0.9, "office"), Words("工时 p90", "office p90"), look=SECONDS),
            PanelQuery(quantile_of(0.5, "natural"), Words("自然 p50", "natural p50"), look=SECONDS),
            PanelQuery(quantile_of(0.9, "natural"), Words("自然 p90", "natural p90"), look=SECONDS),
            PanelQuery(
                f"{part} / ignoring (clock) group_left () {all_of_it}",
                Words("耗时占比", "part of time"),
                look=SHARE,
            ),
        ],
        width=18,
        height=height_of(len(STEPS)),
        sort=Words("耗时占比", ""),
    )


def _slowest() -> Sized:
    query = queries.quantile(
        0.9,
        "enforcement_clock_seconds",
        window=queries.ROLLING,
        by="clock",
        more=f'{_STEP_CLOCKS}, hours="office"',
    )
    return lines(
        PanelText(
            "环节 p90 走势（工时）",
            "Steps, p90, office hours",
            Words(
                "滚动窗口内九成案件在此时间内完成该环节",
                "In the rolling window nine of ten were through with the step in this time",
            ),
        ),
        [PanelQuery(query, label="clock")],
        SECONDS,
        width=24,
        height=7,
    )
