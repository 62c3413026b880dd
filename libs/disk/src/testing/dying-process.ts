/**
 * A process that dies before its n-th change of the file system: that call and all later ones throw, so that nothing the
 * dying process still tries has an effect. To be imported before the library: it stands between it and `node:fs`.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { beforeForeignCalls } from './before-foreign-calls.ts';

const changing = [
  'openSync',
  'linkSync',
  'unlinkSync',
  'renameSync',
  'mkdirSync',
  'rmdirSync',
  'writeSync',
  'writeFileSync',
  'ftruncateSync',
  'truncateSync',
  'futimesSync',
  'fchmodSync',
  'utimesSync',
] as const;

export class Died extends Error {}

let callsLeft = Infinity;
let isDead = false;

function live(): void {
  if (isDead || callsLeft <= 0) {
    isDead = true;
    throw new Died('the process is dead');
  }
  callsLeft--;
}

for (const name of changing) {
  const original: unknown = Reflect.get(fs, name);
  if (typeof original !== 'function') throw new Error(`no ${name}`);
  Reflect.set(fs, name, (...all: unknown[]) => {
    live();
    return Reflect.apply(original, fs, all) as unknown;
  });
}
for (const name of ['unlink', 'rmdir'] as const) {
  const original: unknown = Reflect.get(fs.promises, name);
  if (typeof original !== 'function') throw new Error(`no ${name}`);
  Reflect.set(fs.promises, name, async (...all: unknown[]) => {
    live();
    return Reflect.apply(original, fs.promises, all) as unknown;
  });
}
syncBuiltinESMExports();
beforeForeignCalls(live);

/** Runs the work as a process that lives for so many changes. @returns whether it died */
export async function dyingAfter(calls: number, work: () => Promise<void>): Promise<boolean> {
  callsLeft = calls;
  isDead = false;
  try {
    await work();
    return isDead;
  } catch (error) {
    if (!isDead) throw error;
    return true;
  } finally {
    callsLeft = Infinity;
    isDead = false;
  }
}
