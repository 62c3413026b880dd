export { reporter as default } from './reporter.ts';
export { renderAnswerBlock } from './answer-block.ts';
export { renderContacting } from './reached.ts';
export { createCycle, type Cycle } from './cycle.ts';
export type { Line } from './line.ts';
export type { ReporterConfig } from './config.ts';
