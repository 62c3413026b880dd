/** For each watched call: what it changes of the folders on the tape. */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { Node } from './page-cache.ts';
import type { Tape } from './tape.ts';
import { type Arguments, real } from './watched-calls.ts';

/** To be called with the result when the call has succeeded; null: the call changes nothing of ours. */
type Done = ((result: unknown) => void) | null;
export type Recorder = (all: Arguments) => Done;

const { O_CREAT, O_TRUNC, O_DSYNC, O_WRONLY, O_APPEND } = constants;
/** O_TMPFILE: a file without a name. */
const O_NAMELESS = 0o20000000;
const flagsByName: Readonly<Record<string, number>> = {
  r: 0,
  'r+': 2,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC,
  a: O_WRONLY | O_CREAT | O_APPEND,
};
const EXCHANGE = 2;

export function recordersOn(tape: Tape<unknown>): Readonly<Record<string, Recorder>> {
  const open: Recorder = (all) => {
    const [path, given = 'r'] = all as [string, (number | string)?];
    const flags = typeof given === 'number' ? given : (flagsByName[given] ?? -1);
    if (flags === -1) throw new Error(`files opened with "${given}" are not recorded`);
    if ((flags & O_NAMELESS) === O_NAMELESS || tape.entryAt(path) === undefined) return null;
    const before = tape.nodeAt(path);
    if (before === undefined) return (flags & O_CREAT) === 0 ? null : () => void tape.made(path, 'file');
    if ((flags & O_TRUNC) === 0) return null;
    return () => tape.change({ type: 'truncate', node: before, size: 0 });
  };

  const writeFile: Recorder = (all) => {
    const [file, content, options] = all as [string | number, string | Uint8Array, { flush?: boolean }?];
    const bytes = bytesOf(content);
    const known = typeof file === 'number' ? tape.nodeOf(file) : tape.nodeAt(file);
    if (typeof file === 'number')
      return known === undefined ? null : () => tape.change({ type: 'write', node: known, at: 0, bytes });
    if (tape.entryAt(file) === undefined) return null;
    return () => {
      if (known !== undefined) tape.change({ type: 'truncate', node: known, size: 0 });
      const node = known ?? tape.made(file, 'file');
      if (node === undefined) return;
      tape.change({ type: 'write', node, at: 0, bytes });
      if (options?.flush === true) tape.flushed(node, tape.steps.length);
    };
  };

  const write: Recorder = ([file, buffer, ...rest]) => {
    const fd = file as number;
    const node = tape.nodeOf(fd);
    if (node === undefined) return null;
    const content = bytesOf(buffer as string | Uint8Array);
    const [offset = 0, length = content.length, position] = rest as (number | null | undefined)[];
    // Without a position they follow one another.
    const at = position ?? Number(real.fstatSync(fd).size);
    return (result) => {
      const count = typeof result === 'number' ? result : (result as { bytesWritten: number }).bytesWritten;
      const from = offset ?? 0;
      const bytes = Buffer.from(content.subarray(from, from + Math.min(count, length ?? count)));
      tape.change({ type: 'write', node, at, bytes });
      if (isSynchronous(fd)) tape.flushed(node, tape.steps.length);
    };
  };

  const truncate: Recorder = ([file, size]) => {
    const node = typeof file === 'number' ? tape.nodeOf(file) : tape.nodeAt(file as string);
    if (node === undefined) return null;
    return () => tape.change({ type: 'truncate', node, size: Number(size ?? 0) });
  };

  const flush: Recorder = ([fd]) => {
    const node = tape.nodeOf(fd as number);
    const covers = tape.steps.length;
    return node === undefined ? null : () => tape.flushed(node, covers);
  };

  const unlink: Recorder = ([file]) => {
    const path = file as string;
    const [from, node] = [tape.entryAt(path), tape.nodeAt(path)];
    if (from === undefined || node === undefined) return null;
    const stats = real.lstatSync(path, { bigint: true });
    return () => {
      tape.change({ type: 'unlink', from, node });
      if (node.kind === 'folder' || stats.nlink === 1n) tape.forget(stats);
    };
  };

  const remove: Recorder = (all) => {
    const stats = real.lstatSync(all[0] as string, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) throw new Error('removing whole trees is not recorded');
    return unlink(all);
  };

  const moved = (from: string, to: string, isExchange: boolean): Done => {
    const [source, target] = [tape.entryAt(from), tape.entryAt(to)];
    const [node, other] = [tape.nodeAt(from), tape.nodeAt(to)];
    if (source === undefined || target === undefined || node === undefined) return null;
    return () => {
      if (isExchange && other !== undefined)
        tape.change({ type: 'exchange', from: source, to: target, node, other });
      else tape.change({ type: 'rename', from: source, to: target, node });
    };
  };

  const link: Recorder = ([from, to]) => {
    const [node, target] = [tape.nodeAt(from as string), tape.entryAt(to as string)];
    if (node === undefined || target === undefined) return null;
    return () => tape.change({ type: 'link', to: target, node });
  };

  const makeLink: Recorder = ([, path]) =>
    tape.entryAt(path as string) === undefined ? null : () => void tape.made(path as string, 'link');

  const makeFolder: Recorder = ([path, options]) => {
    const missing: string[] = [];
    for (
      let at = path as string;
      real.statSync(at, { throwIfNoEntry: false }) === undefined;
      at = dirname(at)
    )
      missing.unshift(at);
    const isDeep = (options as { recursive?: boolean } | undefined)?.recursive === true;
    const [first] = missing;
    if (first === undefined || (missing.length > 1 && !isDeep) || tape.entryAt(first) === undefined)
      return null;
    return () => missing.forEach((each): Node | undefined => tape.made(each, 'folder'));
  };

  const isDone = (done: Done): Done => done && ((result) => Number(result) === 0 && done(result));
  const inFolder = (fd: unknown, name: unknown): string => `/proc/self/fd/${String(fd)}/${String(name)}`;

  return {
    openSync: open,
    open,
    writeFileSync: writeFile,
    writeFile,
    'handle.writeFile': writeFile,
    writeSync: write,
    write,
    'handle.write': write,
    truncateSync: truncate,
    ftruncateSync: truncate,
    truncate,
    'handle.truncate': truncate,
    fsyncSync: flush,
    fsync: flush,
    fdatasync: flush,
    'handle.sync': flush,
    'handle.datasync': flush,
    unlinkSync: unlink,
    unlink,
    rmdirSync: unlink,
    rmdir: unlink,
    rmSync: remove,
    rm: remove,
    renameSync: ([from, to]) => moved(from as string, to as string, false),
    rename: ([from, to]) => moved(from as string, to as string, false),
    linkSync: link,
    symlinkSync: makeLink,
    link,
    mkdirSync: makeFolder,
    mkdir: makeFolder,
    renameat2: ([fromFd, from, toFd, to, flags]) =>
      isDone(moved(inFolder(fromFd, from), inFolder(toFd, to), flags === EXCHANGE)),
    linkat: ([, , toFd, to]) => {
      const path = inFolder(toFd, to);
      return isDone(tape.entryAt(path) === undefined ? null : () => void tape.made(path, 'file'));
    },
    fsetxattr: () => null,
    fgetxattr: () => null,
    fstatfs: () => null,
  };
}

const bytesOf = (content: string | Uint8Array): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);

/** Whether each write to the open file is durable when it is done. */
function isSynchronous(fd: number): boolean {
  const [, flags = ''] =
    /^flags:\s*([0-7]+)$/m.exec(real.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
  return (Number.parseInt(flags, 8) & O_DSYNC) === O_DSYNC;
}
