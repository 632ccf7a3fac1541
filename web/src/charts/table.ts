// Reads the table that stands under a chart.

export interface Series {
  label: string;
  mark: 'bar' | 'line';
  colour: string;
  values: (number | null)[];
  /** The same numbers as people read them. */
  texts: string[];
}

export interface Table {
  /** Of the rows: short, for an axis. */
  labels: string[];
  /** Of the rows, in full. */
  keys: string[];
  series: Series[];
}

const numberOf = (cell: Element | undefined): number | null => {
  const written = cell?.querySelector('data')?.value ?? '';
  const value = written === '' ? NaN : Number(written);
  return Number.isFinite(value) ? value : null;
};

export function readTable(table: HTMLTableElement): Table {
  const rows = [...table.querySelectorAll('tbody tr')];
  const heads = rows.map((row) => row.querySelector('th'));
  const series: Series[] = [];
  table.querySelectorAll<HTMLElement>('thead th').forEach((head, at) => {
    const { mark, colour } = head.dataset;
    if (mark !== 'bar' && mark !== 'line') return;
    const cells = rows.map((row) => row.children[at]);
    series.push({
      label: head.textContent!.trim(),
      mark,
      colour: colour ?? '',
      values: cells.map(numberOf),
      texts: cells.map((cell) => cell?.textContent?.trim() ?? ''),
    });
  });
  return {
    labels: heads.map((head) => head?.dataset.label ?? ''),
    keys: heads.map((head) => head?.textContent?.trim() ?? ''),
    series,
  };
}
