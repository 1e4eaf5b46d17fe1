"""Panels of each kind, as Grafana's own models: queries, a title in Chinese, a description with the English, and units."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from grafana_foundation_sdk.models import (
    bargauge,
    common,
    dashboard,
    heatmap,
    prometheus,
    stat,
    table,
    text,
    timeseries,
)

from deploy.grafana.kit.board_words import NAMES, Words
from deploy.grafana.kit.number_looks import (
    COUNT,
    LEVEL_WORDS,
    NO_VALUE,
    Look,
    by_name,
    by_query,
    defaults,
    property_of,
    renamed,
)
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.queries import notice, or_notice
from deploy.grafana.kit.thresholds import SERIES
from pipeline.indicators.stock_records import COUNTED, NOTICE, asks_for_stock

SOURCE: Final = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
_BLANK: Final = "–"
"""Shown in a table's cell without a number."""
NOT_COUNTED: Final = "数据不完整 incomplete"
"""Shown in place of a number of what stands, while not all partitions are counted."""
_LAST: Final = common.ReduceDataOptions(calcs=["lastNotNull"], fields="", values=False)


class PanelQuery(NamedTuple):
    """A query and the names of its series: `name`, or the words for the values of `label`, or `legend` as Grafana fills it in."""

    expr: str
    name: Words | None = None
    label: str = ""
    legend: str = ""
    look: Look | None = None
    instant: bool = True

    @property
    def format(self) -> str:
        """Grafana's legend of the series."""
        if self.name:
            return self.name.zh
        return f"{{{{{self.label}}}}}" if self.label else self.legend


def level_query(expr: str, nothing: str = NO_VALUE) -> PanelQuery:
    """A word beside a number: well where the query answers 0, watch at 1, act at 2."""
    look = Look("short", value_words=LEVEL_WORDS, nothing=nothing)
    return PanelQuery(expr, Words("状态", "level"), look=look)


class Sized(NamedTuple):
    """A panel with its width, of 24 columns, and its height in rows."""

    panel: dashboard.Panel
    width: int
    height: int


def figure(
    about: PanelText,
    queries: Sequence[PanelQuery],
    look: Look,
    *,
    width: int,
    height: int = 5,
) -> Sized:
    """Numbers to be read at a glance, one below the other: of this moment. A course behind them would show its last point instead,
    which is hours old in two weeks, and of before where there is none now.
    """
    short = f"{{{{{COUNTED}}}}} 分区 partitions"  # beside the words in large letters
    queries = [*map(_unknown_while_incomplete, queries), *_notice(queries, short)]
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        justify_mode=common.BigValueJustifyMode.CENTER,
        text_mode=common.BigValueTextMode.VALUE_AND_NAME
        if len(queries) > 1
        else common.BigValueTextMode.VALUE,
        wide_layout=True,
        reduce_options=_LAST,
        orientation=common.VizOrientation.HORIZONTAL,
    )
    made = _panel("stat", about, queries, look, options)
    overrides = [by_query(_letter(n), query.look) for n, query in enumerate(queries) if query.look]
    return Sized(_overridden(made, overrides), width, height)


def bars(
    about: PanelText, queries: Sequence[PanelQuery], look: Look, *, width: int, height: int = 8
) -> Sized:
    """One bar for each series: its last value."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.TEXT,
        name_placement=common.BarGaugeNamePlacement.LEFT,
        show_unfilled=False,
        reduce_options=_LAST,
        orientation=common.VizOrientation.HORIZONTAL,
        min_viz_height=14,
    )
    queries = [*queries, *_notice(queries)]
    made = _panel("bargauge", about, queries, look, options)
    return Sized(_overridden(made, _words_and_colours(queries, colours=False)), width, height)


def lines(
    about: PanelText,
    queries: Sequence[PanelQuery],
    look: Look,
    *,
    width: int,
    height: int = 8,
    stacked: bool = False,
    goal_line: bool = False,
) -> Sized:
    """Lines over the time chosen, or with `stacked` stacked areas. `goal_line` draws the look's steps as dashed lines."""
    custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.LINE,
        line_interpolation=common.LineInterpolation.LINEAR,
        line_width=1 if stacked else 2,
        fill_opacity=60 if stacked else 0,
        show_points=common.VisibilityMode.NEVER,
        span_nulls=False,
        stacking=common.StackingConfig(
            mode=common.StackingMode.NORMAL if stacked else common.StackingMode.NONE, group="A"
        ),
        thresholds_style=common.GraphThresholdsStyleConfig(
            mode=common.GraphThresholdsStyleMode.DASHED if goal_line else common.GraphThresholdsStyleMode.OFF
        ),
    )
    options = timeseries.Options(
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
            # the last point of what stands may be of long before
            calcs=[] if any(asks_for_stock(query.expr) for query in queries) else ["lastNotNull"],
        ),
        tooltip=common.VizTooltipOptions(
            mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING
        ),
    )
    drawn = [*(query._replace(instant=False) for query in queries), *_notice(queries)]
    made = _panel("timeseries", about, drawn, look, options, custom)
    return Sized(_overridden(made, _words_and_colours(queries, colours=True)), width, height)


