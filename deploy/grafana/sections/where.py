"""Where cases are late: by category, severity, channel, age and grid."""

from collections.abc import Sequence
from math import inf
from typing import Final

from deploy.grafana.kit import panel_text, queries
from deploy.grafana.kit.number_looks import BARS, COUNT
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, bars, rows
from deploy.grafana.kit.shares import columns
from deploy.grafana.kit.table_sizes import height_of, height_of_bars
from deploy.value_words import NAMES, Words
from pipeline.indicators.indicator_table import INDICATORS

_DAY: Final = 86_400
AGES: Final = (
    (14_400, Words("4 小时内", "up to 4 hours")),
    (_DAY, Words("4 小时–1 天", "4 hours to a day")),
    (3 * _DAY, Words("1–3 天", "1 to 3 days")),
    (7 * _DAY, Words("3–7 天", "3 to 7 days")),
    (30 * _DAY, Words("7–30 天", "7 to 30 days")),
    (inf, Words("30 天以上", "over 30 days")),
)
GRIDS_MAX: Final = 12
"""The grids with the most repeats are shown, up to this number."""
_FEW: Final = max(
    height_of_bars(len(AGES)), height_of(len(NAMES["severity"])), height_of(len(NAMES["source"]))
)
_TALL: Final = height_of(max(GRIDS_MAX, len(NAMES["category"])))


def where(variables: Sequence[str]) -> tuple[Sized, ...]:
    """One table or chart for each slice, with counts beside shares."""
    return (
        _streets(variables),
        _categories(variables),
        _grids(),
        _severities(variables),
        _suspended(),
        _channels(variables),
        _supervised(),
        _ordered(),
        _ages(),
    )


def _streets(variables: Sequence[str]) -> Sized:
    held = queries.gauge("enforcement_held_cases", variables, by="street")
    return rows(
        PanelText("按街道", "By street", None, ("handled_on_time", "satisfied"), tuple(variables[:4])),
        [("street", Words("街道", "street"))],
        [
            PanelQuery(held, Words("在办", "open"), look=COUNT),
            *columns(("due_today", "at_risk", "overdue", "handled", "handled_on_time"), variables, "street"),
            *columns(("satisfied",), variables, "street"),
        ],
        width=24,
        height=height_of(len(NAMES["street"])),
        sort=Words(INDICATORS["overdue"].zh, ""),
    )


def _categories(variables: Sequence[str]) -> Sized:
    return rows(
        PanelText(
            "按类别",
            "By category",
            None,
            ("handled_on_time", "closed_on_time", "relapsed"),
            tuple(variables[:4]),
        ),
        [("category", Words("类别", "category"))],
        [
            *columns(("opened", "overdue"), variables, "category"),
            *columns(("handled",), variables, "category"),
            *columns(
                ("handled_on_time", "closed_on_time", "relapsed"),
                variables,
                "category",
                counted=False,
            ),
        ],
        width=15,
        height=_TALL,
        sort=Words(INDICATORS["overdue"].zh, ""),
    )


def _severities(variables: Sequence[str]) -> Sized:
    return rows(
        PanelText(
            "按等级",
            "By severity",
            None,
            ("signed_on_time", "contacted_on_time"),
            tuple(variables[:4]),
        ),
        [("severity", Words("等级", "severity"))],
        [
            *columns(("open", "at_risk", "overdue"), variables, "severity"),
            *columns(("signed_on_time", "contacted_on_time"), variables, "severity"),
        ],
        width=17,
        height=_FEW,
    )


def _channels(variables: Sequence[str]) -> Sized:
    now = PanelQuery(
        queries.gauge("enforcement_channel_cases", variables, by="source"), Words("在办", "open"), look=COUNT
    )
    return rows(
        PanelText("按来源", "By channel", None, ("filed", "duplicates"), ("source",)),
        [("source", Words("来源", "channel"))],
        [
            now,
            *columns(("reports", "opened"), variables, "source"),
            *columns(("filed", "duplicates"), variables, "source", counted=False),
        ],
        width=11,
        height=_FEW,
    )


def _suspended() -> Sized:
    query = queries.value("suspended_now", by="reason")
    return bars(
        panel_text.of("suspended_now"), [PanelQuery(query, label="reason")], BARS, width=7, height=_FEW
    )


def _supervised() -> Sized:
    query = queries.value("supervised_now", by="reason")
    return bars(
        panel_text.of("supervised_now"), [PanelQuery(query, label="reason")], BARS, width=6, height=_FEW
    )


def _ordered() -> Sized:
    query = queries.value("ordered_now", by="state")
    return bars(panel_text.of("ordered_now"), [PanelQuery(query, label="state")], BARS, width=7, height=_FEW)


def _ages() -> Sized:
    panel_queries = []
    younger = ""
    for seconds, words in AGES:
        bucket = queries.gauge("enforcement_open_case_age_seconds_bucket", more=f'le=~"{_bound(seconds)}"')
        panel_queries.append(PanelQuery(f"{bucket} - {younger}" if younger else bucket, words))
        younger = bucket
    return bars(
        PanelText(
            "在办案件案龄",
            "Age of open cases",
            Words("登记至今的自然时间", "Time since opening, by the calendar"),
        ),
        panel_queries,
        BARS,
        width=7,
        height=_FEW,
    )


def _bound(seconds: float) -> str:
    """A regular expression for a bucket's bound, in every spelling that exporters use."""
    if seconds == inf:
        return r"\\+Inf"
    exponent = f"{seconds:g}".replace("+", r"\\+")
    return f"{seconds:.0f}([.]0)?|{exponent}"


def _grids() -> Sized:
    repeats = f"topk({GRIDS_MAX}, {queries.gauge('enforcement_grid_repeats', by='grid')} > 0)"
    return rows(
        PanelText(
            "重复点位（网格）",
            "Repeat spots, by grid",
            Words(
                f"同一网格同一事项的再发件数（在办或 30 日内结案者），最多的 {GRIDS_MAX} 个网格",
                f"Further cases of one matter in one grid among those open or closed within 30 days; the {GRIDS_MAX} grids with the most",
            ),
        ),
        [("grid", Words("网格", "grid"))],
        [
            PanelQuery(repeats, Words("再发", "repeats"), look=COUNT),
            PanelQuery(
                f"{queries.gauge('enforcement_grid_open_cases', by='grid')} and on (grid) {repeats}",
                Words("在办", "open"),
                look=COUNT,
            ),
        ],
        width=9,
        height=_TALL,
        sort=Words("再发", ""),
    )
