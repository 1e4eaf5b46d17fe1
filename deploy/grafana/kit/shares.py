"""Shares as figures and tables, always with the count behind them, and with their goal in words where they have one."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit import panel_text, queries
from deploy.grafana.kit.board_bounds import GOALS
from deploy.grafana.kit.number_looks import COUNT, GOAL_WORDS, SHARE, TOO_FEW, WORD
from deploy.grafana.kit.panels import PanelQuery, Sized, figure, level_query
from deploy.grafana.kit.thresholds import ACT, WATCH, WELL, ThresholdStep, missed, steps_of
from deploy.value_words import NAMES, Words
from pipeline.indicators.indicator_table import INDICATORS

_SHARE: Final = Words("比率", "share")
_OUT_OF: Final = Words("件数", "out of")
_GOAL: Final = Words("目标", "goal")
_NOW: Final = Words("现在", "now")
Links = Sequence[dashboard.DashboardLink]


def share(key: str, variables: Sequence[str], *, width: int, links: Links = (), height: int = 5) -> Sized:
    """A share in the time chosen, its denominator, and whether its goal is met, which is not judged for too few cases."""
    goal = GOALS.get(key)
    value, whole = queries.value(key, variables), queries.whole(key, variables)
    look = SHARE._replace(steps=steps_of(goal), links=tuple(links))
    panel_queries = [PanelQuery(value, _SHARE, look=look), PanelQuery(whole, _OUT_OF, look=COUNT)]
    note = None
    if goal:
        few = WORD._replace(value_words=GOAL_WORDS, nothing=TOO_FEW)
        panel_queries.append(PanelQuery(missed(goal, value, whole), _GOAL, look=few))
        note = _goal_note(key)
    return figure(panel_text.of(key, variables, note), panel_queries, look, width=width, height=height)


def stock(
    key: str,
    variables: Sequence[str],
    *,
    width: int,
    most: int | None = None,
    links: Links = (),
    more: str = "",
    heading: Words | None = None,
) -> Sized:
    """How many there are now; with `most` also a word for the level: none, some, more than `most`."""
    query = queries.value(key, variables, more=more)
    steps = (
        ()
        if most is None
        else (ThresholdStep(None, WELL), ThresholdStep(1, WATCH), ThresholdStep(most + 1, ACT))
    )
    look = COUNT._replace(steps=steps, links=tuple(links))
    panel_queries = [PanelQuery(query, _NOW)]
    if most is not None:
        level = f"({query} > bool 0) + ({query} > bool {most})"
        panel_queries.append(level_query(level))
    about = panel_text.of(key, variables)
    if heading:
        about = about._replace(zh=heading.zh, en=heading.en)
    return figure(about, panel_queries, look, width=width)


def columns(
    keys: Sequence[str], variables: Sequence[str], by: str, *, counted: bool = True
) -> list[PanelQuery]:
    """A table's columns: counts, and shares each with the count behind it."""
    panel_queries = []
    for key in keys:
        indicator = INDICATORS[key]
        words = NAMES["indicator"][key]
        query = queries.value(key, variables, by=by)
        if not indicator.whole:
            panel_queries.append(PanelQuery(query, words, look=COUNT))
            continue
        goal = GOALS.get(key)
        panel_queries.append(PanelQuery(query, words, look=SHARE._replace(steps=steps_of(goal))))
        if counted:
            out_of = Words(f"{indicator.zh}·件数", f"{indicator.en}, out of")
            panel_queries.append(PanelQuery(queries.whole(key, variables, by=by), out_of, look=COUNT))
    return panel_queries


def _goal_note(key: str) -> Words:
    goal = GOALS[key]
    bound = f"{goal.bound:.0%}" if INDICATORS[key].unit == "share" else f"{goal.bound:g}"
    return Words(
        f"目标：{'不低于' if goal.least else '不高于'} {bound}；少于 {goal.ended_min} 件时不作评判",
        f"Goal: {'at least' if goal.least else 'at most'} {bound}; of fewer than {goal.ended_min} nothing is said",
    )