def rows(
    about: PanelText,
    keys: Sequence[tuple[str, Words]],
    columns: Sequence[PanelQuery],
    *,
    width: int,
    height: int = 9,
    sort: Words | None = None,
    key_links: Sequence[dashboard.DashboardLink] = (),
) -> Sized:
    """A table: rows by the labels `keys`, a column for each query, sorted by the column `sort` from the greatest down."""
    names = {label: words.zh for label, words in keys}
    columns = [column._replace(expr=or_notice(column.expr, keys[0][0])) for column in columns]
    for n, column in enumerate(columns):
        names[f"Value #{_letter(n)}"] = column.name.zh if column.name else column.format
    if len(columns) == 1:
        names["Value"] = names["Value #A"]
    options = table.Options(
        show_header=True,
        cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort.zh, desc=True)] if sort else [],
    )
    made = _panel("table", about, columns, Look("short"), options, legend=[words for _, words in keys])
    for target in made.targets or []:
        if isinstance(target, prometheus.Dataquery):
            target.format_val = prometheus.PromQueryFormat.TABLE
    made.transformations = [
        dashboard.DataTransformerConfig(id_val="merge", options={}),
        dashboard.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": {"Time": True},
                "indexByName": {name: n for n, name in enumerate(names)},
                "renameByName": names,
            },
        ),
    ]
    overrides = [renamed(words.zh, NAMES.get(label, {}), key_links) for label, words in keys]
    overrides += [
        by_name(column.name.zh, column.look._replace(nothing=_BLANK))
        for column in columns
        if column.look and column.name
    ]
    return Sized(_overridden(made, overrides), width, height)


def heat_map(about: PanelText, expr: str, look: Look, *, width: int, height: int = 8) -> Sized:
    """A histogram over time: how many fall in each bucket."""
    options = heatmap.Options(
        calculate=False,
        cell_gap=1,
        color=heatmap.HeatmapColorOptions(
            mode=heatmap.HeatmapColorMode.SCHEME,
            scheme="Viridis",
            scale=heatmap.HeatmapColorScale.EXPONENTIAL,
            exponent=0.5,
            steps=64,
        ),
        y_axis=heatmap.YAxisConfig(unit=look.unit, axis_placement=common.AxisPlacement.LEFT),
        legend=heatmap.HeatmapLegend(show=True),
    )
    query = PanelQuery(expr, legend="{{le}}", instant=False)
    made = _panel("heatmap", about, [query], look, options)
    for target in made.targets or []:
        if isinstance(target, prometheus.Dataquery):
            target.format_val = prometheus.PromQueryFormat.HEATMAP
    return Sized(made, width, height)


def note(about: PanelText, content: str, *, width: int, height: int) -> Sized:
    """Markdown with the board's variables filled in; it has no query."""
    made = dashboard.Panel(
        type_val="text",
        title=about.zh,
        description=about.description(),
        options=text.Options(mode=text.TextMode.MARKDOWN, content=content),
    )
    return Sized(made, width, height)


def _notice(queries: Sequence[PanelQuery], legend: str = f"{{{{{NOTICE}}}}}") -> list[PanelQuery]:
    """In place of a number, while not all partitions are counted: how many are. Nothing where no query asks for what stands."""
    if not any(asks_for_stock(query.expr) for query in queries):
        return []
    return [PanelQuery(notice(), legend=legend, look=Look("short", nothing=NOT_COUNTED))]


def _unknown_while_incomplete(query: PanelQuery) -> PanelQuery:
    if not asks_for_stock(query.expr):
        return query
    return query._replace(look=(query.look or COUNT)._replace(nothing=NOT_COUNTED))


def _panel(
    kind: str,
    about: PanelText,
    queries: Sequence[PanelQuery],
    look: Look,
    options: object,
    custom: object = None,
    legend: Sequence[Words] = (),
) -> dashboard.Panel:
    return dashboard.Panel(
        type_val=kind,
        title=about.zh,
        description=about.description([*legend, *(query.name for query in queries if query.name)]),
        datasource=SOURCE,
        targets=[_target(n, query) for n, query in enumerate(queries)],
        options=options,
        field_config=dashboard.FieldConfigSource(defaults=defaults(look, custom), overrides=[]),
    )


def _target(number: int, query: PanelQuery) -> prometheus.Dataquery:
    return prometheus.Dataquery(
        ref_id=_letter(number),
        datasource=SOURCE,
        editor_mode=prometheus.QueryEditorMode.CODE,
        expr=query.expr,
        legend_format=query.format or "__auto",
        instant=query.instant,
        range_val=not query.instant,
    )


def _words_and_colours(
    queries: Sequence[PanelQuery], *, colours: bool
) -> list[dashboard.DashboardFieldConfigSourceOverrides]:
    """Words for the values of labels; with `colours` each value also has a colour of its own, the same on every board."""
    overrides = []
    for query in queries:
        for n, (value, words) in enumerate(NAMES.get(query.label, {}).items() if query.label else ()):
            properties = [property_of("displayName", words.zh)]
            if colours:
                properties.append(
                    property_of("color", {"mode": "fixed", "fixedColor": SERIES[n % len(SERIES)]})
                )
            overrides.append(_override(value, properties))
    if colours:
        fixed = [query.name for query in queries if query.name]
        for n, words in enumerate(fixed):
            colour = property_of("color", {"mode": "fixed", "fixedColor": SERIES[n % len(SERIES)]})
            overrides.append(_override(words.zh, [colour]))
    return overrides


def _override(
    name: str, properties: list[dashboard.DynamicConfigValue]
) -> dashboard.DashboardFieldConfigSourceOverrides:
    matcher = dashboard.MatcherConfig(id_val="byName", options=name)
    return dashboard.DashboardFieldConfigSourceOverrides(matcher=matcher, properties=properties)


def _overridden(
    panel: dashboard.Panel, overrides: list[dashboard.DashboardFieldConfigSourceOverrides]
) -> dashboard.Panel:
    if panel.field_config:
        panel.field_config.overrides = overrides
    return panel


def _letter(number: int) -> str:
    """Grafana's name of a query: A, B, C."""
    return chr(ord("A") + number)
