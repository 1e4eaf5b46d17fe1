"""Panels of each kind, as Grafana's own models. A panel has queries, a title in Chinese, a description with the English, and units."""

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
from deploy.grafana.kit.number_looks import Look, by_name, by_query, defaults, property_of, renamed
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.thresholds import SERIES

SOURCE: Final = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
_BLANK: Final = "–"
"""In a table's cell, where there is no number."""
_LAST: Final = common.ReduceDataOptions(calcs=["lastNotNull"], fields="", values=False)


class PanelQuery(NamedTuple):
    """A query, and how its series are called: `name`, or the words for the values of `label`, or `legend` as Grafana fills it in."""

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


class Sized(NamedTuple):
    """A panel and how much room it takes, of 24 columns."""

    panel: dashboard.Panel
    width: int
    height: int


def figure(
    said: PanelText,
    asked: Sequence[PanelQuery],
    look: Look,
    *,
    width: int,
    height: int = 5,
    spark: bool = False,
) -> Sized:
    """Numbers to be read at a glance, one below the other. With `spark` the course of the time chosen behind them."""
    options = stat.Options(
        graph_mode=common.BigValueGraphMode.AREA if spark else common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        justify_mode=common.BigValueJustifyMode.CENTER,
        text_mode=common.BigValueTextMode.VALUE_AND_NAME if len(asked) > 1 else common.BigValueTextMode.VALUE,
        wide_layout=True,
        reduce_options=_LAST,
        orientation=common.VizOrientation.HORIZONTAL,
    )
    made = _panel("stat", said, asked, look, options)
    overrides = [by_query(_letter(n), one.look) for n, one in enumerate(asked) if one.look]
    return Sized(_with(made, overrides), width, height)


def bars(said: PanelText, asked: Sequence[PanelQuery], look: Look, *, width: int, height: int = 8) -> Sized:
    """One bar for each series, as it is at the end."""
    options = bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        value_mode=common.BarGaugeValueMode.TEXT,
        name_placement=common.BarGaugeNamePlacement.LEFT,
        show_unfilled=False,
        reduce_options=_LAST,
        orientation=common.VizOrientation.HORIZONTAL,
        min_viz_height=14,
    )
    made = _panel("bargauge", said, asked, look, options)
    return Sized(_with(made, _renames(asked, colours=False)), width, height)


def course(
    said: PanelText,
    asked: Sequence[PanelQuery],
    look: Look,
    *,
    width: int,
    height: int = 8,
    stacked: bool = False,
    goal_line: bool = False,
) -> Sized:
    """Lines over the time chosen; `stacked` as areas on top of one another. With `goal_line` the look's steps are drawn as lines."""
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
            calcs=["lastNotNull"],
        ),
        tooltip=common.VizTooltipOptions(
            mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING
        ),
    )
    made = _panel("timeseries", said, [one._replace(instant=False) for one in asked], look, options, custom)
    return Sized(_with(made, _renames(asked, colours=True)), width, height)


def rows(
    said: PanelText,
    keys: Sequence[tuple[str, Words]],
    columns: Sequence[PanelQuery],
    *,
    width: int,
    height: int = 9,
    sort: Words | None = None,
    key_links: Sequence[dashboard.DashboardLink] = (),
) -> Sized:
    """A table: rows by the labels `keys`, a column for each query. Sorted by the column `sort`, the most first."""
    names = {label: words.zh for label, words in keys}
    for n, one in enumerate(columns):
        names[f"Value #{_letter(n)}"] = one.name.zh if one.name else one.format
    if len(columns) == 1:
        names["Value"] = names["Value #A"]
    options = table.Options(
        show_header=True,
        cell_height=common.TableCellHeight.SM,
        sort_by=[common.TableSortByFieldState(display_name=sort.zh, desc=True)] if sort else [],
    )
    made = _panel("table", said, columns, Look("short"), options, legend=[words for _, words in keys])
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
        by_name(one.name.zh, one.look._replace(nothing=_BLANK)) for one in columns if one.look and one.name
    ]
    return Sized(_with(made, overrides), width, height)


def warmth(said: PanelText, expr: str, look: Look, *, width: int, height: int = 8) -> Sized:
    """A histogram over time: how many in each bucket, darker being more."""
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
    asked = PanelQuery(expr, legend="{{le}}", instant=False)
    made = _panel("heatmap", said, [asked], look, options)
    for target in made.targets or []:
        if isinstance(target, prometheus.Dataquery):
            target.format_val = prometheus.PromQueryFormat.HEATMAP
    return Sized(made, width, height)


def note(said: PanelText, content: str, *, width: int, height: int) -> Sized:
    """Markdown, with the board's variables filled in. It asks nothing."""
    made = dashboard.Panel(
        type_val="text",
        title=said.zh,
        description=said.description(),
        options=text.Options(mode=text.TextMode.MARKDOWN, content=content),
    )
    return Sized(made, width, height)


def _panel(
    kind: str,
    said: PanelText,
    asked: Sequence[PanelQuery],
    look: Look,
    options: object,
    custom: object = None,
    legend: Sequence[Words] = (),
) -> dashboard.Panel:
    return dashboard.Panel(
        type_val=kind,
        title=said.zh,
        description=said.description([*legend, *(one.name for one in asked if one.name)]),
        datasource=SOURCE,
        targets=[_target(n, one) for n, one in enumerate(asked)],
        options=options,
        field_config=dashboard.FieldConfigSource(defaults=defaults(look, custom), overrides=[]),
    )


def _target(number: int, one: PanelQuery) -> prometheus.Dataquery:
    return prometheus.Dataquery(
        ref_id=_letter(number),
        datasource=SOURCE,
        editor_mode=prometheus.QueryEditorMode.CODE,
        expr=one.expr,
        legend_format=one.format or "__auto",
        instant=one.instant,
        range_val=not one.instant,
    )


def _renames(
    asked: Sequence[PanelQuery], *, colours: bool
) -> list[dashboard.DashboardFieldConfigSourceOverrides]:
    """Words for the values of labels; with `colours` one for each of them, so that it stays its own from board to board."""
    found = []
    for one in asked:
        for n, (value, words) in enumerate(NAMES.get(one.label, {}).items() if one.label else ()):
            said = [property_of("displayName", words.zh)]
            if colours:
                said.append(property_of("color", {"mode": "fixed", "fixedColor": SERIES[n % len(SERIES)]}))
            found.append(_override(value, said))
    if colours:
        fixed = [one.name for one in asked if one.name]
        for n, words in enumerate(fixed):
            colour = property_of("color", {"mode": "fixed", "fixedColor": SERIES[n % len(SERIES)]})
            found.append(_override(words.zh, [colour]))
    return found


def _override(
    name: str, said: list[dashboard.DynamicConfigValue]
) -> dashboard.DashboardFieldConfigSourceOverrides:
    matcher = dashboard.MatcherConfig(id_val="byName", options=name)
    return dashboard.DashboardFieldConfigSourceOverrides(matcher=matcher, properties=said)


def _with(
    panel: dashboard.Panel, overrides: list[dashboard.DashboardFieldConfigSourceOverrides]
) -> dashboard.Panel:
    if panel.field_config:
        panel.field_config.overrides = overrides
    return panel


def _letter(number: int) -> str:
    """A, B, C: as Grafana numbers queries."""
    return chr(ord("A") + number)
