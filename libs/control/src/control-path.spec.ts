import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  announceSocket,
  findSocket,
  prepareSocket,
  socketPathBytesMax,
  withdrawSocket,
  type ControlPlace,
} from './control-path.ts';

let folder = '';
const userId = process.geteuid?.() ?? 0;
const place = (environment: ControlPlace['environment'] = {}, stateFolder = join(folder, 'state')) => ({
  stateFolder,
  environment,
  userId,
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-'));
  for (const name of ['state', 'other', 'run', 'unit']) mkdirSync(join(folder, name), { mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('systemd’s directory comes first, then the session’s, then one beside the log', () => {
  const session = { XDG_RUNTIME_DIR: join(folder, 'run') };
  const unit = { ...session, RUNTIME_DIRECTORY: `${folder}/unit:${folder}/ignored` };
  expect(prepareSocket(place(unit))).toMatch(new RegExp(`^${folder}/unit/[0-9a-f]{16}\\.sock$`));
  expect(prepareSocket(place(session))).toMatch(new RegExp(`^${folder}/run/tidemark/[0-9a-f]{16}\\.sock$`));
  expect(prepareSocket(place())).toMatch(new RegExp(`^${folder}/state/run/[0-9a-f]{16}\\.sock$`));
  for (const made of ['run/tidemark', 'state/run'])
    expect(statSync(join(folder, made)).mode & 0o777).toBe(0o700);
});

test('a session’s directory that is not ours, not there or no absolute path is not used', () => {
  for (const directory of [join(folder, 'missing'), 'relative', ''])
    expect(prepareSocket(place({ XDG_RUNTIME_DIR: directory }))).toContain(join(folder, 'state/run'));
  const stranger = { ...place({ XDG_RUNTIME_DIR: join(folder, 'run') }), userId: userId + 1 };
  expect(() => prepareSocket(stranger)).toThrow(/open to others/);
});

test('profiles that share a directory have sockets of their own, the same one every time', () => {
  const session = { XDG_RUNTIME_DIR: join(folder, 'run') };
  const one = prepareSocket(place(session));
  const other = prepareSocket(place(session, join(folder, 'other')));
  expect(other).not.toBe(one);
  expect(prepareSocket(place(session))).toBe(one);
});

test('a directory that others may enter is refused with what to do', () => {
  chmodSync(join(folder, 'unit'), 0o755);
  expect(() => prepareSocket(place({ RUNTIME_DIRECTORY: join(folder, 'unit') }))).toThrow(
    /open to others. Make it private: chmod 700 \(in a unit: RuntimeDirectoryMode=0700\)/,
  );
});

test('a path one byte too long is refused, the longest is not', () => {
  const rest = '/0123456789abcdef.sock'.length;
  const long = (bytes: number): string => {
    const directory = join(folder, 'x'.repeat(bytes - rest - folder.length - 1));
    return prepareSocket(place({ RUNTIME_DIRECTORY: directory }));
  };
  expect(Buffer.byteLength(long(socketPathBytesMax))).toBe(socketPathBytesMax);
  expect(() => long(socketPathBytesMax + 1)).toThrow(/has 108 bytes, and a socket's may have 107/);
});

test('something else under the name is left alone', () => {
  const path = prepareSocket(place());
  writeFileSync(path, 'precious');
  expect(() => prepareSocket(place())).toThrow(/is no socket of ours/);
});

test('the link leads to the socket until it is withdrawn, and is replaced at once', () => {
  const { stateFolder } = place();
  expect(findSocket(stateFolder)).toBeNull();
  announceSocket(place(), '/run/one.sock');
  announceSocket(place(), '/run/two.sock');
  expect(findSocket(stateFolder)).toBe('/run/two.sock');
  withdrawSocket(place());
  withdrawSocket(place());
  expect(findSocket(stateFolder)).toBeNull();
});
