"""Where it is late and who can act, on the first screen: what stands by street, category and team, the latest first; and which cases."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit import queries
from deploy.grafana.kit.number_looks import COUNT
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, rows
from deploy.grafana.kit.shares import columns
from deploy.grafana.sections.case_list import cases
from deploy.grafana.sections.who import TO_TEAM
from deploy.value_words import Words
from pipeline.indicators.indicator_table import INDICATORS

_LATE: Final = ("overdue", "at_risk")
_LATEST: Final = Words(INDICATORS["overdue"].zh, "")
_HEIGHT: Final = 7
"""Four lines are seen: the latest. The others are scrolled to."""


def at_once(variables: Sequence[str]) -> tuple[Sized, ...]:
    """Three tables side by side, and the cases below."""
    street, category = Words("哪里：按街道", "Where: by street"), Words("哪里：按类别", "Where: by category")
    who = Words("谁：按队伍", "Who: by team")
    return (
        _latest(street, "street", Words("街道", "street"), variables),
        _latest(category, "category", Words("类别", "category"), variables),
        _latest(who, "team", Words("队伍", "team"), variables, (TO_TEAM,)),
        cases(variables),
    )


def _latest(
    title: Words, by: str, key: Words, variables: Sequence[str], links: Sequence[dashboard.DashboardLink] = ()
) -> Sized:
    """What is late and about to be; of who can act also what they hold."""
    shown = columns(_LATE, variables, by)
    if by == "team":
        held = PanelQuery(
            queries.gauge("enforcement_held_cases", variables, by=by), Words("在手", "held"), look=COUNT
        )
        shown.append(held)
    return rows(
        PanelText(title.zh, title.en, None, _LATE, tuple(variables[:4])),
        [(by, key)],
        shown,
        width=10 if by == "team" else 7,
        height=_HEIGHT,
        sort=_LATEST,
        key_links=links,
    )
