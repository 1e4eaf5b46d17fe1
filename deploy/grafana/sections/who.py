"""Who can act: load and punctuality of teams, joint enforcement against its goal, times of partner departments."""

from collections.abc import Sequence
from typing import Final

from deploy.grafana.kit import panel_text, queries
from deploy.grafana.kit.board import link
from deploy.grafana.kit.board_bounds import GOALS
from deploy.grafana.kit.number_looks import COUNT, GOAL_WORDS, SECONDS, WORD, Look
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, figure, lines, rows
from deploy.grafana.kit.shares import columns
from deploy.grafana.kit.table_sizes import height_of
from deploy.grafana.kit.thresholds import missed, steps_of
from deploy.grafana.sections.on_duty import cameras, people_by_team
from deploy.value_words import NAMES, Words
from pipeline.indicators.indicator_table import INDICATORS, WINDOW, grown

_TEAM: Final = ("team", Words("队伍", "team"))
TO_TEAM: Final = link(
    Words("打开队伍看板", "open the team's board"),
    "team",
    ("street", "category", "severity"),
    "&var-team=${__value.raw}",
)


def who(variables: Sequence[str]) -> tuple[Sized, ...]:
    """Load and punctuality of each team, joint enforcement and its partners."""
    held = queries.gauge("enforcement_held_cases", variables, by="team")
    load = [
        PanelQuery(held, Words("在手", "held"), look=COUNT),
        *columns(("due_today", "at_risk", "overdue"), variables, "team"),
        *columns(("handled", "handled_on_time"), variables, "team")[:2],
        *columns(("returned",), variables, "team"),
        *columns(("satisfied",), variables, "team"),
    ]
    table = rows(
        PanelText(
            "各队负荷与按期",
            "Load and punctuality of each team",
            Words(
                "点队伍名进入其看板：该看板列出逐件清单的命令。件数少时看件数，不看比率；不作排名",
                "A click on a team opens its board, which names the command that lists its cases. Where counts are small look at "
                "the counts, not at the shares; this is no league table",
            ),
            ("handled_on_time", "returned", "satisfied"),
            tuple(variables[:4]),
        ),
        [_TEAM],
        load,
        width=24,
        height=height_of(len(NAMES["team"])),
        sort=Words(INDICATORS["overdue"].zh, ""),
        key_links=(TO_TEAM,),
    )
    there = (people_by_team(variables, width=15), cameras(variables, width=9))
    return (table, *there, _joint(), _partners(), _overdue_of(variables), _decisions())


def _joint() -> Sized:
    goal = GOALS["joint_days"]
    mean = queries.value("joint_days")
    look = Look("d", 1, steps=steps_of(goal), floor=0)
    ended = queries.whole("joint_days")
    median = f"{queries.quantile(0.5, 'enforcement_joint_seconds')} / 86400"
    late = missed(goal, mean, ended)
    return figure(
        panel_text.of(
            "joint_days",
            note=Words(
                f"目标：从 {goal.was:g} 天降到 {goal.bound:g} 天以内",
                f"Goal: from {goal.was:g} days down to {goal.bound:g}",
            ),
        ),
        [
            PanelQuery(mean, Words("平均", "mean"), look=look),
            PanelQuery(median, Words("中位", "median"), look=look),
            PanelQuery(ended, Words("件数", "ended"), look=COUNT),
            PanelQuery(
                late,
                Words(f"目标 {goal.was:g}→{goal.bound:g} 天", f"goal {goal.was:g} to {goal.bound:g} d"),
                look=WORD._replace(value_words=GOAL_WORDS),
            ),
        ],
        look,
        width=9,
        height=8,
    )


def _partners() -> Sized:
    spent, many = "enforcement_partner_seconds_sum", "enforcement_partner_seconds_count"

    def mean(step: str) -> str:
        own = f'step="{step}"'
        ended = grown(queries.selected(many, more=own), WINDOW, whole_numbers=False)
        return f"{queries.increase(spent, by='department', more=own)} / (sum by (department) ({ended}) > 0)"

    panel_queries = [
        PanelQuery(mean(step), Words(f"{words.zh}用时", f"mean time to {words.en}"), look=SECONDS)
        for step, words in NAMES["step"].items()
    ]
    done = f"""{queries.increase(many, by="department", more='step="finish"')} > 0"""
    return rows(
        PanelText(
            "部门用时（吹哨报到）",
            "Partners' time",
            Words(
                "各部门响应、到场、办结的平均用时（自己的时钟）",
                "Mean time of each partner to respond, arrive and finish, by its own clock",
            ),
        ),
        [("department", Words("部门", "department"))],
        [PanelQuery(done, Words("办结", "done"), look=COUNT), *panel_queries],
        width=15,
        height=8,
        sort=Words("办结", ""),
    )


def _overdue_of(variables: Sequence[str]) -> Sized:
    query = queries.value("overdue", variables, by="team")
    return lines(
        PanelText(
            "超期在办走势", "Overdue, by team", None, ("overdue",), queries.heeded("overdue", variables)
        ),
        [PanelQuery(query, label="team")],
        COUNT,
        width=18,
        height=7,
        stacked=True,
    )


def _decisions() -> Sized:
    """Requests that wait for whoever decides; they stand in none of the figures of cases."""
    waits = 'clock="decide"'
    late = queries.gauge("enforcement_overdue_clocks", more=waits)
    return figure(
        PanelText(
            "待审批",
            "To be decided",
            Words(
                "申请（挂账、延期、联合、作废、异议、终止）待审批的项数，及其中超过审批时限的",
                "Requests that wait to be decided, and those of them that have waited longer than the policy gives",
            ),
        ),
        [
            PanelQuery(late, Words("超时", "overdue"), look=COUNT),
            PanelQuery(
                queries.gauge("enforcement_running_clocks", more=waits), Words("在途", "waiting"), look=COUNT
            ),
        ],
        COUNT,
        width=6,
        height=7,
    )
