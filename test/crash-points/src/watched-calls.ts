/**
 * Stands between the code under test and the functions that change a file system: `node:fs`, its promises, open files, and the
 * two calls of the C library that the disk adapter makes. To be imported before that code. While nobody watches, the calls
 * go through.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

type Call = (...all: never[]) => unknown;
export type Arguments = readonly unknown[];

/** The functions as they were. */
export const real = { ...fs, promises: { ...fs.promises } };

/**
 * Called before each call; may throw what the system would. The answer, when there is one, is called with the result of the
 * call when that has succeeded.
 */
export type Watcher = (name: string, all: Arguments) => ((result: unknown) => void) | null;

let watcher: Watcher | null = null;

/** From now on, and until the next call. */
export const watchCalls = (next: Watcher | null): void => void (watcher = next);

const immediate = [
  ...['openSync', 'writeFileSync', 'writeSync', 'truncateSync', 'ftruncateSync', 'linkSync', 'unlinkSync'],
  ...['renameSync', 'mkdirSync', 'rmdirSync', 'rmSync', 'symlinkSync', 'fsyncSync'],
] as const;
const promised = [
  ...['open', 'writeFile', 'rename', 'mkdir', 'rmdir', 'rm', 'unlink', 'link', 'truncate'],
  ...['copyFile', 'cp', 'symlink', 'appendFile'],
] as const;
/** The last argument is called back. */
const calledBack = ['write', 'fsync', 'fdatasync'] as const;
const ofHandles = [
  ...['write', 'writeFile', 'appendFile', 'writev', 'truncate', 'sync', 'datasync'],
] as const;

function replace(holder: object, name: string, call: (original: Call) => Call): void {
  const original: unknown = Reflect.get(holder, name);
  if (typeof original !== 'function') throw new Error(`no ${name}`);
  Reflect.set(holder, name, call(original as Call));
}

const watched =
  (name: string, original: Call) =>
  (...all: never[]): unknown => {
    const done = watcher?.(name, all);
    const result = original(...all);
    done?.(result);
    return result;
  };

for (const name of immediate) replace(fs, name, (original) => watched(name, original));
for (const name of promised)
  replace(fs.promises, name, (original) => async (...all: never[]) => {
    const done = watcher?.(name, all);
    const result: unknown = await original(...all);
    done?.(result);
    return result;
  });
for (const name of calledBack) {
  const call = promisify(fs[name] as (...all: unknown[]) => void) as (...all: unknown[]) => Promise<unknown>;
  replace(fs, name, () => {
    const byPromise = async (...all: unknown[]): Promise<unknown> => {
      const done = watcher?.(name, all);
      const result = await call(...all);
      done?.(result);
      return result;
    };
    return Object.assign(
      () => {
        throw new Error(`${name} is called with a callback, which nobody watches`);
      },
      { [promisify.custom]: byPromise },
    );
  });
}
const handle = await fs.promises.open(import.meta.filename);
const prototype: object = Object.getPrototypeOf(handle) as object;
await handle.close();
for (const name of ofHandles)
  replace(
    prototype,
    name,
    (original) =>
      async function (this: { readonly fd: number }, ...all: never[]) {
        const done = watcher?.(`handle.${name}`, [this.fd, ...all]);
        const result: unknown = await Reflect.apply(original, this, all);
        done?.(result);
        return result;
      },
  );
syncBuiltinESMExports();

/** The library asks for `node:ffi` through this function. */
const getBuiltinModule = process.getBuiltinModule.bind(process);
Reflect.set(process, 'getBuiltinModule', (name: string): unknown => {
  const found: unknown = Reflect.apply(getBuiltinModule, process, [name]);
  if (name !== 'node:ffi' || typeof found !== 'object' || found === null) return found;
  const dlopen = Reflect.get(found, 'dlopen') as (...all: unknown[]) => {
    readonly functions: Readonly<Record<string, Call>>;
  };
  return {
    dlopen: (...all: unknown[]) => {
      const { functions } = Reflect.apply(dlopen, found, all) as ReturnType<typeof dlopen>;
      const calls = Object.entries(functions).map(
        ([key, run]) => [key, answering(watched(key, run))] as const,
      );
      return { functions: Object.fromEntries(calls) };
    },
  };
});

/** A function of the C library does not throw. */
const answering =
  (call: Call) =>
  (...all: never[]): unknown => {
    try {
      return call(...all);
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) return -1;
      throw error;
    }
  };
