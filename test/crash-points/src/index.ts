export { experiments, type Experiment } from './experiments.ts';
export type { Played } from './played.ts';
