import { expect, test } from 'vitest';
import { type Kept, memoryStore } from './memory-store.ts';
import type { Patience } from './patience.ts';
import { createReopeningStore } from './reopening-store.ts';
import type { Store } from './store.ts';

/** `torn`: a part of the record got there. `whole`: all of it, and the disk refused to say that it is durable. */
type Fault = 'torn' | 'whole' | null;

/** As LevelDB does: what is written behind a torn record is there until it is opened the next time, and no longer. */
function simulatedFiles() {
  const files = { fault: null as Fault, refuses: false, opened: 0, whole: new Map() as Kept };
  const open = async (): Promise<Store> => {
    if (files.refuses) throw refusal;
    files.opened += 1;
    const seen: Kept = new Map(files.whole);
    const store = memoryStore(seen);
    let isTorn = false;
    return {
      ...store,
      async commit(pairs) {
        if (files.fault === 'torn') isTorn = true;
        if (!isTorn) for (const { key, value } of pairs) files.whole.set(key.toString('latin1'), value);
        if (files.fault !== null) throw refusal;
        await store.commit(pairs);
      },
    };
  };
  return { files, open };
}

const refusal = new Error('IO error: /log/000003.log: No space left on device');
const textOf = (key: string): { key: Buffer; value: Buffer } => ({
  key: Buffer.from(key),
  value: Buffer.from(key),
});

/** Waits once or more, each time for `change`. */
function patienceThat(...changes: readonly (() => boolean)[]) {
  const told: string[] = [];
  let next = 0;
  const patience: Patience = {
    async outwait({ code }) {
      told.push(code);
      return changes[next++]?.() ?? false;
    },
    over: () => void told.push('over'),
  };
  return { patience, told };
}

test('an error that Node has no name for is waited for as well', async () => {
  const { patience, told } = patienceThat(() => true);
  let refuses = true;
  const store: Store = {
    ...memoryStore(new Map()),
    async commit() {
      if (!refuses) return;
      refuses = false;
      throw new Error('Unknown system error -116: Unknown system error -116, write');
    },
  };
  await createReopeningStore({ store, reopen: async () => store, patience }).store.commit([textOf('a')]);
  expect(told).toEqual(['diskFault', 'over']);
});

test.for(['torn', 'whole'] as const)(
  'a write that the disk refused (%s) is there once when the disk takes writes again, and so is what followed',
  async (fault) => {
    const { files, open } = simulatedFiles();
    const { patience, told } = patienceThat(
      () => (files.refuses = true),
      () => {
        files.fault = null;
        files.refuses = false;
        return true;
      },
    );
    const { store } = createReopeningStore({ store: await open(), reopen: open, patience });
    await store.commit([textOf('first')]);
    files.fault = fault;
    await Promise.all([store.commit([textOf('second')]), store.commit([textOf('third')])]);
    expect([...files.whole.keys()]).toEqual(['first', 'second', 'third']);
    expect(told).toEqual(['diskFull', 'diskFull', 'over']);
  },
);

test('without patience the failure is passed on, and the next write finds a store that was opened again', async () => {
  const { files, open } = simulatedFiles();
  const { cache, store } = createReopeningStore({
    store: await open(),
    reopen: open,
    patience: patienceThat().patience,
  });
  files.fault = 'torn';
  await expect(cache.commit([textOf('snapshot')])).rejects.toMatchObject({ code: 'diskFull' });
  files.fault = null;
  await store.commit([textOf('event')]);
  expect([...files.whole.keys()]).toEqual(['event']);
  expect(files.opened).toBe(2);
});

test('what is no refusal of the disk is not waited for', async () => {
  const { files, open } = simulatedFiles();
  const { patience, told } = patienceThat(() => true);
  const reopen = (): Promise<Store> => Promise.reject(new Error('it is not what was written'));
  const { store } = createReopeningStore({ store: await open(), reopen, patience });
  files.fault = 'torn';
  await expect(store.commit([textOf('event')])).rejects.toThrow('it is not what was written');
  expect(told).toEqual(['diskFull']);
});

test('reads wait while it is closed', async () => {
  const { files, open } = simulatedFiles();
  const reopening = Promise.withResolvers<void>();
  const { store } = createReopeningStore({
    store: await open(),
    reopen: () => reopening.promise.then(open),
    patience: patienceThat(() => {
      files.fault = null;
      return true;
    }).patience,
  });
  await store.commit([textOf('first')]);
  files.fault = 'torn';
  const written = store.commit([textOf('second')]);
  const read = (async () => {
    await expect.poll(() => files.fault).toBeNull();
    return store.get(Buffer.from('first'));
  })();
  reopening.resolve();
  await written;
  expect((await read)?.toString()).toBe('first');
});
