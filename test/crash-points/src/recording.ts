/** Records what a work changes below one folder, and proves that nothing of it was missed. */
import { join } from 'node:path';
import { type Node, type Seen, type Step, statesAfter } from './page-cache.ts';
import { recordersOn } from './recorders.ts';
import { createTape } from './tape.ts';
import { real, watchCalls } from './watched-calls.ts';

export interface Recording<Fact> {
  /** As it was before the work. */
  readonly top: Node;
  readonly steps: readonly Step<Fact>[];
}

export interface RecordOptions<Fact> {
  readonly folder: string;
  /** Is given the function that notes what may be relied on from that moment on. */
  readonly work: (note: (fact: Fact) => void) => Promise<void>;
  /** Names in the folder that others write. */
  readonly ignored?: readonly string[];
  /** Called before each call that changes something below the folder; may throw what the system would. */
  readonly fault?: (call: string) => void;
}

export async function record<Fact>(options: RecordOptions<Fact>): Promise<Recording<Fact>> {
  const { folder, work, ignored = [], fault = () => undefined } = options;
  const tape = createTape<Fact>(folder, ignored);
  const recorders = recordersOn(tape);
  watchCalls((name, all) => {
    const recorder = recorders[name];
    if (recorder === undefined) throw new Error(`${name} is not recorded`);
    const done = recorder(all);
    if (done === null) return null;
    try {
      fault(name);
    } catch (error) {
      const node = flushes.has(name) ? tape.nodeOf(all[0] as number) : undefined;
      if (node !== undefined) tape.steps.push({ type: 'failedFlush', node });
      throw error;
    }
    return done;
  });
  try {
    await work((fact) => void tape.steps.push({ type: 'fact', fact }));
  } finally {
    watchCalls(null);
  }
  expectComplete(folder, ignored, tape);
  return tape;
}

const flushes: ReadonlySet<string> = new Set([
  'fsyncSync',
  'fsync',
  'fdatasync',
  'handle.sync',
  'handle.datasync',
]);

/** What is made of a recording before the power is cut. */
export type Hearing<Fact> = (recording: Recording<Fact>) => Recording<Fact>;

export const asItWas = <Fact>(recording: Recording<Fact>): Recording<Fact> => recording;

/** As if nobody had flushed anything: what a client would do that does not. */
export const withoutFlushes = <Fact>({ top, steps }: Recording<Fact>): Recording<Fact> => ({
  top,
  steps: steps.filter(({ type }) => type !== 'flush'),
});

/** With everything that was written, the model shows what the folder shows. */
function expectComplete(
  folder: string,
  ignored: readonly string[],
  { top, steps }: Recording<unknown>,
): void {
  const flushAll: Step<unknown>[] = steps.filter(({ type }) => type !== 'failedFlush');
  for (const node of new Set(steps.flatMap((step) => ('node' in step ? [step.node] : []))))
    flushAll.push({ type: 'flush', node, covers: flushAll.length });
  for (const step of steps)
    for (const entry of ['from' in step ? step.from : null, 'to' in step ? step.to : null])
      if (entry !== null) flushAll.push({ type: 'flush', node: entry.folder, covers: flushAll.length });
  const [state, ...others] = [...statesAfter(top, flushAll, flushAll.length)];
  const [modelled, real] = [state === undefined ? '' : linesOf(state.seen), linesBelow(folder, ignored)];
  if (modelled === real && others.length === 0) return;
  throw new Error(`the recording missed something; the model shows\n${modelled}\nand the folder\n${real}`);
}

const lineOf = (path: string, content: Buffer, isLink: boolean): string =>
  `${path} ${isLink ? '-> ' : ''}${content.toString('base64')}`;

function linesOf(seen: Seen, path = ''): string {
  if (seen.kind !== 'folder') return lineOf(path, seen.content, seen.kind === 'link');
  const below = [...seen.names].map(([name, child]) => linesOf(child, `${path}/${name}`));
  return [`${path}/`, ...below].toSorted().join('\n');
}

function linesBelow(folder: string, ignored: readonly string[], path = ''): string {
  const entries = real.readdirSync(folder, { withFileTypes: true });
  const lines = entries
    .filter(({ name }) => !ignored.includes(name))
    .map((entry) => {
      const at = join(folder, entry.name);
      const below = `${path}/${entry.name}`;
      if (entry.isDirectory()) return linesBelow(at, [], below);
      const isLink = entry.isSymbolicLink();
      return lineOf(below, isLink ? Buffer.from(real.readlinkSync(at)) : real.readFileSync(at), isLink);
    });
  return [`${path}/`, ...lines].toSorted().join('\n');
}
