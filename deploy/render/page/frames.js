// A Prometheus's answers as Grafana's data frames: what its Prometheus data source makes of them.
import { FieldType } from '@grafana/data';

/** All frames of a panel; `answers` gives the series by refId: labels, and [seconds, text of the value]. */
export function framesOf(panel, answers, stepSeconds) {
  const targets = panel.targets ?? [];
  switch (targets[0]?.format) {
    case 'table':
      return targets.map((target) => tableFrame(target, answers[target.refId], targets.length));
    case 'heatmap':
      return targets.flatMap((target) => heatFrames(target, answers[target.refId], stepSeconds));
    default:
      return targets.flatMap((target) => seriesFrames(target, answers[target.refId], stepSeconds));
  }
}

/** A frame for each series; a query that answers nothing gives one frame without fields. */
function seriesFrames(target, series, stepSeconds) {
  if (series.length === 0) {
    return [{ refId: target.refId, fields: [], length: 0 }];
  }
  return series.map(({ labels, points }) => ({
    refId: target.refId,
    fields: [
      timeField(points, stepSeconds),
      {
        name: 'Value',
        type: FieldType.number,
        labels,
        config: { displayNameFromDS: legendOf(target.legendFormat, labels) },
        values: points.map(([, value]) => number(value)),
      },
    ],
    length: points.length,
  }));
}

/** One frame: the time, a column for each label, the value. */
function tableFrame(target, series, tables) {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
  const rows = series.flatMap((one) => one.points.map(([at, value]) => ({ labels: one.labels, at, value })));
  return {
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: rows.map((row) => row.at * 1000) },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        config: { filterable: true },
        values: rows.map((row) => row.labels[label] ?? ''),
      })),
      {
        name: tables > 1 ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        config: {},
        values: rows.map((row) => number(row.value)),
      },
    ],
    length: rows.length,
  };
}

/** Buckets in order of their bounds, each without those below it. */
function heatFrames(target, series, stepSeconds) {
  const bounds = [...series].sort((one, other) => number(one.labels.le) - number(other.labels.le));
  const frames = seriesFrames(target, bounds, stepSeconds).filter((frame) => frame.fields.length > 0);
  for (let bucket = frames.length - 1; bucket > 0; bucket--) {
    const [below, own] = [frames[bucket - 1].fields[1].values, frames[bucket].fields[1]];
    own.values = own.values.map((value, moment) => Math.max(0, value - below[moment]));
  }
  return frames;
}

function timeField(points, stepSeconds) {
  return {
    name: 'Time',
    type: FieldType.time,
    config: { interval: stepSeconds * 1000 },
    values: points.map(([at]) => at * 1000),
  };
}

function legendOf(format, labels) {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '');
}

/** Prometheus writes numbers as text, with +Inf, -Inf and NaN. */
function number(text) {
  return { '+Inf': Infinity, '-Inf': -Infinity }[text] ?? Number(text);
}
