import type { Settings } from '@tidemark/settings';
import { expect, test } from 'vitest';
import type { Profile } from '../profile.ts';
import { createSettingsInUse, type ReadAgain } from './settings-in-use.ts';

const profile = (settings: Partial<Settings>): Profile =>
  ({ settings: { sync_dir: '/s', threads: 8, ...settings }, syncListText: null }) as Profile;
const first = profile({});

/** Settings whose file holds `read` by now. */
function inUse(read: ReadAgain) {
  const said: string[] = [];
  const settings = createSettingsInUse({
    profile: first,
    readAgain: () => read,
    pluginsFor: () => Promise.reject(new Error('no plugin has changed')),
    output: { errorLine: (line) => void said.push(line) },
    say: (line) => void said.push(line),
    settled: () => void said.push('(settled)'),
    accepted: () => void said.push('(accepted)'),
  });
  return { settings, said };
}

test('what was read again waits for the next run', async () => {
  const other = profile({ threads: 2 });
  const { settings, said } = inUse({ ok: true, profile: other });
  settings.begun();
  expect(await settings.reload()).toMatchObject({ isAccepted: true });
  expect([settings.profile, settings.next, said]).toEqual([first, other, ['(accepted)']]);
  settings.takeNext();
  expect([settings.profile, settings.next]).toEqual([other, null]);
  settings.begun();
  expect(said.at(-1)).toBe('The settings were read again and are in use now');
});

test('settings that carry no run give way to those before, if there are any', async () => {
  const { settings, said } = inUse({ ok: true, profile: profile({ threads: 2 }) });
  expect(settings.goBack(new Error('no bus'))).toBe(false);
  settings.begun();
  expect(settings.goBack(new Error('no bus'))).toBe(false);
  await settings.reload();
  settings.takeNext();
  expect(settings.goBack(new Error('no bus'))).toBe(true);
  expect(settings.profile).toBe(first);
  expect(said.slice(-2)).toEqual([
    'ERROR: Cannot go on with the settings that were read again: no bus',
    '       The settings from before stay in use',
  ]);
});

test.each<[string, ReadAgain, string]>([
  ['cannot be read', { ok: false, lines: ['ERROR: line 3'] }, 'ERROR: line 3'],
  [
    'name another folder',
    { ok: true, profile: profile({ sync_dir: '/other' }) },
    "Cannot change 'sync_dir' while running",
  ],
])('settings that %s change nothing', async (_what, read, why) => {
  const { settings, said } = inUse(read);
  const answer = await settings.reload();
  expect(answer).toMatchObject({ isAccepted: false });
  expect(answer.lines[0]).toContain(why);
  expect([settings.next, said.at(-1)]).toEqual([null, '(settled)']);
});
