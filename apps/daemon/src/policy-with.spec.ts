import { plainPolicy } from '@tidemark/contracts';
import { loadSettings, parseCommandLine, type Settings } from '@tidemark/settings';
import { describe, expect, it } from 'vitest';
import { decidesNothing, policyWith } from './policy-with.ts';

const recorded = {
  ...plainPolicy,
  massDeleteMax: 7,
  localFirst: true,
  filter: { ...plainPolicy.filter, skipFile: '*.old', skipDir: 'cache' },
};

describe('a recorded policy with other settings', () => {
  it('takes what a named option decides, also when that is its default, and leaves the rest as it was', () => {
    expect(policyWith(settingsOf('skip_file = "*.tmp"'), ['skip_file'])(recorded)).toEqual({
      ...recorded,
      filter: { ...recorded.filter, skipFile: '*.tmp' },
    });
    const byDefault = policyWith(settingsOf(''), ['local_first', 'classify_as_big_delete'])(recorded);
    expect(byDefault).toEqual({ ...recorded, localFirst: false, massDeleteMax: 1000 });
    expect(policyWith(settingsOf('upload_only = "true"'), ['upload_only'])(recorded).direction).toBe(
      'upload',
    );
  });

  it('takes a field away that only the recorded policy has', () => {
    const ordered = { ...recorded, transferOrder: 'size_asc' as const };
    expect(policyWith(settingsOf(''), ['transfer_order'])(ordered)).toEqual(recorded);
  });

  it('knows which options decide nothing', () => {
    expect(decidesNothing(settingsOf(''), 'skip_dir')).toBe(false);
    expect(decidesNothing(settingsOf(''), 'log_dir')).toBe(true);
  });
});

function settingsOf(text: string): Settings {
  const parsed = parseCommandLine(['what-if'], 'tidemark');
  if (parsed.type !== 'parsed') throw new Error(parsed.lines.join('\n'));
  const loaded = loadSettings({
    commandLine: parsed.commandLine,
    files: { config: { path: 'config', origin: 'user', text } },
    environment: { home: '/home/ada', version: 'v1' },
  });
  if (!loaded.ok) throw new Error(loaded.lines.join('\n'));
  return loaded.settings;
}
