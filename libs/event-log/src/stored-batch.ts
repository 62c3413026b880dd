/**
 * The stored form of one batch:
 *
 *     0      codec of the payload (one letter)
 *     1      format: the version of the event shapes at the time of writing
 *     2..34  chain hash of the batch before (zeros before the first)
 *     34..42 number of the commit that wrote it
 *     42..46 how many events it holds
 *     46..   payload
 *
 * The chain hash of a batch is the SHA-256 of all these bytes. So each batch vouches for everything before it, and the
 * head witness, which holds the chain hash of the last one, vouches for the whole log.
 */
import { hash } from 'node:crypto';
import type { RecordedEvent } from '@tidemark/contracts';
import { numberAt, numberBytes } from './keys.ts';

const JSON_CODEC = 0x4a;
const FORMAT_AT = 1;
const PREVIOUS_AT = 2;
const COMMIT_AT = 34;
const COUNT_AT = 42;
const PAYLOAD_AT = 46;

/** Chain hash "before the first batch". */
export const noChain: Buffer = Buffer.alloc(32);

export const encodePayload = (events: readonly RecordedEvent[]): Buffer =>
  Buffer.from(JSON.stringify(events));

export interface BatchHeader {
  readonly format: number;
  readonly previous: Buffer;
  readonly commit: number;
  readonly count: number;
}

export function encodeBatch(header: BatchHeader, payload: Buffer): Buffer {
  const count = Buffer.allocUnsafe(4);
  count.writeUInt32BE(header.count);
  return Buffer.concat([
    Buffer.of(JSON_CODEC, header.format),
    header.previous,
    numberBytes(header.commit),
    count,
    payload,
  ]);
}

/** undefined when the bytes cannot be a batch at all. */
export function decodeHeader(stored: Buffer): BatchHeader | undefined {
  if (stored.length < PAYLOAD_AT) return undefined;
  return {
    format: stored.readUInt8(FORMAT_AT),
    previous: stored.subarray(PREVIOUS_AT, COMMIT_AT),
    commit: numberAt(stored, COMMIT_AT),
    count: stored.readUInt32BE(COUNT_AT),
  };
}

/** The events as they were written, or undefined for a codec this version does not know. Throws SyntaxError. */
export function decodePayload(stored: Buffer): readonly unknown[] | undefined {
  if (stored[0] !== JSON_CODEC) return undefined;
  const parsed: unknown = JSON.parse(stored.toString('utf8', PAYLOAD_AT));
  if (!Array.isArray(parsed)) throw new SyntaxError('the payload is not a list of events');
  return parsed;
}

export const chainHash = (stored: Buffer): Buffer => hash('sha256', stored, 'buffer');
