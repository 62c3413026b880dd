import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lockFolder, type FolderLocking } from './folder-lock.ts';

let folder = '';
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const path of ['sync/inside', 'beside', 'mnt']) mkdirSync(at(path), { recursive: true });
});

/** Held until the test ends. */
function held(path: string): () => void {
  const locking = lockFolder(at(path));
  if (locking.type !== 'locked') throw new Error(`${path} is taken`);
  onTestFinished(locking.release);
  return locking.release;
}

/** Tries, and lets go at once. */
function tried(path: string): Omit<FolderLocking, 'release'> {
  const locking = lockFolder(at(path));
  if (locking.type === 'locked') locking.release();
  return locking;
}

const byUs = { pid: process.pid, uid: process.geteuid?.() };

it('a folder is locked once, and again when it was released', () => {
  const release = held('sync');
  expect(tried('sync')).toMatchObject({ type: 'taken', where: 'same', folder: at('sync'), holder: byUs });
  release();
  expect(tried('sync')).toMatchObject({ type: 'locked' });
  expect(readdirSync(at('sync'))).toEqual(['inside']);
});

it('neither a folder in it nor one around it can be locked as well, but one beside it', () => {
  held('sync');
  expect(tried('sync/inside')).toMatchObject({
    type: 'taken',
    where: 'around',
    folder: at('sync'),
    holder: byUs,
  });
  expect(tried('')).toMatchObject({ type: 'taken', where: 'inside', folder, holder: byUs });
  expect(tried('beside')).toMatchObject({ type: 'locked' });
});

it('a link to it is the folder', () => {
  held('sync');
  symlinkSync(at('sync'), at('link'));
  expect(tried('link')).toMatchObject({ type: 'taken', where: 'same' });
});

it('a folder that does not exist yet is in the way of none, and others may be in its way', () => {
  expect(tried('beside/new')).toMatchObject({ type: 'locked' });
  held('sync');
  expect(tried('sync/new')).toMatchObject({ type: 'taken', where: 'around' });
});

it('a refused attempt leaves nothing locked', () => {
  const release = held('sync');
  expect(tried('sync/inside').type).toBe('taken');
  release();
  expect(tried('sync/inside').type).toBe('locked');
});

describe('through a bind mount', () => {
  it.each<[string, string, string, string]>([
    ['of the folder', 'sync', 'mnt', 'same'],
    ['of a folder in it', 'sync/inside', 'mnt', 'around'],
  ])('%s, it is the same folder', (_, what, tryAt, where) => {
    bind(what, 'mnt');
    held('sync');
    expect(tried(tryAt)).toMatchObject({ type: 'taken', where });
  });

  it('a folder that shows it is around it, whichever was there first', () => {
    held('sync');
    bind('sync/inside', 'mnt');
    mkdirSync(at('mnt/deep'));
    expect(tried('mnt/deep')).toMatchObject({ type: 'taken', where: 'around' });
    bind('sync', 'beside');
    expect(tried('beside/inside')).toMatchObject({ type: 'taken' });
  });

  it('a folder in which a part of it is mounted is refused', () => {
    held('sync');
    mkdirSync(at('beside/mnt'));
    bind('sync/inside', 'beside/mnt');
    expect(tried('beside')).toMatchObject({ type: 'taken', where: 'mounted', folder: at('beside/mnt') });
  });

  it('what is mounted in it can be unmounted while it is locked', () => {
    bind('beside', 'sync/inside');
    held('sync');
    expect(spawnSync('umount', [at('sync/inside')]).status).toBe(0);
  });
});

describe('a process that holds it', () => {
  it('goes on holding it while it is stopped, and no longer when it is killed', async () => {
    const child = await heldByOther([]);
    child.kill('SIGSTOP');
    expect(tried('sync')).toMatchObject({ type: 'taken', holder: { pid: child.pid } });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(tried('sync')).toMatchObject({ type: 'locked' });
  });

  it('of a user who cannot write to it is not in the way', async () => {
    for (const path of ['', 'sync']) chmodSync(at(path), 0o755);
    await heldByOther(['setpriv', '--reuid=65534', '--clear-groups']);
    expect(tried('sync')).toMatchObject({ type: 'locked' });
    chmodSync(at('sync'), 0o777);
    expect(tried('sync')).toMatchObject({ type: 'taken', holder: { uid: 65534 } });
  });
});

async function heldByOther(prefix: readonly string[]): Promise<ReturnType<typeof spawn>> {
  const [command = '', ...args] = [
    ...prefix,
    'flock',
    '--no-fork',
    at('sync'),
    'sh',
    '-c',
    'echo held; exec cat',
  ];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout ?? child, 'data');
  return child;
}

function bind(what: string, where: string): void {
  const { status, stderr } = spawnSync('mount', ['--bind', at(what), at(where)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`This test mounts folders: run it as root (${stderr.trim()})`);
  onTestFinished(() => void spawnSync('umount', ['-q', at(where)]));
}
