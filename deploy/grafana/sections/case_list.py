"""Which cases are behind a number: those at risk or overdue that come first, by number, with whose they are and when they are due."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit import queries
from deploy.grafana.kit.board import link
from deploy.grafana.kit.number_looks import SECONDS, TIME
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, rows
from deploy.grafana.kit.table_sizes import height_of
from deploy.value_words import Words
from pipeline import metrics
from pipeline.indicators.due_cases import NEAREST_MAX

PANEL: Final = 101
"""The number of the list on a board, by which a link opens it alone."""
_SEEN: Final = 6
"""So many lines are seen; the others are scrolled to."""
_LABELS: Final = "due, case, team, street, matter, severity"
_LEFT: Final = Words("距时限", "time left")


def cases(variables: Sequence[str]) -> Sized:
    """The list; `enforcement assignments` has all of a team's, `enforcement case` the story of one."""
    due = f"({queries.gauge(metrics.CASE_DUE.name, variables, by=_LABELS, how='max')} > 0)"
    panel, width, height = rows(
        PanelText(
            "哪些案件：超期与临期",
            "Which cases: overdue and at risk",
            Words(
                f"每个街道、队伍、等级最急的超期、临期各 {NEAREST_MAX} 件。全部：enforcement assignments --team 队伍；一件的经过：enforcement case 案号",
                f"Of each street, team and severity the {NEAREST_MAX} overdue for longest and the {NEAREST_MAX} due soonest. All of them: "
                "enforcement assignments --team TEAM; the story of one: enforcement case NUMBER",
            ),
            variables=tuple(variables[:4]),
        ),
        [
            ("due", Words("状态", "state")),
            ("case", Words("案号", "number")),
            ("team", Words("队伍", "team")),
            ("street", Words("街道", "street")),
            ("matter", Words("事项", "matter")),
            ("severity", Words("等级", "severity")),
        ],
        [
            PanelQuery(f"1000 * {due}", Words("时限", "due"), look=TIME),
            PanelQuery(f"{due} - time()", _LEFT, look=SECONDS._replace(floor=None)),
        ],
        width=24,
        height=height_of(_SEEN),
        sort=_LEFT,
        downwards=False,
    )
    panel.id_val = PANEL
    return Sized(panel, width, height)


def to_cases(key: str, carried: Sequence[str]) -> dashboard.DashboardLink:
    """Opens the list of a board alone."""
    return link(Words("哪些案件", "which cases"), key, carried, f"&viewPanel={PANEL}")
