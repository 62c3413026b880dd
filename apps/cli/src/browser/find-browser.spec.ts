import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findBrowser } from './find-browser.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'browser-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}
const withScreen = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  ...{ PATH: `${folder}:/usr/bin:/bin`, DISPLAY: ':0' },
  ...more,
});
const unexpected = (why: string): never => {
  throw new Error(why);
};

it('gives the address to xdg-open as one argument, without what is ours in the environment', async () => {
  await put(
    'xdg-open',
    `printf '%s|' "$@" "$NODE_OPTIONS" "$DISPLAY" >"${folder}/shown.new"; mv "${folder}/shown.new" "${folder}/shown"`,
  );
  const browser = findBrowser(withScreen({ NODE_OPTIONS: '--no-warnings' }));
  await browser?.open('http://localhost:1/a?b=$(id);c&d', unexpected);
  await expect
    .poll(() => readFile(join(folder, 'shown'), 'utf8').catch(() => ''))
    .toBe('http://localhost:1/a?b=$(id);c&d||:0|');
});

it('prefers the program that BROWSER names, and leaves a list of commands to xdg-open', async () => {
  const ended = async (environment: Record<string, string>): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    await findBrowser(environment)?.open('http://localhost:1', resolve);
    return promise;
  };
  await put('xdg-open', 'exit 3');
  const other = await put('other', 'exit 4');
  expect(await ended(withScreen())).toBe(`${join(folder, 'xdg-open')} ended with 3`);
  for (const BROWSER of ['other', other, ` ${other} `])
    expect(await ended(withScreen({ BROWSER }))).toBe(`${other} ended with 4`);
  for (const BROWSER of ['', 'other %s', 'other:another', './other', folder])
    expect(await ended(withScreen({ BROWSER }))).toContain('xdg-open ended with 3');
});

it('says when a program cannot be started after all', async () => {
  const path = await put('xdg-open', '');
  await writeFile(path, '#!/nowhere\n');
  await expect(findBrowser(withScreen())?.open('http://localhost:1', unexpected)).rejects.toThrow('ENOENT');
});

it('finds none without a screen of this machine, or without a program', async () => {
  expect(findBrowser({ PATH: folder, DISPLAY: ':0' })).toBeNull();
  await put('xdg-open', '');
  expect(findBrowser({ PATH: folder, WAYLAND_DISPLAY: 'wayland-0' })).not.toBeNull();
  for (const none of [
    {},
    { DISPLAY: '', WAYLAND_DISPLAY: '' },
    { DISPLAY: 'localhost:10.0', SSH_CONNECTION: 'a' },
  ])
    expect(findBrowser({ PATH: folder, ...none })).toBeNull();
});
