export type { BuildOptions } from './build-into.ts';
export { buildInto, commandNames } from './build-into.ts';
