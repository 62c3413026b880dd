export type { ItemEvent } from './item.machine.ts';
export type { ItemActivity, ItemState } from './item.ts';
export { itemStates, stepItem } from './item.ts';
