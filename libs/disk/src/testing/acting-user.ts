/**
 * A user who acts right before the n-th change of names that the disk makes. To be imported before the library: it stands between
 * it and `node:fs`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { beforeForeignCalls } from './before-foreign-calls.ts';

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
beforeForeignCalls(beforeCall);

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
