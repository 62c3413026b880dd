import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectControl } from './control/control-client.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-main-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('the command line seeds a tree, says where it listens in one line, and ends when asked', async () => {
  const tree = join(folder, 'tree.json');
  await writeFile(tree, JSON.stringify([{ path: '/a/b.txt', content: 'hello' }]));
  const args = [
    main,
    '--flavour',
    'personal',
    '--state',
    folder,
    '--seed-tree',
    tree,
    '--set',
    'deltaPageSize=7',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const ready = JSON.parse(String(line));
  const control = connectControl(ready.controlUrl);
  expect(await control.about()).toMatchObject({ flavour: 'personal', refreshToken: ready.refreshToken });
  expect((await control.tree()).map(({ path }) => path)).toEqual(['/a', '/a/b.txt']);
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

it.each([
  [['--flavour', 'other'], "'other' is no flavour"],
  [['--port', '1x'], '--port needs a whole number'],
  [['--set', 'speed=1'], "There is no setting 'speed'"],
  [['--wrong'], "Unknown option '--wrong'"],
])('the command line %j is refused in words', async (args, words) => {
  const refused = await promisify(execFile)(process.execPath, [main, ...args]).catch(
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
});
