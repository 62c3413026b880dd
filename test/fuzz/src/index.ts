export { fuzz, type Finding, type FuzzResult } from './fuzz.ts';
export { targets, type Target, type TargetName } from './targets.ts';
