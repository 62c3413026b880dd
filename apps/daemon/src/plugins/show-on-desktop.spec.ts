import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createShowOnDesktop } from './show-on-desktop.ts';

const folder = await mkdtemp(join(tmpdir(), 'tidemark-desktop-'));
afterAll(() => rm(folder, { recursive: true }));
const session = {
  PATH: `${folder}:/usr/bin:/bin`,
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x',
  TOKEN: 's3cret',
};

/** Stands for notify-send, in a folder of the PATH. */
async function program(...lines: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'notify-send'), ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(join(folder, 'notify-send'), 0o700);
}

it('gives the program the text as text, and of our environment what it needs', async () => {
  await program(`printf '%s\\n' "$@" > ${folder}/args`, `env > ${folder}/env`);
  await createShowOnDesktop(session)({ title: '--help', text: 'a <b>\\n & "c"', isUrgent: true });
  expect(await readFile(join(folder, 'args'), 'utf8')).toBe(
    '--app-name=Tidemark\n--urgency=critical\n--\n--help\na &lt;b&gt;\\\\n &amp; "c"\n',
  );
  const environment = await readFile(join(folder, 'env'), 'utf8');
  expect(environment).toContain('DBUS_SESSION_BUS_ADDRESS=unix:path=/x');
  expect(environment).not.toContain('s3cret');
});

it('says why nothing can be shown', async () => {
  const failureOf = (environment: Record<string, string>): Promise<unknown> =>
    createShowOnDesktop(environment)({ title: 'a', text: 'b' }).catch((error: unknown) => error);
  const detail = (why: string): object => ({
    code: 'notSupported',
    message: `Cannot show a notification on the desktop: ${why}`,
  });
  expect(await failureOf({ PATH: session.PATH, XDG_RUNTIME_DIR: folder })).toMatchObject(
    detail('there is no session bus'),
  );
  await program('echo "Cannot autolaunch D-Bus" >&2', 'echo more >&2', 'exit 1');
  expect(await failureOf(session)).toMatchObject(detail('Cannot autolaunch D-Bus'));
  expect(await failureOf({ ...session, PATH: '/nowhere' })).toMatchObject(
    detail('there is no notify-send (Debian: libnotify-bin)'),
  );
});
