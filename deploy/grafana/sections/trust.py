"""Whether a board can be trusted: how fresh its data are, and that the auditor finds nothing lost."""

from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.board import link
from deploy.grafana.kit.board_bounds import FRESH_SECONDS_MAX
from deploy.grafana.kit.number_looks import COUNT, SECONDS
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, figure, level_query, lines
from deploy.grafana.kit.thresholds import act_from
from deploy.value_words import Words

LOST: Final = "I1|I12|I17"
"""The auditor's invariants about loss: nothing lost, no case forgotten, every record answered."""
_TO_HEALTH: Final = link(Words("运行看板", "pipeline health"), "health")


def freshness(width: int) -> Sized:
    """How long the oldest input has waited for its decision."""
    query = queries.gauge("enforcement_input_age_seconds", how="max")
    level = f"({query} > bool {FRESH_SECONDS_MAX}) * 2"
    steps = act_from(FRESH_SECONDS_MAX + 0.001)
    return figure(
        PanelText(
            "数据新鲜度",
            "Data freshness",
            Words(
                f"最早一条未处理输入等了多久；0 为全部处理完；超过 {FRESH_SECONDS_MAX} 秒须处理",
                f"Age of the oldest input that is not decided; 0 where all is; above {FRESH_SECONDS_MAX} s somebody must act",
            ),
        ),
        [
            PanelQuery(
                query,
                Words("最早", "oldest"),
                look=SECONDS._replace(steps=steps, links=(_TO_HEALTH,)),
            ),
            level_query(level),
        ],
        SECONDS,
        width=width,
    )


def waits(about: PanelText) -> Sized:
    """How long the oldest input of each worker waited, over time."""
    query = queries.gauge("enforcement_input_age_seconds", by="instance", how="max")
    return lines(about, [PanelQuery(query, label="instance")], SECONDS, width=8)


def lost(width: int) -> Sized:
    """How many losses the auditor has found."""
    query = queries.gauge("enforcement_audit_violations", how="sum", more=f'invariant=~"{LOST}"')
    steps = act_from(1)
    return figure(
        PanelText(
            "丢失（审计）",
            "Lost, by the auditor",
            Words(
                f"独立审计发现的丢失：不变量 {LOST.replace('|', '、')}；应为 0",
                f"Losses that the independent audit has found: invariants {LOST.replace('|', ', ')}; 0 is right",
            ),
        ),
        [
            PanelQuery(query, Words("丢失", "lost"), look=COUNT._replace(steps=steps, links=(_TO_HEALTH,))),
            level_query(f"({query} > bool 0) * 2", "… 未审计 no audit"),
        ],
        COUNT,
        width=width,
    )
