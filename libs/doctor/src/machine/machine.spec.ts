import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../finding.ts';
import { judgeClock } from './clock-skew.ts';
import { checkSecretFiles } from './secret-files.ts';
import { checkSyncFolder } from './sync-folder.ts';
import { judgeWatchLimits, watchLimitsFor } from './watch-limits.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const verdictsOf = (findings: readonly Finding[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));

it.each([
  [0, 'ok'],
  [9_000, 'ok'],
  [-11_000, 'warning'],
  [299_000, 'warning'],
  [300_000, 'failed'],
  [-86_400_000, 'failed'],
])('a clock that is %d ms off is %s', (offMs, verdict) => {
  const at = Date.UTC(2026, 0, 1);
  expect(judgeClock(at + offMs, at).verdict).toBe(verdict);
});

it('a clock that nobody compared was not tried', () => {
  expect(judgeClock(0, null, 'no network')).toMatchObject({
    verdict: 'couldNotTry',
    detail: expect.stringContaining('no network'),
  });
});

describe('the sync folder', () => {
  const check = (more: object = {}): readonly Finding[] =>
    checkSyncFolder({
      ...{ path: folder, reservedBytes: 0, known: 'new' },
      ...more,
    });

  it('is looked at without leaving anything behind', () => {
    writeFileSync(join(folder, 'a'), '');
    expect(verdictsOf(check())).toEqual({
      ...{ sync_dir: 'ok', space: 'ok', writing: 'ok', time_resolution: 'ok', letter_case: 'ok' },
    });
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('has to be there, and be a folder', () => {
    expect(verdictsOf(check({ path: join(folder, 'gone') }))).toEqual({ sync_dir: 'failed' });
    writeFileSync(join(folder, 'file'), '');
    expect(verdictsOf(check({ path: join(folder, 'file') }))).toEqual({ sync_dir: 'failed' });
  });

  it('has to be the one that was synced before, or a copy of it', () => {
    expect(verdictsOf(check({ known: 'same' }))).toMatchObject({ sync_dir: 'ok' });
    expect(verdictsOf(check({ known: 'copy' }))).toMatchObject({ sync_dir: 'warning' });
    expect(verdictsOf(check({ known: 'other' }))).toMatchObject({ sync_dir: 'failed' });
  });

  it('needs space beyond what is kept free', () => {
    expect(verdictsOf(check({ reservedBytes: 2 ** 60 }))).toMatchObject({ space: 'failed' });
  });

  it('tells nothing about letter case while there is no name in it', () => {
    expect(verdictsOf(check())).toMatchObject({ letter_case: 'couldNotTry' });
  });
});

describe('watch limits', () => {
  it.each([
    [{ watches: 1000, instances: 128, folders: 400 }, 'ok'],
    [{ watches: 1000, instances: 128, folders: 501 }, 'warning'],
    [{ watches: 1000, instances: 128, folders: 1000 }, 'failed'],
    [{ watches: 1000, instances: 4, folders: 1 }, 'warning'],
    [{ watches: null, instances: null, folders: 1 }, 'couldNotTry'],
  ])('%j is %s', (limits, verdict) => {
    expect(judgeWatchLimits(limits).verdict).toBe(verdict);
  });

  it('count every folder once', () => {
    for (const path of ['a', 'a/b', 'c']) mkdirSync(join(folder, path));
    writeFileSync(join(folder, 'c/file'), '');
    expect(watchLimitsFor(folder).folders).toBe(4);
  });
});

describe('secret files', () => {
  const check = (): readonly Finding[] => checkSecretFiles(folder, ['refresh_token', 'secrets/*']);

  beforeEach(() => {
    chmodSync(folder, 0o700);
    writeFileSync(join(folder, 'refresh_token'), '', { mode: 0o600 });
  });

  it('are for one user alone', () => {
    expect(check()).toMatchObject([{ verdict: 'ok' }]);
  });

  it.each([0o640, 0o604, 0o666])('of mode %o are not', (mode) => {
    chmodSync(join(folder, 'refresh_token'), mode);
    expect(check()).toMatchObject([{ verdict: 'failed', remedy: expect.stringMatching(/^chmod 600 '/) }]);
  });

  it('are not in a folder that others can write to', () => {
    chmodSync(folder, 0o770);
    expect(check()).toMatchObject([{ verdict: 'failed', remedy: expect.stringMatching(/^chmod 700 '/) }]);
  });
});
