/** A replay of a history's log. */
import { replay, serialise } from '@tidemark/engine';
import { expect } from 'vitest';
import type { ModelRun } from './model-run.ts';

/** It derives the plans that the log holds, and the state of the run, byte for byte. */
export async function expectReplayed({ log, state, rulesFor }: ModelRun): Promise<void> {
  const report = await replay({ batches: asynchronously(log), rulesFor });
  expect(report.divergences).toEqual([]);
  expect([...serialise(report.state)]).toEqual([...serialise(state)]);
}

export async function* asynchronously<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}
