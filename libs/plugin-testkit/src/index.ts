export { type HowItEnded, runPlugin, type RunningPlugin } from './run-plugin.ts';
export { createWorld, type Contents, type SentRequest, type World, type WorldOptions } from './world.ts';
export type { CommandWish } from './command-for.ts';
export { handlerConformance, type HandlerCase, type HandlerCheck } from './handler-conformance.ts';
export { readRecordedLog } from './recorded-log.ts';
export type { ManualClock, SimulatedDisk, SimulatedDrive } from '@tidemark/testkit';
export { contentConformance, type ContentCheck, type ContentExpectations } from './content-conformance.ts';
