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

from deploy.grafana.kit.number_looks import (
    LEVEL_WORDS,
    NO_VALUE,
    SHARE,
    WORD,
    Look,
    by_query,
    defaults,
    property_of,
)
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.queries import NOT_COUNTED, notice, or_notice
from deploy.grafana.kit.table_columns import column_settings, key_settings
from deploy.grafana.kit.thresholds import APART, SERIES
from deploy.value_words import NAMES, Words
from pipeline.indicators.stock_records import COUNTED, NOTICE, asks_for_stock

SOURCE: Final = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
_NAME_SIZE: Final = 12
_VALUE_SIZE: Final = 16
_ALONE_SIZE: Final = 36
_BAR_VALUE_SIZE: Final = 14
"""Pixels of letters; a unit has nine tenths. Without them Grafana fits all numbers of a panel to the longest word, and names shrink to 4."""
_BAR: Final = (30, 44)
"""Pixels: a bar's least and greatest height. Below 30 Grafana leaves names of 12 pixels too little room; more than fit are scrolled to."""
_BLANK_LINE: Final = "\N{NO-BREAK SPACE}"
_INCOMPLETE: Final = "数据不完整 incomplete"
"""The same beside the number of partitions, where there is room."""
_NOT_ALL: Final = Words(NOT_COUNTED, "not all partitions are counted, so many of all")
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
    look = WORD._replace(value_words=LEVEL_WORDS, nothing=nothing)
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

    Several have a line each, the name at the left. Where a query has no answer its line says so.
    """
    several = len(queries) > 1
    told = [query._replace(look=WORD._replace(nothing=_BLANK_LINE)) for query in _notice(queries)]
    queries = [_unknown_while_incomplete(query, look) for query in queries]
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        justify_mode=common.BigValueJustifyMode.AUTO if several else common.BigValueJustifyMode.CENTER,
        text_mode=common.BigValueTextMode.VALUE_AND_NAME if several else common.BigValueTextMode.AUTO,
        text=_sizes(_VALUE_SIZE if several else _ALONE_SIZE),
        wide_layout=True,
        reduce_options=common.ReduceDataOptions(calcs=["last"], fields="", values=False),
        orientation=common.VizOrientation.HORIZONTAL,
    )
    queries = [*(query._replace(expr=f"({query.expr}) or vector(NaN)") for query in queries), *told]
    made = _panel("stat", about, queries, look, options)
    overrides = [by_query(_letter(n), query.look) for n, query in enumerate(queries) if query.look]
    return Sized(_overridden(made, overrides), width, height)


def bars(
    about: PanelText,
    queries: Sequence[PanelQuery],
    look: Look,
    *,
    width: int,
    height: int = 8,
    apart: Sequence[Words] = (),
) -> Sized:
    """One bar for each series: its last value. Those of the names `apart` have another colour."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.TEXT,
        name_placement=common.BarGaugeNamePlacement.LEFT,
        show_unfilled=False,
        reduce_options=_LAST,
        orientation=common.VizOrientation.HORIZONTAL,
        text=_sizes(_BAR_VALUE_SIZE),
        sizing=common.BarGaugeSizing.MANUAL,
        min_viz_height=_BAR[0],
        max_viz_height=_BAR[1],
    )
    short = f"{NOT_COUNTED} {{{{{COUNTED}}}}}"
    queries = [*queries, *(query._replace(legend=short) for query in _notice(queries))]
    made = _panel("bargauge", about, queries, look, options)
    other = property_of("color", {"mode": "fixed", "fixedColor": APART})
    overrides = [
        *_words_and_colours(queries, colours=False),
        *(_override(name.zh, [other]) for name in apart),
    ]
    return Sized(_overridden(made, overrides), width, height)


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
    drawn = [query._replace(instant=False, expr=_finite(query.expr, look)) for query in queries]
    drawn += _notice(queries)
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
    downwards: bool = True,
    key_links: Sequence[dashboard.DashboardLink] = (),
) -> Sized:
    """A table: rows by the labels `keys`, a column for each query, sorted by the column `sort` from the greatest down, or from the least up."""
    names = {label: words.zh for label, words in keys}
    stands = any(asks_for_stock(column.expr) for column in columns)
    columns = [column._replace(expr=or_notice(column.expr, keys[0][0])) for column in columns]
    for n, column in enumerate(columns):
        names[f"Value #{_letter(n)}"] = column.name.zh if column.name else column.format
    if len(columns) == 1:
        names["Value"] = names["Value #A"]
    options = table.Options(
        show_header=True,
        cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort.zh, desc=downwards)] if sort else [],
    )
    legend = [*(words for _, words in keys), *([_NOT_ALL] if stands else [])]
    made = _panel("table", about, columns, WORD, options, legend=legend)
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
    overrides = [
        key_settings(label, words, key_links, counted=stands and n == 0)
        for n, (label, words) in enumerate(keys)
    ]
    overrides += [
        column_settings(column.name, column.look, sort.zh if sort else "")
        for column in columns
        if column.look and column.name
    ]
    return Sized(_overridden(made, overrides), width, height)


def _finite(expr: str, look: Look) -> str:
    """A share of nothing is no point: one infinite value, and Grafana draws none of a panel's lines."""
    return f"({expr}) < Inf" if look.unit == SHARE.unit else expr


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


def _sizes(value: float) -> common.VizTextDisplayOptions:
    return common.VizTextDisplayOptions(title_size=_NAME_SIZE, value_size=value)


def _notice(queries: Sequence[PanelQuery]) -> list[PanelQuery]:
    """In place of a number, while not all partitions are counted: how many are. Nothing where no query asks for what stands."""
    if not any(asks_for_stock(query.expr) for query in queries):
        return []
    return [PanelQuery(notice(), legend=f"{{{{{NOTICE}}}}}", look=WORD._replace(nothing=_INCOMPLETE))]


def _unknown_while_incomplete(query: PanelQuery, look: Look) -> PanelQuery:
    if not asks_for_stock(query.expr):
        return query
    return query._replace(look=(query.look or look)._replace(nothing=NOT_COUNTED))


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
    """Words for the values of labels; with `colours` each value also has a colour of its own, the same on every board.

    Of more values than colours Grafana gives a panel's series its own colours, each another.
    """
    overrides = []
    for query in queries:
        values = NAMES.get(query.label, {}) if query.label else {}
        for n, (value, words) in enumerate(values.items()):
            properties = [property_of("displayName", words.zh)]
            if colours and len(values) <= len(SERIES):
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
