import { loadSettings, parseCommandLine } from '@tidemark/settings';
import { describe, expect, it } from 'vitest';
import { policyFrom, resyncAsked } from './policy.ts';

function policyWith(forget: string | null, ...args: readonly string[]) {
  const parsed = parseCommandLine(['--sync', ...args], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const environment = { home: '/home/me', version: 'v0' };
  const loaded = loadSettings({ commandLine: parsed.commandLine, files: {}, environment });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  return policyFrom({
    ...{ settings: loaded.settings, syncList: null, singleDirectory: null, hostName: 'host' },
    ...{ massDeleteConfirmed: false, driveKind: 'business', monitoring: false, forget },
  });
}

const mirror = ['--local-first', '--mirror-local-state'];
const cleanup = ['--download-only', '--cleanup-local-files'];

describe('where one side is the truth', () => {
  it.each([null, resyncAsked])('what only the other one has goes, also after a resync (%s)', (forget) => {
    expect(policyWith(forget, ...mirror).mirrorLocal).toBe(true);
    expect(policyWith(forget, ...cleanup).cleanupLocal).toBe(true);
  });

  it('nothing goes in a run that trusts nothing of before, for which nobody has asked', () => {
    const forget = 'the account has another drive now';
    expect(policyWith(forget, ...mirror).mirrorLocal).toBeUndefined();
    expect(policyWith(forget, ...cleanup).cleanupLocal).toBe(false);
  });
});
