import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { overlapOf } from './overlap.ts';

let folder = '';
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overlap-'));
  for (const path of ['sync/inside', 'sync.conf', 'conf/state', 'other'])
    mkdirSync(at(path), { recursive: true });
  writeFileSync(at('sync/inside/token'), 'secret');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

it('of two folders beside each other there is none, whatever their names begin with', () => {
  expect(overlapOf(at('sync'), at('conf'))).toBeNull();
  expect(overlapOf(at('sync'), at('sync.conf'))).toBeNull();
});

it('a folder holds itself, what is in it, and what would be made in it', () => {
  expect(overlapOf(at('sync'), at('sync'))).toEqual({ type: 'holds', path: at('sync') });
  expect(overlapOf(at('sync'), at('sync/inside/token'))).toMatchObject({ type: 'holds' });
  expect(overlapOf(at('sync'), at('sync/not/yet'))).toMatchObject({ type: 'holds' });
  expect(overlapOf(at('new'), at('new/not/yet'))).toMatchObject({ type: 'holds' });
});

it('a folder is in what holds it, also before it exists', () => {
  expect(overlapOf(at('conf/state/sync'), at('conf'))).toEqual({ type: 'isIn', path: at('conf/state/sync') });
});

it('a link at either end changes nothing', () => {
  symlinkSync(at('sync/inside'), at('link'));
  expect(overlapOf(at('sync'), at('link'))).toEqual({ type: 'holds', path: at('sync/inside') });
  expect(overlapOf(at('link'), at('sync'))).toEqual({ type: 'isIn', path: at('sync/inside') });
  expect(overlapOf(at('sync'), at('link/not/yet'))).toMatchObject({ type: 'holds' });
});

describe('through a bind mount', () => {
  it('the folder that is mounted in the first one is held by it', ({ skip }) => {
    bind(at('conf'), at('sync/inside'), skip);
    expect(overlapOf(at('sync'), at('conf/state'))).toEqual({ type: 'holds', path: at('sync/inside/state') });
  });

  it('the first one is in the folder that a part of is mounted at it', ({ skip }) => {
    bind(at('conf/state'), at('other'), skip);
    expect(overlapOf(at('other'), at('conf'))).toEqual({ type: 'isIn', path: at('conf/state') });
  });

  it('two names of one folder are one', ({ skip }) => {
    bind(at('conf'), at('other'), skip);
    expect(overlapOf(at('other'), at('conf'))).toMatchObject({ type: 'holds' });
  });
});

function bind(what: string, where: string, skip: (reason: string) => void): void {
  if (spawnSync('mount', ['--bind', what, where]).status !== 0) skip('mounting needs root');
  onTestFinished(() => void spawnSync('umount', [where]));
}
