/** When a run that goes on looks again without having been told to. Polling never stops, whatever else tells of changes. */
import type { State } from '../fold/state.ts';

/** When each side is due for a look, in milliseconds since 1970; null while it is being looked at, or in a run that ends by itself. */
export function lookDueAt(state: State): { readonly remote: number | null; readonly local: number | null } {
  const pace = state.started?.policy.pace;
  if (pace === undefined || pace.mode === 'once' || state.phase !== 'running')
    return { remote: null, local: null };
  const due = (side: State['remote'] | State['local'], intervalMs: number): number | null =>
    side.look.state === 'current' && side.lastAt !== null ? side.lastAt + intervalMs : null;
  return { remote: due(state.remote, pace.pollIntervalMs), local: due(state.local, pace.scanIntervalMs) };
}

/** Now and then everything is enumerated, in case a change was never told. */
export function isFullRoundDue(state: State): boolean {
  const every = state.started?.policy.pace.fullRoundEvery ?? 0;
  return every > 0 && state.remote.looksSinceFull >= every;
}
