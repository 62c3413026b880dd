/**
 * A user who acts right before the n-th change of names that the disk makes. To be imported before the library: it stands between
 * it and `node:fs`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { renameSync: rename } = fs;
let callsLeft = Infinity;
let act: () => void = () => {};

function beforeCall(): void {
  if (callsLeft-- === 0) act();
}

for (const name of ['renameSync', 'linkSync', 'unlinkSync'] as const) {
  const original = fs[name] as (...all: unknown[]) => void;
  Reflect.set(fs, name, (...all: unknown[]) => {
    beforeCall();
    return original(...all);
  });
}
syncBuiltinESMExports();

const getBuiltinModule = process.getBuiltinModule.bind(process);
Reflect.set(process, 'getBuiltinModule', (name: string): unknown => {
  const found: unknown = Reflect.apply(getBuiltinModule, process, [name]);
  if (name !== 'node:ffi' || typeof found !== 'object' || found === null) return found;
  const dlopen: unknown = Reflect.get(found, 'dlopen');
  if (typeof dlopen !== 'function') return found;
  return {
    dlopen: (...all: unknown[]) => {
      const { functions } = Reflect.apply(dlopen, found, all) as {
        readonly functions: Readonly<Record<string, (...each: unknown[]) => unknown>>;
      };
      const watched = Object.entries(functions).map(([key, run]) => [
        key,
        (...each: unknown[]) => {
          beforeCall();
          return run(...each);
        },
      ]);
      return { functions: Object.fromEntries(watched) as unknown };
    },
  };
});

/** Runs the work, and the user before its n-th change, counted from 0. @returns whether it came to that */
export async function actingBefore(
  calls: number,
  user: () => void,
  work: () => Promise<void>,
): Promise<boolean> {
  let hasActed = false;
  callsLeft = calls;
  act = () => {
    hasActed = true;
    user();
  };
  try {
    await work();
  } finally {
    callsLeft = Infinity;
  }
  return hasActed;
}

/** As editors save: beside the file, and over it. */
export function saveOver(path: string, content: string): void {
  fs.writeFileSync(`${path}.being-saved`, content);
  rename(`${path}.being-saved`, path);
}
