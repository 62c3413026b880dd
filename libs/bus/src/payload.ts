/** Payloads are JSON data, and no subscriber can change what another one sees. */
import { BusError } from './bus-error.ts';

const DEPTH_MAX = 100;

/**
 * Makes the payload immutable, all the way down, and returns its size as JSON, roughly: the UTF-16 length of its texts
 * and names, and some for the rest. Freezing costs less than a copy, and much less for one that is frozen already.
 * Throws BusError `invalidPayload`.
 */
export const freezePayload = (payload: unknown): number => visit(payload, true, 0);

/** Throws BusError `invalidPayload`. */
export function encodePayload(payload: unknown): Buffer {
  visit(payload, false, 0);
  return Buffer.from(JSON.stringify(payload));
}

/** Throws BusError `invalidPayload` for bytes that another client sent and that are no JSON. */
export function decodePayload(bytes: Uint8Array, subject: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (cause) {
    throw new BusError('invalidPayload', `Cannot read a message on "${subject}": it is not JSON`, { cause });
  }
}

export const tooLarge = (subject: string, sizeBytes: number, maxBytes: number): BusError =>
  new BusError(
    'payloadTooLarge',
    `Cannot publish to "${subject}": the payload has ${sizeBytes} bytes, and the bus takes ${maxBytes}`,
  );

function visit(value: unknown, freeze: boolean, depth: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(String(value));
    return 8;
  }
  if (typeof value === 'boolean' || value === null) return 5;
  if (typeof value !== 'object') throw invalid(typeof value);
  if (depth > DEPTH_MAX) throw invalid(`more than ${DEPTH_MAX} levels, or a circle`);
  let size = 2;
  if (Array.isArray(value)) {
    for (const one of value) size += 1 + visit(one, freeze, depth + 1);
  } else {
    if (!isPlain(value)) throw invalid(`a ${value.constructor.name}`);
    // A field that is undefined is one that is not there.
    for (const name in value) {
      const one = value[name];
      if (one !== undefined) size += name.length + 4 + visit(one, freeze, depth + 1);
    }
  }
  if (freeze) Object.freeze(value);
  return size;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const invalid = (what: string): BusError =>
  new BusError('invalidPayload', `Cannot publish: the payload holds ${what}, which is not JSON data`);
