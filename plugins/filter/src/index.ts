export { default } from './filter.ts';
export { filterName } from './filter.ts';
export { filterOf, nosync, split } from './filter-of.ts';
export type { FilterConfig, Filtered } from './filter-of.ts';
