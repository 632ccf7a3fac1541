import { describe, expect, it } from 'vitest';
import { configOf, tick } from '../src/charts/config';
import { lookOf, type Look } from '../src/charts/look';
import { readTable } from '../src/charts/table';

const look: Look = {
  ink: 'ink',
  soft: 'soft',
  line: 'line',
  surface: 'surface',
  font: 'sans',
  colour: (name) => `the ${name}`,
};

function table(html: string): HTMLTableElement {
  document.body.innerHTML = `<table>${html}</table>`;
  return document.querySelector('table')!;
}

const DAYS = `
  <thead><tr><th>Day</th><th data-mark="bar" data-colour="main">Conversations</th>
    <th data-mark="line" data-colour="bad">Not understood</th><th data-mark="">Share</th></tr></thead>
  <tbody>
    <tr><th data-label="11-01">2026-11-01</th><td><data value="1200">1,200</data></td>
      <td><data value="0.5">50.0%</data></td><td><data value="1">100%</data></td></tr>
    <tr><th data-label="11-02">2026-11-02</th><td><data value="0">0</data></td>
      <td><data value="">–</data></td><td><data value="">–</data></td></tr>
  </tbody>`;

describe('the table under a chart', () => {
  it('gives the series that are drawn, and no others', () => {
    const { series } = readTable(table(DAYS));
    expect(series.map((one) => one.label)).toEqual(['Conversations', 'Not understood']);
    expect(series.map((one) => one.mark)).toEqual(['bar', 'line']);
    expect(series.map((one) => one.colour)).toEqual(['main', 'bad']);
  });

  it('tells nothing from nought', () => {
    const { series } = readTable(table(DAYS));
    expect(series[0]!.values).toEqual([1200, 0]);
    expect(series[1]!.values).toEqual([0.5, null]);
    expect(series[0]!.texts).toEqual(['1,200', '0']);
  });

  it('names rows in short and in full', () => {
    const read = readTable(table(DAYS));
    expect(read.labels).toEqual(['11-01', '11-02']);
    expect(read.keys).toEqual(['2026-11-01', '2026-11-02']);
  });

  it('takes a cell that is missing or no number for nothing', () => {
    const read = readTable(
      table(`<thead><tr><th>Day</th><th data-mark="line">A</th></tr></thead>
        <tbody><tr><th>1</th></tr><tr><th>2</th><td><data value="x">x</data></td></tr></tbody>`),
    );
    expect(read.series[0]!.values).toEqual([null, null]);
  });

  it('reads a name that looks like markup as text', () => {
    const read = readTable(
      table(`<thead><tr><th>Day</th><th data-mark="line">A</th></tr></thead>
        <tbody><tr><th data-label="&lt;b&gt;">&lt;b&gt;</th><td><data value="1">1</data></td></tr></tbody>`),
    );
    expect(read.labels).toEqual(['<b>']);
  });
});

describe('a tick', () => {
  it.each([
    [0.25, 'share', '25%'],
    [1200, 'count', '1,200'],
    [0.5, 'count', ''],
    [-50, 'points', '\u221250'],
    [50, 'points', '50'],
  ] as const)('%s of %s is %s', (value, unit, text) => {
    expect(tick(value, unit)).toBe(text);
  });
});

describe('the chart', () => {
  const read = () => readTable(table(DAYS));

  it('draws bars and lines together, in the colours of the style sheet', () => {
    const { data } = configOf(read(), 'days', 'count', look);
    expect(data.datasets.map((one) => one.type)).toEqual(['bar', 'line']);
    expect(data.datasets[0]!.backgroundColor).toBe('the main');
    expect(data.datasets[1]!.borderColor).toBe('the bad');
    expect(data.datasets[1]!.data).toEqual([0.5, null]);
  });

  it('tells lines apart without colour', () => {
    const two = read();
    two.series[0]!.mark = 'line';
    const [one, other] = configOf(two, 'days', 'count', look).data.datasets as unknown as {
      borderDash: number[];
      pointStyle: string;
    }[];
    expect(one!.borderDash).not.toEqual(other!.borderDash);
    expect(one!.pointStyle).not.toBe(other!.pointStyle);
  });

  it('shows a day that stands alone among many', () => {
    const many = read();
    many.series[1]!.values = Array.from({ length: 60 }, (_, at) => (at === 30 ? 1 : null));
    const [, line] = configOf(many, 'days', 'count', look).data.datasets;
    const radius = (line as unknown as { pointRadius: (at: { dataIndex: number }) => number })
      .pointRadius;
    expect(radius({ dataIndex: 30 })).toBeGreaterThan(0);
    many.series[1]!.values.fill(1);
    expect(radius({ dataIndex: 30 })).toBe(0);
  });

  it('never cuts the scale of shares and points', () => {
    const scale = (unit: 'share' | 'points') =>
      configOf(read(), 'days', unit, look).options!.scales!.y as Record<string, number>;
    expect(scale('share')).toMatchObject({ min: 0, max: 1 });
    // NPS may be below nought: there is room for it only when it is.
    expect(scale('points')).toMatchObject({ suggestedMin: 0, max: 100 });
    expect(scale('points').min).toBeUndefined();
  });

  it('puts bars on each other, or lays them down', () => {
    const stacked = configOf(read(), 'stack', 'count', look).options!;
    expect(stacked.scales!.x).toMatchObject({ stacked: true });
    expect(stacked.indexAxis).toBe('x');
    const lying = configOf(read(), 'mix', 'count', look).options!;
    expect(lying.indexAxis).toBe('y');
    expect(lying.scales!.x).toMatchObject({ beginAtZero: true });
  });

  it('says in its tooltip what the table says', () => {
    const said = configOf(read(), 'days', 'count', look).options!.plugins!.tooltip!.callbacks!;
    const item = { datasetIndex: 0, dataIndex: 0 };
    expect((said.label as (it: unknown) => string)(item)).toBe(' Conversations: 1,200');
    expect((said.title as (them: unknown) => string)([item])).toBe('2026-11-01');
  });
});

it('takes its colours from the style sheet, ink for what is not named', () => {
  document.body.innerHTML = '<div style="--ink: #111; --chart-bad: #c00"></div>';
  const found = lookOf(document.querySelector('div')!);
  expect(found.colour('bad')).toBe('#c00');
  expect(found.colour('nothing')).toBe('#111');
});
