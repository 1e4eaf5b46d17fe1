"""The way of cases as counts, those that their finder deals with apart, and how long each step takes."""

from collections.abc import Sequence
from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.board_bounds import GOALS
from deploy.grafana.kit.number_looks import BARS, COUNT, SECONDS, SHARE
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, bars, lines, rows
from deploy.grafana.kit.table_sizes import height_of, height_of_bars
from deploy.grafana.kit.thresholds import steps_of
from deploy.value_words import NONE, Words

STEPS: Final = (
    "accept",
    "dispatch",
    "claim",
    "sign",
    "contact",
    "arrive",
    "dispose",
    "joint",
    "verify",
    "callback",
)
"""Clocks in the order of a case's steps."""
_STEP_CLOCKS: Final = f'clock=~"{"|".join(STEPS)}"'
_BARS: Final = 8
_HIGH: Final = max(height_of(len(STEPS)), height_of_bars(_BARS))
_BY_A_TEAM: Final = f'team!="{NONE}"'
_BY_NOBODY: Final = f'team="{NONE}"'
"""The holder of what its finder dealt with on the spot."""
_SELF: Final = (
    Words("自处置", "dealt with on the spot"),
    Words("自处置结案", "closed, dealt with on the spot"),
)


def case_flow(variables: Sequence[str]) -> tuple[Sized, ...]:
    """Counts, time in each step, and its course."""
    return (_counts(variables), _steps(), _slowest())


def _counts(variables: Sequence[str]) -> Sized:
    """From the report to the call-back: what goes to a team, then what does not. Closed are both together."""
    team = tuple(name for name in variables if name == "team")
    given = f"{queries.value('dispatches', team)} - {queries.parts('returned', team)}"
    handlings, closings = "enforcement_handlings_total", "enforcement_closings_total"
    on_the_spot, closed_on_the_spot = _SELF
    panel_queries = [
        PanelQuery(queries.value("reports", variables), Words("来件", "reports")),
        PanelQuery(queries.value("opened", variables), Words("登记", "opened")),
        PanelQuery(given, Words("派遣", "dispatched, less those given back")),
        PanelQuery(queries.increase(handlings, team, more=_BY_A_TEAM), Words("处置", "handled by a team")),
        PanelQuery(
            queries.increase(closings, team, more=_BY_A_TEAM), Words("队伍结案", "closed, handled by a team")
        ),
        PanelQuery(queries.whole("satisfied", variables), Words("有效回访", "callers reached")),
        PanelQuery(queries.parts("self_disposed", variables), on_the_spot),
        PanelQuery(queries.increase(closings, more=_BY_NOBODY), closed_on_the_spot),
    ]
    about = Words(
        "登记后分两路：交队伍（派遣→处置→队伍结案→回访）与巡查当场自处置（另色）；结案数＝队伍结案＋自处置结案。"
        "派遣已除去退单，返工后再次处置另计；逐级之差为途中案件。每根条只受其指标带有的筛选影响",
        "Opened cases go two ways: to a team (dispatched, handled, closed, called back), or they are dealt with by the finder on the spot "
        "(the other colour); closed = by a team + on the spot. Dispatches are less those given back; after a rework a handling counts "
        "again; between two steps lies what is under way. Each bar heeds only the filters that its metrics have as labels",
    )
    return bars(
        PanelText("流转：件数", "Flow: counts", about),
        panel_queries,
        BARS,
        width=6,
        height=_HIGH,
        apart=_SELF,
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
        height=_HIGH,
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
