/** Runs that the service does not let begin, and an upload that it does not take at once. Programs read there whether to try again. */
import { expect } from 'vitest';
import { openProfile } from '../profile.ts';
import { type Account, type Printed, type Step, step } from './scenarios.ts';

const verbose = ['--sync', '--verbose'];
/** So long that no run waits for it. */
const headers = { 'retry-after': '86400' };

export async function runUnreached(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({ flavour: account, tree: [] });
  const { simulator } = profile;
  const texts: string[] = [];
  for (const status of [403, 408, 429, 500, 502, 503, 504]) {
    const code = status === 403 ? 'accessDenied' : 'generalException';
    simulator.addFault({ kind: 'metadata', effect: { type: 'status', status, code, headers } });
    const { exitCode, text } = await profile.onedrive(verbose);
    expect(exitCode, text).toBe(1);
    texts.push(text);
    simulator.clearFaults();
  }
  printed.set('a run that cannot begin' satisfies Step, texts.join('\n'));

  await profile.write('up.txt', 'up');
  const wait = { type: 'status', status: 429, headers: { 'retry-after': '1' } } as const;
  simulator.addFault({ kind: 'metadata', effect: wait, times: 1 });
  const effect = { type: 'status', status: 504, code: 'generalException' } as const;
  // As often as one upload asks.
  simulator.addFault({ kind: 'simpleUpload', effect, times: 3 });
  simulator.addFault({ kind: 'sessionCreate', effect, times: 4 });
  await step(profile, printed, 'an upload that succeeds later', verbose);
}
