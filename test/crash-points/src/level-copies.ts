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

interface WriteOptions {
  readonly sync?: boolean;
}

type Write = (options?: WriteOptions) => Promise<void>;

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
  const prototypes = await prototypesOf(`${copies}.other`);
  const { batch, database } = prototypes;
  const [original, inOneCall] = [batch.write, database.batch];
  let writes = 0;
  keep(0);
  const written = async (options: WriteOptions | undefined, work: () => unknown): Promise<void> => {
    const write = ++writes;
    note({ type: 'begins', write });
    await work();
    keep(write);
    note({ type: 'ends', write, isDurable: options?.sync === true });
  };
  batch.write = function (this: unknown, options) {
    return written(options, () => Reflect.apply(original, this, [options]));
  };
  // Without arguments it begins a batch, with them it writes one.
  database.batch = function (this: unknown, ...given) {
    const write = (): unknown => Reflect.apply(inOneCall, this, given);
    return given.length === 0 ? write() : written(given[1], write);
  };
  try {
    await work();
  } finally {
    batch.write = original;
    database.batch = inOneCall;
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

interface Prototypes {
  readonly batch: { write: Write };
  readonly database: { batch: (this: unknown, ...given: readonly (WriteOptions | undefined)[]) => unknown };
}

async function prototypesOf(folder: string): Promise<Prototypes> {
  const database = new Level(folder);
  await database.open();
  const batch = database.batch();
  await batch.close();
  await database.close();
  let prototype: object = Object.getPrototypeOf(database);
  while (!Object.hasOwn(prototype, 'batch')) prototype = Object.getPrototypeOf(prototype);
  return { batch: Object.getPrototypeOf(batch), database: prototype as Prototypes['database'] };
}
