/** What a plugin keeps from run to run: a few JSON values, in one text that is replaced as a whole. */
import type { Secrets } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Store } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';

/** Where the text is. `write` resolves when it is durable. */
export type StorePlace = Pick<Secrets, 'read' | 'write'>;

const textBytesMax = 64 * 1024;
const textName = 'values';
const values = z.record(z.string(), z.unknown());

export function createStore(plugin: string, place: StorePlace): Store {
  let known: Promise<Map<string, unknown>> | null = null;
  /** One change after the other: each writes all values. */
  let last: Promise<void> = Promise.resolve();
  const read = (): Promise<Map<string, unknown>> => {
    known ??= readAll();
    // Another attempt may get through.
    known.catch(() => (known = null));
    return known;
  };
  return {
    async get(key) {
      await last.catch(() => undefined);
      return structuredClone((await read()).get(key));
    },
    async keys() {
      await last.catch(() => undefined);
      return [...(await read()).keys()];
    },
    set: (key, value) => change((next) => next.set(key, plainOf(value))),
    delete: (key) => change((next) => next.delete(key)),
  };

  function change(apply: (next: Map<string, unknown>) => unknown): Promise<void> {
    last = last
      .catch(() => undefined)
      .then(async () => {
        const next = new Map(await read());
        apply(next);
        const text = JSON.stringify(Object.fromEntries(next));
        if (new TextEncoder().encode(text).length > textBytesMax)
          throw cannot('keep', `all together is larger than ${textBytesMax / 1024} KiB`);
        await place.write(textName, text);
        known = Promise.resolve(next);
      });
    return last;
  }

  async function readAll(): Promise<Map<string, unknown>> {
    const text = await place.read(textName);
    if (text === null) return new Map();
    try {
      return new Map(Object.entries(values.parse(JSON.parse(text))));
    } catch {
      throw cannot('read', 'its file does not hold what was written; remove it to begin anew');
    }
  }

  function plainOf(value: unknown): unknown {
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw cannot('keep', 'it is no JSON');
    return JSON.parse(text);
  }

  function cannot(action: string, why: string): Failure {
    const detail = `Cannot ${action} what plugin "${plugin}" stores: ${why}`;
    return new Failure({ code: action === 'keep' ? 'invalidRequest' : 'diskFault', detail });
  }
}

/** For a run that writes nothing: empty, and forgotten at its end. */
export function createForgetfulPlace(): StorePlace {
  const texts = new Map<string, string>();
  return {
    read: async (name) => texts.get(name) ?? null,
    write: async (name, text) => void texts.set(name, text),
  };
}
