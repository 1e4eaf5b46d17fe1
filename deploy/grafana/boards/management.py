"""The manager's board: whether work is on time, where it is not, who can act."""

from typing import Final

from deploy.grafana.kit.board import Board, Section, link
from deploy.grafana.kit.board_bounds import AT_RISK_MAX, OVERDUE_MAX
from deploy.grafana.kit.panels import Sized
from deploy.grafana.kit.shares import share, stock
from deploy.grafana.sections.all_shares import all_indicators
from deploy.grafana.sections.at_once import at_once
from deploy.grafana.sections.case_flow import case_flow
from deploy.grafana.sections.case_list import to_cases
from deploy.grafana.sections.trust import freshness, lost
from deploy.grafana.sections.where import where
from deploy.grafana.sections.who import who
from deploy.value_words import Words

VARIABLES: Final = ("street", "team", "category", "severity", "source")
_TO_HOTLINE: Final = link(Words("热线看板", "hotline board"), "hotline", ("source",))


def board() -> Board:
    """The whole board."""
    return Board(
        key="manager",
        title=Words("综合执法·管理看板", "Enforcement: manager"),
        about=Words(
            "是否按期？哪里没有？谁能出手？数字来自各工作进程的指标之和；比率旁边是件数。",
            "On time? Where not? Who can act? Numbers are sums over all workers; beside each share stands the count behind it.",
        ),
        sections=(
            Section(Words("一眼看清", "At a glance"), _header()),
            Section(Words("哪里没有按期、谁能出手", "Where not, and who can act"), at_once(VARIABLES)),
            Section(
                Words("流程：发现 → 流转 → 处置 → 反馈", "Flow: discovery, dispatch, handling, feedback"),
                case_flow(VARIABLES),
            ),
            Section(Words("队伍与联合执法", "Teams and joint enforcement"), who(VARIABLES)),
            Section(Words("分类、分级、分来源", "By category, severity, channel"), where(VARIABLES)),
            Section(Words("全部指标", "All indicators"), all_indicators(VARIABLES)),
        ),
        variables=VARIABLES,
    )


def _header() -> tuple[Sized, ...]:
    which = to_cases("manager", VARIABLES[:4])
    return (
        stock("open", VARIABLES, width=5),
        stock("due_today", VARIABLES, width=5),
        stock("at_risk", VARIABLES, width=5, most=AT_RISK_MAX, links=(which,)),
        stock("overdue", VARIABLES, width=5, most=OVERDUE_MAX, links=(which,)),
        freshness(4),
        share("handled_on_time", VARIABLES, width=6),
        share("reopened", VARIABLES, width=6),
        share("satisfied", VARIABLES, width=6, links=(_TO_HOTLINE,)),
        lost(6),
    )
