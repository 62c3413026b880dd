/**
 * System calls that Node's `fs` does not offer, by `node:ffi`, which Node has from version 26 on. Each caller has another way
 * for where they are missing.
 */
import type * as ffi from 'node:ffi';

type Definitions = ffi.FunctionDefinitions;
type Functions<Of extends Definitions> = ffi.DynamicLibraryResult<Of>['functions'];

/** @returns null where the C library or the runtime does not have all of them. */
export function findNative<const Of extends Definitions>(definitions: Of): Functions<Of> | null {
  if (process.platform !== 'linux') return null;
  return withoutFfiWarning(() => {
    const found = process.getBuiltinModule('node:ffi') as typeof ffi | undefined;
    if (found === undefined) return null;
    try {
      return found.dlopen(null, definitions).functions;
    } catch {
      // A C library without one of them, or a runtime that was told not to allow ffi.
      return null;
    }
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
