/** One line or group of bars of a chart. */
export interface Series {
  title: string;
  values: readonly number[];
}

/** What a chart shows: for each label, one value of each series. */
export interface Chart {
  title: string;
  unit: string;
  labels: readonly string[];
  series: readonly Series[];
}

const WIDTH = 860;
const HEIGHT = 380;
const LEFT = 60;
const TOP = 70;
const BOTTOM = 330;
const COLOURS = ['#8a94a6', '#3d7dd8', '#d9622b', '#4b9b57', '#8b5fbf', '#c9a227'];

/** Bars on a logarithmic axis: the variants differ by powers of ten. */
export function barChart(chart: Chart): string {
  const top = 10 ** Math.ceil(Math.log10(Math.max(...all(chart), 10)));
  const y = (value: number) => BOTTOM - (Math.log10(Math.max(value, 1)) / Math.log10(top)) * (BOTTOM - TOP);
  const slot = (WIDTH - LEFT - 20) / chart.labels.length;
  const width = (slot * 0.8) / chart.series.length;
  const marks = Array.from({ length: Math.log10(top) + 1 }, (_, power) => 10 ** power);
  const bars = chart.series.flatMap(({ values }, index) =>
    values.map((value, label) => {
      const x = LEFT + label * slot + slot * 0.1 + index * width;
      const figure = value < 10 ? value.toFixed(1) : value.toFixed(0);
      return (
        `<rect x="${x.toFixed(1)}" y="${y(value).toFixed(1)}" width="${(width - 2).toFixed(1)}" ` +
        `height="${(BOTTOM - y(value)).toFixed(1)}" fill="${colour(index)}"/>` +
        text(x + width / 2, y(value) - 4, figure, 'middle', 9)
      );
    }),
  );
  return frame(chart, marks, y, slot, bars.join('\n'));
}

/** Lines from zero, each against its own largest value, which its title tells. */
export function lineChart(chart: Chart): string {
  const y = (share: number) => BOTTOM - share * (BOTTOM - TOP);
  const slot = (WIDTH - LEFT - 20) / chart.labels.length;
  const lines = chart.series.map(({ values }, index) => {
    const most = Math.max(...values);
    const points = values.map(
      (value, at) => `${(LEFT + (at + 0.5) * slot).toFixed(1)},${y(value / most).toFixed(1)}`,
    );
    return `<polyline fill="none" stroke="${colour(index)}" stroke-width="2" points="${points.join(' ')}"/>`;
  });
  const series = chart.series.map(({ title, values }) => ({
    title: `${title} (top: ${Math.max(...values).toFixed(0)})`,
    values,
  }));
  return frame({ ...chart, series }, [], y, slot, lines.join('\n'));
}

/** Lines on a logarithmic axis; a value that is not a number leaves a gap. */
export function logLineChart(chart: Chart): string {
  const values = all(chart).filter(Number.isFinite);
  const [least, most] = [Math.min(...values), Math.max(...values)].map(Math.log10) as [number, number];
  const [bottom, top] = [Math.floor(least), Math.max(Math.ceil(most), Math.floor(least) + 1)];
  const y = (value: number) => BOTTOM - ((Math.log10(value) - bottom) / (top - bottom)) * (BOTTOM - TOP);
  const slot = (WIDTH - LEFT - 20) / chart.labels.length;
  const lines = chart.series.map(({ values: line }, index) => {
    const points = line.flatMap((value, at) =>
      Number.isFinite(value) ? [`${(LEFT + (at + 0.5) * slot).toFixed(1)},${y(value).toFixed(1)}`] : [],
    );
    return `<polyline fill="none" stroke="${colour(index)}" stroke-width="2" points="${points.join(' ')}"/>`;
  });
  const marks = Array.from({ length: top - bottom + 1 }, (_, power) => 10 ** (bottom + power));
  return frame(chart, marks, y, slot, lines.join('\n'));
}

function frame(
  { title, unit, labels, series }: Chart,
  marks: readonly number[],
  y: (value: number) => number,
  slot: number,
  content: string,
): string {
  const lines = marks.map(
    (mark) =>
      `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y(mark)}" y2="${y(mark)}" stroke="#d5d9e0"/>` +
      text(LEFT - 6, y(mark) + 4, String(mark), 'end', 10),
  );
  const apart = Math.min(190, (WIDTH - LEFT - 20) / series.length);
  const legend = series.map(
    (one, index) =>
      `<rect x="${LEFT + index * apart}" y="38" width="11" height="11" fill="${colour(index)}"/>` +
      text(LEFT + 16 + index * apart, 48, one.title, 'start', 12),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 22, `${title} (${unit})`, 'start', 15),
    ...legend,
    ...lines,
    `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${BOTTOM}" y2="${BOTTOM}" stroke="#55606f"/>`,
    content,
    ...labels.map((label, index) => text(LEFT + (index + 0.5) * slot, BOTTOM + 18, label, 'middle', 10)),
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, content: string, anchor: string, size: number): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}" fill="#2b3440">${escaped(content)}</text>`;
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000000';
}

function all({ series }: Chart): number[] {
  return series.flatMap(({ values }) => values);
}

function escaped(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
