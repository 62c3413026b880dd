/** Small values by name, in a bucket of JetStream's key-value store: they survive restarts of everybody. */
import type { KV } from 'nats';
import { BusError } from './bus-error.ts';
import type { NatsLink } from './nats-link.ts';
import { decodePayload, encodePayload } from './payload.ts';

export interface NatsRecords {
  /** Everything there is. A value that is no JSON is left out. */
  all(): Promise<ReadonlyMap<string, unknown>>;
  /** `name`: one token of letters, digits, `-` and `_`. Resolves when the server has it. Throws BusError `timeout`. */
  put(name: string, value: unknown): Promise<void>;
}

const VALUE_BYTES_MAX = 64 * 1024;
const BUCKET_BYTES_MAX = 64 << 20;

export async function openNatsRecords(link: NatsLink, bucket: string): Promise<NatsRecords> {
  const { views } = link.connection.jetstream({ checkAPI: false });
  /** Makes the bucket when there is none. */
  const openStore = (): Promise<KV> =>
    views.kv(bucket, { history: 1, maxValueSize: VALUE_BYTES_MAX, max_bytes: BUCKET_BYTES_MAX });
  let store = await openStore();
  return {
    async all() {
      const names: string[] = [];
      for await (const name of await store.keys()) names.push(name);
      const values = new Map<string, unknown>();
      for (const name of names) {
        const value = await read(store, name);
        if (value !== undefined) values.set(name, value);
      }
      return values;
    },
    async put(name, value) {
      await link.connected();
      const bytes = encodePayload(value);
      try {
        await store.put(name, bytes).catch(async () => {
          // A server that lost its store has no bucket any more.
          store = await openStore();
          await store.put(name, bytes);
        });
      } catch (cause) {
        const text = `Cannot keep "${name}": the bucket "${bucket}" did not take it`;
        throw new BusError('timeout', text, { cause });
      }
    },
  };
}

async function read(store: KV, name: string): Promise<unknown> {
  const entry = await store.get(name);
  if (entry === null || entry.operation !== 'PUT') return undefined;
  try {
    return decodePayload(entry.value, name);
  } catch {
    // Written by another program: as good as nothing.
    return undefined;
  }
}
