// The data of a figure as CSV (RFC 4180): one row a point, numbers with all their digits.
import type { Cell, Table } from './scene.ts';

const cell = (value: Cell): string => {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvOf = ({ columns, rows }: Table): string => [columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
