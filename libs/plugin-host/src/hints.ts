/** Hints that wait for the bus: two of a kind become one that says as much as both. */
import type { Observation } from '@tidemark/contracts';

/** Hints with equal keys can be joined; null: this is no hint. */
export function hintKey(observation: Observation): string | null {
  switch (observation.type) {
    case 'HintReceived':
      return `${observation.side}/${observation.source}`;
    case 'SubscriptionTold':
      return `${observation.told}/${observation.subscriptionId}`;
    default:
      return null;
  }
}

/** More folders than this are not worth a list. */
const foldersMax = 1_000;

/** Both have the same key. Without folders a hint means everywhere, and so does what it is joined with. */
export function joined(waiting: Observation, next: Observation): Observation {
  if (waiting.type !== 'HintReceived' || next.type !== 'HintReceived') return waiting;
  const { folders, ...everywhere } = waiting;
  if (folders === undefined) return waiting;
  if (next.folders === undefined) return everywhere;
  const both = new Set([...folders, ...next.folders]);
  return both.size > foldersMax ? everywhere : { ...everywhere, folders: [...both] };
}
