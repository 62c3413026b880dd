/** What a person does whom the client asks: deletions that are held, or an empty folder, are confirmed when she meant them. */
import { heldPlan } from '@tidemark/engine';
import type { ClientEnd } from './client.ts';

/** What the run that has ended waits for, in words; null when it asks nothing. */
export function askedFor({ state }: ClientEnd): string | null {
  if (state === null) return null;
  if (state.halted?.code === 'rootSuspended') return state.halted.detail;
  return heldPlan(state) === null ? null : 'deletions are held';
}
