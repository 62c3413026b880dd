export { median } from './median.ts';
export { markdownTable } from './table.ts';
