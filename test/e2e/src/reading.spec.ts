import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everythingIn, openProfile, type TestProfile } from './profile.ts';

interface Place {
  readonly profile: TestProfile;
  /** What the command must take for the temporary folder of the system. */
  readonly temporary: string;
}

async function afterOneSync(): Promise<Place> {
  const tree = Array.from({ length: 40 }, (_, index) => ({ path: `/f/${index}.txt`, content: `${index}` }));
  const profile = await openProfile({ tree });
  await profile.sync();
  const temporary = join(profile.folder, 'temporary');
  await mkdir(temporary);
  return { profile, temporary };
}

/** Compares all files, once the command has ended as it may. */
async function leavesNothing(
  { profile, temporary }: Place,
  args: readonly string[],
  end: (child: Child) => void | Promise<void>,
): Promise<unknown> {
  const before = await everythingIn(profile.configFolder);
  const { child } = profile.start('tidemark', args, { environment: { TMPDIR: temporary } });
  const ended = once(child, 'exit');
  await end(child);
  const [code, signal] = await ended;
  expect(await everythingIn(temporary)).toEqual({});
  expect(await everythingIn(profile.configFolder)).toEqual(before);
  return signal ?? code;
}

type Child = ReturnType<TestProfile['start']>['child'];

const said = ({ stdout }: Child, words: string): Promise<void> =>
  new Promise((resolve) => {
    let text = '';
    stdout?.on('data', (piece: string) => (text += piece).includes(words) && resolve());
  });

const commands: readonly (readonly string[])[] = [
  ['log'],
  ['status'],
  ['explain', 'f/7.txt', '--verbose'],
  ['replay'],
  ['plan'],
];

describe('a command that reads the log leaves nothing behind', () => {
  it.each(commands)('when it ends by itself: %s', async (...args) => {
    const place = await afterOneSync();
    expect(await leavesNothing(place, args, () => {})).toBe(0);
  });

  it.each(commands)('when its reader goes away: %s | head', async (...args) => {
    const place = await afterOneSync();
    expect(await leavesNothing(place, args, (child) => void child.stdout?.destroy())).toBe(141);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('when it ends by %s in the middle', async (signal) => {
    const place = await afterOneSync();
    const ended = await leavesNothing(place, ['log', '--json'], async (child) => {
      await once(child.stdout ?? child, 'data');
      child.kill(signal);
    });
    expect([signal, 0]).toContain(ended);
  });

  it('when a dry run is killed in the middle', async () => {
    const place = await afterOneSync();
    const ended = await leavesNothing(place, ['sync', '--dry-run'], async (child) => {
      await said(child, 'DRY-RUN Configured');
      child.kill('SIGKILL');
    });
    expect(ended).toBe('SIGKILL');
  });
});
