// From a table to what Chart.js draws: no document, no clock, so that it can be tested alone.
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { Look } from './look';
import type { Series, Table } from './table';

export type Kind = 'days' | 'stack' | 'mix';
export type Unit = 'count' | 'share' | 'points';

const DASHES = [[], [6, 4], [2, 3]];
const POINTS = ['circle', 'rectRot', 'triangle'] as const;

/** A tick of an axis; language-free, since the numbers in words stand in the table. */
export function tick(value: number, unit: Unit): string {
  if (unit === 'share') return `${Math.round(value * 100)}%`;
  if (unit === 'points') return String(value).replace('-', '\u2212');
  return Number.isInteger(value) ? value.toLocaleString('en-US') : '';
}

// A line is told by its dashes and points too, not by its colour alone. A bar between others is
// parted from them by the ground.
function dataset(one: Series, at: number, look: Look, stacked: boolean): ChartDataset {
  const colour = look.colour(one.colour);
  const common = { label: one.label, data: one.values, backgroundColor: colour };
  if (one.mark === 'bar') {
    return {
      ...common,
      type: 'bar',
      order: 2,
      borderColor: look.surface,
      borderWidth: stacked ? 1 : 0,
      borderRadius: stacked ? 0 : 3,
      maxBarThickness: 36,
    } as ChartDataset;
  }
  const alone = (index: number) =>
    one.values[index - 1] == null && one.values[index + 1] == null ? 4 : 0;
  return {
    ...common,
    type: 'line',
    order: 1,
    borderColor: colour,
    borderWidth: 2.5,
    borderDash: DASHES[at % DASHES.length],
    pointStyle: POINTS[at % POINTS.length],
    pointRadius:
      one.values.length <= 31 ? 3.5 : ({ dataIndex }: { dataIndex: number }) => alone(dataIndex),
    pointHoverRadius: 6,
    pointHitRadius: 12,
    tension: 0,
    spanGaps: true,
  } as ChartDataset;
}

export function configOf(table: Table, kind: Kind, unit: Unit, look: Look): ChartConfiguration {
  const lying = kind === 'mix';
  const stacked = kind === 'stack';
  const lines = table.series.filter((one) => one.mark === 'line');
  const font = { family: look.font, size: 13 };
  const names = {
    stacked,
    grid: { display: false },
    border: { color: look.line },
    ticks: lying
      ? { color: look.ink, font, autoSkip: false }
      : { color: look.soft, font, maxRotation: 0, autoSkipPadding: 16 },
  };
  const numbers = {
    stacked,
    beginAtZero: true,
    ...(unit === 'share' ? { min: 0, max: 1 } : {}),
    ...(unit === 'points' ? { suggestedMin: 0, max: 100 } : {}),
    grid: { color: look.line },
    border: { display: false },
    ticks: {
      color: look.soft,
      font,
      maxTicksLimit: 6,
      callback: (value: string | number) => tick(Number(value), unit),
    },
  };
  return {
    type: table.series[0]?.mark ?? 'bar',
    data: {
      labels: table.labels,
      datasets: table.series.map((one) => dataset(one, lines.indexOf(one), look, stacked)),
    },
    options: {
      indexAxis: lying ? 'y' : 'x',
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: 'index', intersect: false, axis: lying ? 'y' : 'x' },
      scales: lying ? { x: numbers, y: names } : { x: names, y: numbers },
      plugins: {
        legend: {
          display: table.series.length > 1,
          position: 'bottom',
          // Somebody who hides a series by mistake would read a wrong chart.
          onClick: () => undefined,
          labels: {
            color: look.ink,
            font,
            usePointStyle: true,
            boxHeight: 8,
            padding: 16,
            sort: (one, other) => one.datasetIndex! - other.datasetIndex!,
          },
        },
        tooltip: {
          backgroundColor: look.ink,
          titleColor: look.surface,
          bodyColor: look.surface,
          titleFont: { ...font, weight: 'bold' },
          bodyFont: font,
          padding: 10,
          usePointStyle: true,
          callbacks: {
            title: (items) => table.keys[items[0]?.dataIndex ?? -1] ?? '',
            label: (item) => {
              const one = table.series[item.datasetIndex];
              return ` ${one?.label}: ${one?.texts[item.dataIndex]}`;
            },
          },
        },
      },
    },
  };
}
