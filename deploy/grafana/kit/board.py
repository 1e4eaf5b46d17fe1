"""A board: variables, annotations, links to the other boards, and panels placed on a grid of 24 columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit.panels import SOURCE, Sized
from deploy.value_words import CATEGORIES, SOURCES, STREETS, TEAMS, Words

SCHEMA_VERSION: Final = 42
COLUMNS: Final = 24
TAG: Final = "enforcement"
TIME_ZONE: Final = "Asia/Shanghai"
UIDS: Final = {
    "manager": "enforcement-manager",
    "team": "enforcement-team",
    "hotline": "enforcement-hotline",
    "health": "enforcement-health",
}
ALL: Final = "$__all"
WINDOWS: Final = ("7d", "1d", "28d")
"""Of trends; the first is the default."""
_SEVERITIES: Final = {grade: Words(grade, grade) for grade in ("P1", "P2", "P3", "P4")}
_VALUES: Final[Mapping[str, tuple[Words, Mapping[str, Words]]]] = {
    "street": (Words("街道", "street"), STREETS),
    "team": (Words("队伍", "team"), TEAMS),
    "category": (Words("类别", "category"), CATEGORIES),
    "severity": (Words("等级", "severity"), _SEVERITIES),
    "source": (Words("来源", "source"), SOURCES),
}
_LEVELS_MARKED: Final = "[3-9]"
"""Levels whose escalations are marked: from level 3 on people above the handlers are notified."""


class Section(NamedTuple):
    """A heading, and the panels below it in reading order."""

    heading: Words
    panels: tuple[Sized, ...]


class Board(NamedTuple):
    """The content of one board. Each of `variables` takes any number of values; `single` takes one, by default its first."""

    key: str
    title: Words
    about: Words
    sections: tuple[Section, ...]
    variables: tuple[str, ...] = ()
    single: str = ""
    since: str = "now-14d"

    def build(self) -> dashboard.Dashboard:
        """The board as Grafana's own model."""
        return dashboard.Dashboard(
            uid=UIDS[self.key],
            title=self.title.zh,
            description=f"**{self.title.en}**\n\n{self.about.zh}\n\n{self.about.en}",
            tags=[TAG],
            timezone=TIME_ZONE,
            week_start="monday",
            editable=False,
            graph_tooltip=dashboard.DashboardCursorSync.CROSSHAIR,
            time=dashboard.DashboardDashboardTime(from_val=self.since, to="now"),
            refresh="1m",
            schema_version=SCHEMA_VERSION,
            version=1,
            panels=list(_placed(self.sections)),
            templating=dashboard.DashboardDashboardTemplating(list_val=list(self._variables())),
            annotations=dashboard.AnnotationContainer(list_val=[_escalations(), _rule_changes()]),
            links=[_board_links()],
        )

    def _variables(self) -> Iterator[dashboard.VariableModel]:
        yield dashboard.VariableModel(
            type_val=dashboard.VariableType.DATASOURCE,
            name="datasource",
            label="数据源 datasource",
            query="prometheus",
            current=dashboard.VariableOption(text="Prometheus", value="prometheus"),
            refresh=dashboard.VariableRefresh.ON_DASHBOARD_LOAD,
        )
        if self.single:
            yield _variable(self.single, many=False)
        for name in self.variables:
            yield _variable(name, many=True)
        yield dashboard.VariableModel(
            type_val=dashboard.VariableType.CUSTOM,
            name="window",
            label="趋势窗口 window",
            query=",".join(WINDOWS),
            current=dashboard.VariableOption(selected=True, text=WINDOWS[0], value=WINDOWS[0]),
            options=[
                dashboard.VariableOption(selected=window == WINDOWS[0], text=window, value=window)
                for window in WINDOWS
            ],
        )


def link(title: Words, key: str, carried: Sequence[str] = (), more: str = "") -> dashboard.DashboardLink:
    """A link to another board, which keeps the time and the variables `carried`; `more` is appended to the address."""
    kept = "".join(f"&${{{name}:queryparam}}" for name in carried)
    return dashboard.DashboardLink(
        title=f"{title.zh} {title.en}",
        url=f"/d/{UIDS[key]}?${{__url_time_range}}&${{datasource:queryparam}}{kept}{more}",
    )


def _variable(name: str, *, many: bool) -> dashboard.VariableModel:
    label, values = _VALUES[name]
    options = [
        dashboard.VariableOption(selected=not many and n == 0, text=words.zh, value=value)
        for n, (value, words) in enumerate(values.items())
    ]
    everything = dashboard.VariableOption(selected=True, text="All", value=ALL)
    return dashboard.VariableModel(
        type_val=dashboard.VariableType.CUSTOM,
        name=name,
        label=f"{label.zh} {label.en}",
        query=", ".join(f"{words.zh} : {value}" for value, words in values.items()),
        multi=many,
        include_all=many,
        all_value=".*" if many else None,
        current=everything if many else options[0],
        options=[everything, *options] if many else options,
    )


def _escalations() -> dashboard.AnnotationQuery:
    escalated = f'increase(enforcement_notices_total{{kind="escalation", level=~"{_LEVELS_MARKED}"}}[1h])'
    query = f"sum by (level) ({escalated}) > 0"
    return _annotation(
        Words("升级督办", "escalation"), "escalations", "#D55E00", query, "level", "级别 level {{level}}"
    )


def _rule_changes() -> dashboard.AnnotationQuery:
    now = "max by (version) (enforcement_rules_info)"
    query = f"{now} unless max by (version) (enforcement_rules_info offset 1h)"
    title = Words("规则变更", "rules changed")
    return _annotation(title, "rule changes", "#56B4E9", query, "version", "{{version}}")


def _annotation(
    title: Words, plural: str, colour: str, query: str, label: str, text: str
) -> dashboard.AnnotationQuery:
    """A mark on the time axis wherever the query has an answer; `plural` names the switch that hides all of them."""
    return dashboard.AnnotationQuery(
        name=f"{title.zh} {plural}",
        datasource=SOURCE,
        enable=True,
        icon_color=colour,
        expr=query,
        step="1h",
        title_format=f"{title.zh} {title.en}",
        text_format=text,
        tag_keys=label,
    )


def _board_links() -> dashboard.DashboardLink:
    return dashboard.DashboardLink(
        title="综合执法看板 boards",
        type_val=dashboard.DashboardLinkType.DASHBOARDS,
        tags=[TAG],
        as_dropdown=True,
        include_vars=True,
        keep_time=True,
        icon="external link",
    )


def _placed(sections: Sequence[Section]) -> Iterator[dashboard.Panel | dashboard.RowPanel]:
    """Panels with numbers, unless they have one, and places: each as high as it fits below the earlier ones, then as far left."""
    number, top = 0, 0
    for section in sections:
        number += 1
        yield dashboard.RowPanel(
            id_val=number,
            title=f"{section.heading.zh} {section.heading.en}",
            grid_pos=dashboard.GridPos(x=0, y=top, w=COLUMNS, h=1),
            panels=[],
        )
        free = [top + 1] * COLUMNS
        for panel, width, height in section.panels:
            number += 1
            left = min(range(COLUMNS - width + 1), key=lambda x: max(free[x : x + width]))
            above = max(free[left : left + width])
            panel.id_val = panel.id_val or number
            panel.grid_pos = dashboard.GridPos(x=left, y=above, w=width, h=height)
            yield panel
            free[left : left + width] = [above + height] * width
        top = max(free)
