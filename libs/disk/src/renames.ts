/**
 * renameat2(2): exchange two names, or rename without replacing. Node's `fs` does not offer it; `node:ffi` does from
 * Node 26 on. Where it is missing the callers take the longer way with link(2).
 */

/** Each answers whether it was done; the reason for a "no" is found out by the longer way. */
export interface Renames {
  /** Two names change owners; neither is ever absent. Nothing is done unless both exist. */
  exchange(from: Spot, to: Spot): boolean;
  /** Fails when the new name exists. */
  renameFree(from: Spot, to: Spot): boolean;
}

export interface Spot {
  /** Descriptor of the folder. */
  readonly fd: number;
  readonly name: string;
}

const NOREPLACE = 1;
const EXCHANGE = 2;

type Rename = (fromFd: number, from: string, toFd: number, to: string, flags: number) => number;

export const longWayOnly: Renames = { exchange: () => false, renameFree: () => false };

/** @returns `longWayOnly` where the system or the runtime does not have it. */
export function findRenames(): Renames {
  const rename = loadRename();
  if (rename === null) return longWayOnly;
  return {
    exchange: (from, to) => rename(from.fd, from.name, to.fd, to.name, EXCHANGE) === 0,
    renameFree: (from, to) => rename(from.fd, from.name, to.fd, to.name, NOREPLACE) === 0,
  };
}

let loaded: Rename | null | undefined;

function loadRename(): Rename | null {
  if (loaded !== undefined) return loaded;
  loaded = null;
  if (process.platform !== 'linux') return null;
  return withoutFfiWarning(() => {
    const ffi = process.getBuiltinModule('node:ffi') as typeof import('node:ffi') | undefined;
    if (ffi === undefined) return null;
    try {
      const { functions } = ffi.dlopen(null, {
        renameat2: { arguments: ['i32', 'string', 'i32', 'string', 'u32'], return: 'i32' },
      });
      loaded = functions.renameat2;
    } catch {
      // A C library without renameat2, or a runtime that was told not to allow ffi: the longer way is complete.
    }
    return loaded ?? null;
  });
}

/** Loading `node:ffi` prints that it is experimental; that one line is known and accepted, all others pass. */
function withoutFfiWarning<Result>(work: () => Result): Result {
  const emit = process.emitWarning;
  process.emitWarning = (...all: unknown[]) => {
    if (typeof all[0] === 'string' && all[0].startsWith('FFI is an experimental feature')) return;
    Reflect.apply(emit, process, all);
  };
  try {
    return work();
  } finally {
    process.emitWarning = emit;
  }
}
