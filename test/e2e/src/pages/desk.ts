/** Where a reader follows a page of the docs on a machine of a test: with a home, a terminal, and stand-ins for what changes a whole system. */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Namespace } from '../namespace.ts';
import { distFolder } from '../run-binary.ts';
import { runBlock, type Block } from './run-page.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Desk {
  readonly home: string;
  /** Runs the commands of one block, which have to succeed, and resolves to what they print. @param pasted what the reader pastes meanwhile */
  readonly follow: (block: Block, pasted?: string) => Promise<string>;
  /** Resolves when a unit has printed a line that matches. */
  readonly says: (unit: string, manager: 'system' | 'user', line: RegExp) => Promise<void>;
  /** Ends every program that was started here. */
  readonly leave: () => Promise<void>;
}

/** @param home absolute path, made when it is missing */
export async function openDesk(namespace: Namespace, home: string): Promise<Desk> {
  await mkdir(home, { recursive: true });
  // The first process of a process namespace of its own: with it, all that a page starts ends.
  const holder = namespace.start('unshare', [
    ...['--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['sh', '-c', 'echo ready && exec sleep infinity'],
  ]);
  await once(holder.stdout ?? holder, 'data');
  const [inside = ''] = (await readFile(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8')).split(
    ' ',
  );
  const enter = ['--pdeathsig', 'KILL', 'nsenter', '-t', inside, '-m', '-n', '-p', '--'];
  const standIns = join(repository, 'test/e2e/src/pages/stand-ins');
  const environment = {
    PATH: `${standIns}:${distFolder}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: home,
    LANG: 'C.UTF-8',
    UNITS: await unitsIn(join(home, 'packaged')),
  };
  const reader = { shell: ['setpriv', ...enter, 'sh'], environment, folder: home } as const;
  return {
    home,
    async follow(block, pasted) {
      const { exitCode, text } = await runBlock(block, pasted === undefined ? reader : { ...reader, pasted });
      expect(exitCode, `${block.commands}${text}`).toBe(0);
      return text;
    },
    async says(unit, manager, line) {
      const folder = manager === 'user' ? join(home, 'units') : '/run/units';
      const log = async (): Promise<string> =>
        (await namespace.run('cat', [join(folder, `${unit}.log`)])).stdout;
      await expect.poll(log).toMatch(line);
    },
    async leave() {
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
    },
  };
}

/** The units as our packages bring them, in one folder. */
async function unitsIn(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const path of ['user/tidemark.service', 'system/tidemark-relay.service'])
    await writeFile(
      join(folder, path.slice(path.indexOf('/') + 1)),
      await readFile(join(distFolder, 'systemd', path)),
    );
  return folder;
}

/** A page with the name of the test's host in place of the one in it. */
export async function readPage(path: string, names: Readonly<Record<string, string>>): Promise<string> {
  const page = await readFile(join(repository, path), 'utf8');
  return Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), page);
}

/** @param files by absolute path */
export async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode: 0o600 });
  }
}
