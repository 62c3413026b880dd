/** What the log would have led to with one event left out, late or twice. */
import type { EventLog } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { EventEdits, RulesFor, State } from '@tidemark/engine';
import { createWhatIf } from '@tidemark/engine';
import { createPause } from '../log/pause.ts';
import type { WhatIfShown } from '../protocol.ts';

const differencesMax = 200;

export interface WhatIfRequest {
  readonly log: EventLog;
  readonly first: number;
  readonly begin: () => Promise<State>;
  readonly rulesFor: RulesFor;
  readonly edits: EventEdits;
}

export async function whatIf({ log, first, begin, rulesFor, edits }: WhatIfRequest): Promise<WhatIfShown> {
  const differences: WhatIfShown['differences'][number][] = [];
  let total = 0;
  const { take, report } = createWhatIf({
    rulesFor,
    before: { recorded: await begin(), changed: await begin() },
    changes: { policy: (policy) => policy, rulesFor, events: edits },
    onDifference({ seq: at, path, inWords }) {
      total += 1;
      if (differences.length < differencesMax)
        differences.push({ seq: at, path, ...inWords, isLook: path === '' });
    },
  });
  const pause = createPause();
  for await (const batch of log.read({ from: seq(first) })) {
    take(batch);
    await pause();
  }
  return { differences, total, events: report.events, moments: report.moments };
}

/** `what`: `without`, `repeat`, or `delay` by so many events. */
export function editsFor(what: string, at: number, by: number): EventEdits {
  return {
    without: what === 'without' ? [seq(at)] : [],
    delayed: what === 'delay' ? [{ seq: seq(at), by }] : [],
    repeated: what === 'repeat' ? [seq(at)] : [],
  };
}
