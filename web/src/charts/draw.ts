// Puts the charts into the page, and anew when the device goes from light to dark.
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import { configOf, type Kind, type Unit } from './config';
import { lookOf } from './look';
import { readTable } from './table';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

function draw(figure: HTMLElement): () => void {
  const table = figure.querySelector('table');
  const plot = figure.querySelector<HTMLElement>('.plot');
  const canvas = plot?.querySelector('canvas');
  if (!table || !plot || !canvas) return () => undefined;
  const data = readTable(table);
  const { chart: kind, unit } = figure.dataset;
  const config = () => configOf(data, kind as Kind, unit as Unit, lookOf(figure));
  plot.hidden = false;
  let chart = new Chart(canvas, config());
  figure.querySelector('details')?.removeAttribute('open');
  return () => {
    chart.destroy();
    chart = new Chart(canvas, config());
  };
}

export function drawAll(root: ParentNode): void {
  const again = [...root.querySelectorAll<HTMLElement>('[data-chart]')].map(draw);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    again.forEach((each) => each());
  });
}
