/** What the log would have led to under other settings, and with one event left out, late or twice. */
import type { EventLog, Policy } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { EventEdits, RulesFor, State, WhatIf } from '@tidemark/engine';
import { createWhatIf } from '@tidemark/engine';
import { createPause } from '../log/pause.ts';
import { settingFrom } from '@tidemark/settings';
import type { OtherSettings } from '../inspector.ts';
import type { PolicyShown, WhatIfRefused, WhatIfShown } from '../offers.ts';

const differencesMax = 200;

export interface WhatIfRequest {
  readonly log: EventLog;
  readonly first: number;
  readonly begin: () => Promise<State>;
  readonly rulesFor: RulesFor;
  readonly changes: WhatIf;
}

export async function whatIf({ log, first, begin, rulesFor, changes }: WhatIfRequest): Promise<WhatIfShown> {
  const differences: WhatIfShown['differences'][number][] = [];
  let total = 0;
  const { take, report } = createWhatIf({
    rulesFor,
    before: { recorded: await begin(), changed: await begin() },
    changes,
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
  return { type: 'folded', differences, total, events: report.events, moments: report.moments };
}

/** `what`: `without`, `repeat`, or `delay` by so many events; anything else changes nothing. */
export function editsFor(what: string, at: number, by: number): EventEdits {
  return {
    without: what === 'without' ? [seq(at)] : [],
    delayed: what === 'delay' ? [{ seq: seq(at), by }] : [],
    repeated: what === 'repeat' ? [seq(at)] : [],
  };
}

/** In words when a line is no setting. */
export function settingsIn(query: URLSearchParams): OtherSettings | string {
  const lines = (query.get('policy') ?? '').split('\n').filter((line) => line.trim() !== '');
  const policy: OtherSettings['policy'][number][] = [];
  for (const line of lines) {
    const setting = settingFrom(line.trim());
    if (setting === null) return `A setting is one as skip_file=*.tmp, not '${line}'`;
    policy.push(setting);
  }
  return { policy, syncList: query.get('syncList') ?? undefined };
}

export const refused = (why: string): WhatIfRefused => ({ type: 'refused', why });

export const policyShown = ({ direction, massDeleteMax, filter }: Policy): PolicyShown => ({
  ...{ direction, massDeleteMax, skipFile: filter.skipFile, skipDir: filter.skipDir },
  syncList: filter.syncList ?? '',
});
