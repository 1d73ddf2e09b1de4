// A reader's own table: a CSV of numbers whose last column is learned. It never leaves the page; a
// link names it by its hash.
import type { Goals } from '../../engine/net';
import { fnv } from '../../engine/random';
import { Refusal } from '../../state';
import { split, standard, type Table } from './data';

const MOST_ROWS = 5000;
const MOST_COLUMNS = 64;
const TESTED = 0.25;
const MOST_CLASSES = 8; // colours that can be told apart

export interface Own {
  name: string;
  hash: string;
  columns: string[]; // the last one is learned
  cells: string[][];
}

/** Names a text: two hashes from different starts. */
export function hashOf(text: string): string {
  const letters = Uint16Array.from({ length: text.length }, (_, k) => text.charCodeAt(k));
  return [0x811c9dc5, 0x050c5d1f].map((start) => fnv(letters, start).toString(16).padStart(8, '0')).join('');
}

/** Read a table with a header; the separator is comma, semicolon or tab. Throws Refusal. */
export function read(name: string, text: string): Own {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const [head = '', ...rest] = lines;
  const separator = [',', ';', '\t'].reduce((best, each) => (head.split(each).length > head.split(best).length ? each : best));
  const [columns, ...cells] = [head, ...rest].map((line) => fields(line, separator));
  if (columns.length < 2 || columns.length > MOST_COLUMNS) throw new Refusal('lab.own.columns', { given: columns.length, most: MOST_COLUMNS });
  if (cells.length < 20 || cells.length > MOST_ROWS) throw new Refusal('lab.own.rows', { given: cells.length, most: MOST_ROWS });
  const odd = cells.findIndex((row) => row.length !== columns.length);
  if (odd >= 0) throw new Refusal('lab.own.ragged', { row: odd + 2, given: cells[odd].length, wanted: columns.length });
  return { name, hash: hashOf(text), columns, cells };
}

/** The fields of a line; quotes hold separators. */
function fields(line: string, separator: string): string[] {
  const found = line.match(new RegExp(`("([^"]|"")*"|[^${separator}]*)(${separator}|$)`, 'g')) ?? [];
  const parts = found.map((part) => part.replace(new RegExp(`${separator}$`), '').trim());
  if (!line.endsWith(separator)) parts.pop(); // the empty match at the end
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
}

const numeric = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

/** A table for the engine: up to 8 different answers are classes, more are numbers. Throws Refusal. */
export function tableOf(own: Own, seed: number): Table {
  const { columns, cells } = own;
  const last = columns.length - 1;
  columns.slice(0, last).forEach((column, j) => {
    const row = cells.findIndex((each) => !numeric(each[j]));
    if (row >= 0) throw new Refusal('lab.own.number', { column, row: row + 2, given: cells[row][j].slice(0, 30) });
  });
  const scales = columns.slice(0, last).map((_, j) => standard(cells.map((row) => Number(row[j]))));
  const inputs = Float32Array.from({ length: cells.length * last }, (_, k) => {
    const [middle, spread] = scales[k % last];
    return (Number(cells[Math.floor(k / last)][k % last]) - middle) / spread;
  });
  const answers = cells.map((row) => row[last]);
  const classes = [...new Set(answers)].sort((a, b) => (numeric(a) && numeric(b) ? Number(a) - Number(b) : a < b ? -1 : 1));
  const reach = 1.05 * inputs.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const made = (goals: Goals, outputs: number, names: string[], y: [number, number], shown: number): Table => ({
    inputs: last, outputs, classes: names, ...split(inputs, goals, TESTED, seed),
    plane: last === shown ? [-reach, reach] : null, scale: { x: scales[0], y },
  });
  if (classes.length <= MOST_CLASSES) {
    const labels = Uint8Array.from(answers, (each) => classes.indexOf(each));
    return made({ labels }, Math.max(classes.length, 2), classes, [0, 1], 2);
  }
  if (!answers.every(numeric)) throw new Refusal('lab.own.classes', { column: columns[last], given: classes.length, most: MOST_CLASSES });
  const [middle, spread] = standard(answers.map(Number));
  return made({ targets: Float32Array.from(answers, (each) => (Number(each) - middle) / spread) }, 1, [], [middle, spread], 1);
}
