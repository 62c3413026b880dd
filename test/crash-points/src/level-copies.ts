/**
 * LevelDB writes its files in C++, where nobody watches. Its contract stands in for them: a write that is asked to be durable is so
 * when it has ended, with all writes before it; one that is not, or that is under way, may be there or not. What each
 * write leaves is a copy of its folder.
 */
import { join } from 'node:path';
import { Level } from 'level';
import { real } from './watched-calls.ts';

export type LevelFact =
  | { readonly type: 'begins'; readonly write: number }
  | { readonly type: 'ends'; readonly write: number; readonly isDurable: boolean };

type Write = (options?: { readonly sync?: boolean }) => Promise<void>;

/** Copies the folder `source` to `copies/N` after its N-th write from now on, until the work has ended. `copies/0` is as it is now. */
export async function copyingWrites(
  source: string,
  copies: string,
  note: (fact: LevelFact) => void,
  work: () => Promise<void>,
): Promise<void> {
  const keep = (write: number): void => {
    if (real.existsSync(source)) real.cpSync(source, join(copies, String(write)), { recursive: true });
  };
  const prototype = await prototypeOfBatches(`${copies}.other`);
  const original = prototype.write;
  let writes = 0;
  keep(0);
  prototype.write = async function (this: unknown, options) {
    const write = ++writes;
    note({ type: 'begins', write });
    await Reflect.apply(original, this, [options]);
    keep(write);
    note({ type: 'ends', write, isDurable: options?.sync === true });
  };
  try {
    await work();
  } finally {
    prototype.write = original;
  }
}

/** The writes of which a cut may leave the copy. */
export function* survivingWrites(facts: readonly LevelFact[]): Generator<number> {
  let [durable, begun] = [0, 0];
  for (const fact of facts) {
    if (fact.type === 'begins') begun = fact.write;
    else if (fact.isDurable) durable = fact.write;
  }
  for (let write = durable; write <= begun; write++) yield write;
}

async function prototypeOfBatches(folder: string): Promise<{ write: Write }> {
  const database = new Level(folder);
  await database.open();
  const batch = database.batch();
  await batch.close();
  await database.close();
  return Object.getPrototypeOf(batch) as { write: Write };
}
