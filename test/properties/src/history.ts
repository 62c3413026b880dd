/** Random histories: what two users do, and what the client gets done in between. */
import fc from 'fast-check';
import { Chance } from './chance.ts';
import { Crash, ModelRun } from './model-run.ts';
import type { Node, Side } from './model-world.ts';
import { root } from './model-world.ts';

export type Act =
  | { do: 'write' | 'create' | 'mkdir' | 'remove'; on: 'drive' | 'disk'; at: number; name: number }
  | { do: 'move'; on: 'drive' | 'disk'; at: number; to: number; name: number }
  | { do: 'work'; steps: number; choice: number }
  | { do: 'lose'; choice: number }
  | { do: 'loseCursor' }
  | { do: 'hint'; side: 'remote' | 'local' }
  | { do: 'crash' };

export const names = ['a', 'b', 'A', 'c.txt'];
const small = fc.nat({ max: 12 });
const side = fc.constantFrom('drive' as const, 'disk' as const);
export const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'write' as const,
        'create' as const,
        'create' as const,
        'mkdir' as const,
        'remove' as const,
      ),
      on: side,
      at: small,
      name: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      on: side,
      at: small,
      to: small,
      name: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      steps: fc.nat({ max: 12 }),
      choice: fc.nat({ max: 1000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('lose' as const), choice: fc.nat({ max: 5 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('hint' as const),
      side: fc.constantFrom('remote' as const, 'local' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('loseCursor' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
);

export const history = fc.array(act, { maxLength: 60, size: 'max' });

const isPlain = ({ do: what }: Act): boolean => what !== 'remove' && what !== 'lose' && what !== 'loseCursor';

/** New files, new versions and moves on both sides, and kills: each file is there once, whoever renames it. */
export const plainHistory = history.map((acts) => acts.filter(isPlain));

/** Every version a user saved and did not overwrite or delete on that same side. */
export class Ledger {
  readonly live = new Set<string>();
  readonly all = new Set<string>();
  private readonly prefix: string;
  private count = 0;

  constructor(prefix = 'v') {
    this.prefix = prefix;
  }

  next(): string {
    const content = `${this.prefix}${++this.count}`;
    this.all.add(content);
    this.live.add(content);
    return content;
  }
  gone(content: string): void {
    this.live.delete(content);
  }
}

export function perform(run: ModelRun, ledger: Ledger, act: Act, time: number): void {
  switch (act.do) {
    case 'work':
      run.chance = new Chance(act.choice);
      for (let step = 0; step < act.steps; step++) run.step();
      break;
    case 'lose':
      run.chance = new Chance(act.choice);
      run.lose();
      break;
    case 'loseCursor':
      run.world.cursorIsLost = true;
      break;
    case 'hint':
      run.hint(act.side);
      break;
    case 'crash':
      run.crash();
      break;
    default:
      user(run, ledger, act, time);
  }
}

function user(run: ModelRun, ledger: Ledger, act: Extract<Act, { on: string }>, time: number): void {
  const where: Side = run.world[act.on];
  const nodes = [...where.nodes.values()];
  const pick = (index: number): Node | undefined =>
    nodes.length === 0 ? undefined : nodes[index % nodes.length];
  const folder = (index: number): string => {
    const folders = [root, ...nodes.filter((node) => node.kind === 'folder').map((node) => node.id)];
    return folders[index % folders.length] ?? root;
  };
  const name = names[act.name] ?? 'a';
  const node = pick(act.at);
  const forget = (gone: Node): void => {
    if (gone.kind === 'file') ledger.gone(gone.content);
    for (const child of where.children(gone.id)) forget(child);
  };
  switch (act.do) {
    case 'create':
      if (where.at(folder(act.at), name) === undefined)
        where.create(folder(act.at), name, 'file', ledger.next(), time);
      break;
    case 'mkdir':
      where.create(folder(act.at), name, 'folder', '', 0);
      break;
    case 'write':
      if (node?.kind !== 'file') break;
      ledger.gone(node.content);
      where.write(node, ledger.next(), time);
      break;
    case 'remove':
      if (node === undefined) break;
      forget(node);
      if (act.on === 'drive') run.world.deleteRemote(node);
      else where.remove(node);
      break;
    case 'move':
      if (node !== undefined && where.move(node, folder(act.to), name)) run.world.moved.add(node.id);
      break;
  }
}

/** What users do while no client runs. */
export function userActs(run: ModelRun, acts: readonly Act[]): void {
  const ledger = new Ledger('later');
  acts.forEach((act, index) => {
    if ('on' in act) user(run, ledger, act, 1000 + index);
  });
}

export interface Played {
  readonly run: ModelRun;
  readonly ledger: Ledger;
}

export function play(acts: readonly Act[], run = new ModelRun()): Played {
  const ledger = new Ledger();
  const orCrash = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      run.crash();
    }
  };
  orCrash(() => run.start());
  acts.forEach((act, index) => orCrash(() => perform(run, ledger, act, 100 + index)));
  orCrash(() => run.settle());
  orCrash(() => run.start());
  orCrash(() => run.settle());
  run.settle();
  return { run, ledger };
}
