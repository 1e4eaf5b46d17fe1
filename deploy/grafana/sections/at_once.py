"""Where it is late and who can act, on the first screen: what stands by category and by team, the latest first."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit import queries
from deploy.grafana.kit.board_words import Words
from deploy.grafana.kit.number_looks import COUNT
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, rows
from deploy.grafana.kit.shares import columns
from deploy.grafana.sections.who import TO_TEAM
from pipeline.indicators.indicator_table import INDICATORS

_STANDS: Final = ("overdue", "at_risk", "due_today")
_LATEST: Final = Words(INDICATORS["overdue"].zh, "")
_HEIGHT: Final = 7
"""Four lines are seen: the latest. The others are scrolled to."""


def at_once(variables: Sequence[str]) -> tuple[Sized, ...]:
    """Two tables side by side."""
    where, who = Words("哪里：按类别", "Where: by category"), Words("谁：按队伍", "Who: by team")
    return (
        _latest(where, "category", Words("类别", "category"), variables, ()),
        _latest(who, "team", Words("队伍", "team"), variables, (TO_TEAM,)),
    )


def _latest(
    title: Words, by: str, key: Words, variables: Sequence[str], links: Sequence[dashboard.DashboardLink]
) -> Sized:
    held = queries.gauge("enforcement_held_cases", variables, by=by)
    return rows(
        PanelText(title.zh, title.en, None, _STANDS, tuple(variables[:3])),
        [(by, key)],
        [*columns(_STANDS, variables, by), PanelQuery(held, Words("在手", "held"), look=COUNT)],
        width=12,
        height=_HEIGHT,
        sort=_LATEST,
        key_links=links,
    )
