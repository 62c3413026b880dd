/** Makes an incident bundle, for a file that the command writes and for one that the page of the inspector saves. */
import { randomBytes } from 'node:crypto';
import type { EventLog, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { makeBundle } from '@tidemark/daemon';
import type { RulesFor } from '@tidemark/engine';
import { encodeBundle } from '@tidemark/event-log';

/** No path and no time of day: the person who reads the bundle is told what kind of part it is. */
export const incidentTitles = {
  around: 'the events around one path',
  since: 'the events since a time',
  until: 'a log up to one of its events',
  whole: 'a whole log',
} as const;

export interface EventRange {
  readonly from: Seq;
  readonly to: Seq;
}

export interface IncidentWish {
  readonly log: EventLog;
  readonly rulesFor: RulesFor;
  readonly version: string;
  readonly range: EventRange;
  readonly keepsNames: boolean;
  readonly title: string;
}

/** Throws what reading the log throws. */
export async function incidentBundle({ range, ...wish }: IncidentWish) {
  const { bundle, events, lost } = await makeBundle({
    ...{ ...wish, ...range },
    salt: randomBytes(32).toString('hex'),
  });
  return { bundle, events, lost, content: encodeBundle(bundle) };
}

/** `told`: the events about a path, of which there is one at least. `first`: of the log. */
export function rangeAround(told: readonly number[], first: number): EventRange {
  const to = told.reduce((one, other) => Math.max(one, other));
  const begin = told.reduce((one, other) => Math.min(one, other));
  return { from: seq(Math.max(begin, to - eventsAroundMax, first)), to: seq(to) };
}

/** What lies further back is in the snapshot before the first event. */
const eventsAroundMax = 5000;
