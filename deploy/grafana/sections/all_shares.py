"""All shares in one table, each with its two counts; and the course of the main ones."""

from collections.abc import Callable, Sequence
from typing import Final

from deploy.grafana.kit import panel_text, queries
from deploy.grafana.kit.board_bounds import GOALS
from deploy.grafana.kit.number_looks import COUNT, GOAL_WORDS, SHARE, WORD, Look
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, lines, rows
from deploy.grafana.kit.table_sizes import height_of
from deploy.grafana.kit.thresholds import missed
from deploy.value_words import NAMES, Words
from pipeline.indicators.indicator_table import INDICATORS, IndicatorUnit

SHARES: Final = tuple(key for key, indicator in INDICATORS.items() if indicator.unit is IndicatorUnit.SHARE)
_MAIN: Final = ("handled_on_time", "closed_on_time", "solved", "satisfied", "recorded", "two_officers")
_BAD: Final = ("returned", "reworked", "reopened", "extended", "suspended", "relapsed")
COUNTS: Final = ("unreasonable",)
"""What is counted apart, in no share."""
_NAME: Final = "indicator"


def all_indicators(variables: Sequence[str]) -> tuple[Sized, ...]:
    """The tables, good shares, bad shares, flows."""
    return (
        _table(variables),
        _apart(variables),
        _trend("应高者", "Shares that should be high", _MAIN, variables),
        _trend("应低者", "Shares that should be low", _BAD, variables),
        _flows(variables),
        _hours(),
    )


def _table(variables: Sequence[str]) -> Sized:
    return rows(
        PanelText(
            "指标一览",
            "All shares",
            Words(
                "时段内的比率、分子、分母与目标差；每行受其指标带有的筛选影响",
                "In the time chosen: share, its two counts, and how far the goal is missed; each row heeds the filters its metrics have",
            ),
            SHARES,
            tuple(variables),
        ),
        [(_NAME, Words("指标", "indicator"))],
        [
            PanelQuery(_one_answer(queries.value, SHARES, variables), Words("比率", "share"), look=SHARE),
            PanelQuery(
                _one_answer(queries.parts, SHARES, variables), Words("分子", "above the line"), look=COUNT
            ),
            PanelQuery(
                _one_answer(queries.whole, SHARES, variables), Words("分母", "below the line"), look=COUNT
            ),
            PanelQuery(
                _missed(variables),
                Words("目标", "goal"),
                look=WORD._replace(value_words=GOAL_WORDS, nothing="–"),
            ),
        ],
        width=12,
        height=height_of(len(SHARES)),
    )


def _apart(variables: Sequence[str]) -> Sized:
    count = PanelQuery(_one_answer(queries.value, COUNTS, variables), Words("件数", "count"), look=COUNT)
    about = Words("时段内的件数，不在任何比率中", "In the time chosen; they are in no share")
    return rows(
        PanelText("单列件数", "Counted apart", about, COUNTS, tuple(variables)),
        [(_NAME, Words("指标", "indicator"))],
        [count],
        width=24,
        height=height_of(len(COUNTS)),
    )


def _one_answer(query: Callable[..., str], keys: Sequence[str], variables: Sequence[str]) -> str:
    """One query for all of these indicators, each series named by its key."""
    return " or ".join(queries.named(query(key, variables), _NAME, key) for key in keys)


def _missed(variables: Sequence[str]) -> str:
    def judged(key: str, names: Sequence[str]) -> str:
        return missed(GOALS[key], queries.value(key, names), queries.whole(key, names))

    return _one_answer(judged, [key for key in SHARES if key in GOALS], variables)


def _rolling(keys: Sequence[str], variables: Sequence[str]) -> list[PanelQuery]:
    """Each indicator over the rolling window that ends at a point."""
    return [
        PanelQuery(
            queries.value(key, variables, window=queries.ROLLING),
            NAMES["indicator"][key],
        )
        for key in keys
    ]


def _trend(zh: str, en: str, keys: Sequence[str], variables: Sequence[str]) -> Sized:
    return lines(
        PanelText(
            f"走势：{zh}",
            en,
            Words(
                "每点为其前一个滚动窗口内的比率", "Each point is the share in the rolling window before it"
            ),
            tuple(keys),
            tuple(variables),
        ),
        _rolling(keys, variables),
        SHARE._replace(top=None if keys is _BAD else 1, floor=0),
        width=12,
        height=height_of(len(SHARES)) // 2,
    )


def _flows(variables: Sequence[str]) -> Sized:
    keys = ("reports", "opened", "filings", "dispatches", "handled", "closed")
    return lines(
        PanelText(
            "走势：件数",
            "Counts",
            Words("每点为其前一个滚动窗口内的件数", "Each point counts the rolling window before it"),
            keys,
            tuple(variables),
        ),
        _rolling(keys, variables),
        COUNT._replace(floor=0),
        width=12,
    )


def _hours() -> Sized:
    query = queries.value("handling_hours", window=queries.ROLLING, by="hours")
    return lines(
        panel_text.of(
            "handling_hours",
            note=Words("工作时间与自然时间分列", "office hours and natural time apart"),
        ),
        [PanelQuery(query, label="hours")],
        Look("h", 1, floor=0),
        width=12,
    )
