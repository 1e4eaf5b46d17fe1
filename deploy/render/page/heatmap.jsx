// A histogram over time. Grafana's own heat map is in no package of its: cells are drawn here, the words on the axes are Grafana's.
import { dateTimeFormat, getValueFormat, formattedValueToString, FieldType } from '@grafana/data';

const [LEFT, BOTTOM] = [64, 24];
const LETTERS = 12;
const MARK_WIDTH = 90;

export function HeatMap({ panel, data, width, height, theme, timeZone, range }) {
  const buckets = data.filter((frame) => frame.fields.length > 0);
  if (buckets.length === 0) {
    return <div>{panel.fieldConfig.defaults.noValue}</div>;
  }
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const most = Math.max(1, ...buckets.flatMap((frame) => counts(frame)));
  const cell = { height: (height - BOTTOM) / buckets.length, width: (width - LEFT) / 120 };
  const marks = Math.floor((width - LEFT) / MARK_WIDTH);
  const left = (at) => LEFT + ((width - LEFT) * (at - from)) / (to - from);
  const top = (bucket) => (buckets.length - 1 - bucket) * cell.height;
  const format = getValueFormat(panel.options.yAxis.unit);
  const text = { fill: theme.colors.text.primary, fontSize: LETTERS };
  return (
    <svg width={width} height={height}>
      {buckets.flatMap((frame, bucket) =>
        counts(frame).map((count, moment) => count > 0 && (
          <rect
            key={`${bucket} ${moment}`}
            x={left(frame.fields[0].values[moment])}
            y={top(bucket)}
            width={cell.width}
            height={cell.height - 1}
            fill="#56B4E9"
            opacity={0.15 + 0.85 * Math.sqrt(count / most)}
          />
        ))
      )}
      {buckets.map((frame, bucket) => bucket % Math.ceil((LETTERS + 2) / cell.height) === 0 && (
        <text key={bucket} x={LEFT - 6} y={top(bucket) + cell.height / 2 + 4} textAnchor="end" {...text}>
          {bound(frame.fields[1].labels.le, format)}
        </text>
      ))}
      {Array.from({ length: marks }, (_, mark) => from + ((to - from) * mark) / marks).map((at) => (
        <text key={at} x={left(at)} y={height - 6} {...text}>
          {dateTimeFormat(at, { format: 'MM-DD HH:mm', timeZone })}
        </text>
      ))}
    </svg>
  );
}

function counts(frame) {
  return frame.fields.find((field) => field.type === FieldType.number).values;
}

function bound(le, format) {
  return le === '+Inf' ? '+Inf' : formattedValueToString(format(Number(le)));
}
