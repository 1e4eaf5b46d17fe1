// A panel of each kind: its JSON and its frames given to Grafana's own components.
import { BarGaugeDisplayMode } from '@grafana/schema';
import {
  FieldType,
  getDisplayProcessor,
  getDisplayValueAlignmentFactors,
  getFieldDisplayName,
  getFieldDisplayValues,
  renderMarkdown,
} from '@grafana/data';
import { BarGauge, BigValue, Gauge, Table, TimeSeries, VizRepeater } from '@grafana/ui';
import { HeatMap } from './heatmap.jsx';

const SPACING_OF_BARS = 8;
const AUTOMATIC = { minVizWidth: 8, minVizHeight: 16, maxVizHeight: 300 };
// What Grafana takes where a bar gauge does not say its sizes itself (`sizing: manual`).

const KINDS = {
  stat: Stat,
  bargauge: Bars,
  gauge: Dials,
  table: Rows,
  timeseries: Lines,
  heatmap: HeatMap,
  text: Note,
};

/** The inside of a panel; `frame` gives width, height and all that the board has in common. */
export function Inside(props) {
  const Kind = KINDS[props.panel.type];
  if (!Kind) {
    throw new Error(`${props.panel.title}: no panel of the kind ${props.panel.type}`);
  }
  return <Kind {...props} />;
}

function valuesOf({ panel, data, theme, timeZone, fill }, sparkline) {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: fill,
    theme,
    data,
    sparkline,
    timeZone,
  });
}

function Stat(props) {
  const { panel, data, width, height, theme, range } = props;
  const options = panel.options;
  return (
    <VizRepeater
      getValues={() => withRange(valuesOf(props, options.graphMode !== 'none'), range)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors, count }) => (
        <BigValue
          value={value.display}
          count={count}
          sparkline={value.sparkline}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          justifyMode={options.justifyMode}
          textMode={options.textMode}
          alignmentFactors={alignmentFactors}
          text={options.text}
          width={width}
          height={height}
          theme={theme}
          disableWideLayout={!options.wideLayout}
        />
      )}
      width={width}
      height={height}
      source={data}
      itemSpacing={3}
      renderCounter={0}
      autoGrid={true}
      orientation={options.orientation}
    />
  );
}

function Bars(props) {
  const { panel, data, width, height, theme, timeZone } = props;
  const options = panel.options;
  const sizes = options.sizing === 'manual' ? options : AUTOMATIC;
  return (
    <VizRepeater
      getValues={() => valuesOf(props, false)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, alignmentFactors, orientation, count }) => (
        <BarGauge
          value={value.display}
          width={width}
          height={height}
          orientation={orientation}
          field={value.field}
          text={options.text}
          display={value.view?.getFieldDisplayProcessor(value.colIndex)
            ?? getDisplayProcessor({ field: { type: FieldType.number, config: value.field }, theme, timeZone })}
          theme={theme}
          itemSpacing={SPACING_OF_BARS}
          displayMode={options.displayMode ?? BarGaugeDisplayMode.Gradient}
          alignmentFactors={count > 1 ? alignmentFactors : undefined}
          showUnfilled={options.showUnfilled}
          valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement}
          isOverflow={sizes.minVizHeight * count > props.height}
        />
      )}
      width={width}
      height={height}
      source={data}
      itemSpacing={SPACING_OF_BARS}
      renderCounter={0}
      orientation={options.orientation}
      minVizWidth={sizes.minVizWidth}
      minVizHeight={sizes.minVizHeight}
      maxVizHeight={sizes.maxVizHeight}
    />
  );
}

function Dials(props) {
  const { panel, data, width, height, theme } = props;
  const options = panel.options;
  return (
    <VizRepeater
      getValues={() => valuesOf(props, false)}
      renderValue={({ value, width, height }) => (
        <Gauge
          value={value.display}
          width={width}
          height={height}
          field={value.field}
          text={options.text}
          showThresholdLabels={options.showThresholdLabels}
          showThresholdMarkers={options.showThresholdMarkers}
          theme={theme}
        />
      )}
      width={width}
      height={height}
      source={data}
      autoGrid={true}
      renderCounter={0}
      orientation={options.orientation}
    />
  );
}

function Rows({ panel, data, width, height, timeZone, range, fill }) {
  const frame = data[0];
  const sorted = (panel.options.sortBy ?? []).map((by) => ({
    id: `${frame.fields.findIndex((field) => getFieldDisplayName(field, frame) === by.displayName)}`,
    ...by,
  }));
  return (
    <Table
      data={frame}
      width={width}
      height={height}
      noHeader={!panel.options.showHeader}
      cellHeight={panel.options.cellHeight}
      initialSortBy={sorted}
      resizable={true}
      timeRange={range}
      fieldConfig={panel.fieldConfig}
      timeZone={timeZone}
      replaceVariables={fill}
    />
  );
}

function Lines({ panel, data, width, height, timeZone, range }) {
  const frames = data.filter((frame) => frame.fields.length > 0);
  if (frames.length === 0) {
    return <div style={{ display: 'grid', placeItems: 'center', height }}>{panel.fieldConfig.defaults.noValue}</div>;
  }
  return (
    <TimeSeries
      frames={frames}
      width={width}
      height={height}
      timeRange={range}
      timeZone={timeZone}
      legend={panel.options.legend}
      options={panel.options}
      structureRev={1}
    />
  );
}

function Note({ panel, height, fill }) {
  return (
    <div
      className="markdown-html"
      style={{ height, overflow: 'auto' }}
      dangerouslySetInnerHTML={{ __html: renderMarkdown(fill(panel.options.content)) }}
    />
  );
}

function withRange(values, range) {
  for (const value of values) {
    if (value.sparkline) {
      value.sparkline.timeRange = range;
    }
  }
  return values;
}
