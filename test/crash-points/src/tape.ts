/** What was recorded so far, and which real file is which of the model. */
import type { BigIntStats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Change, Entry, Kind, Node, Step } from './page-cache.ts';
import { real } from './watched-calls.ts';

export interface Tape<Fact> {
  /** The folder that is recorded, as it was before. */
  readonly top: Node;
  readonly steps: Step<Fact>[];
  nodeAt(path: string): Node | undefined;
  nodeOf(fd: number): Node | undefined;
  /** Undefined when the path leads to none of the recorded folders. */
  entryAt(path: string): Entry | undefined;
  /** The file at the path has just been made. */
  made(path: string, kind: Kind): Node | undefined;
  change(change: Change): void;
  /** @param covers the number of the first step that the flush says nothing of */
  flushed(node: Node, covers: number): void;
  /** The last name of the file is gone; its number may be that of the next one. */
  forget(stats: Pick<BigIntStats, 'dev' | 'ino'>): void;
}

const keyOf = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string => `${dev}/${ino}`;

const targetAt = (path: string, kind: Kind): Buffer =>
  kind === 'link' ? Buffer.from(real.readlinkSync(path)) : Buffer.alloc(0);

export function createTape<Fact>(folder: string, ignored: readonly string[]): Tape<Fact> {
  const nodes = new Map<string, Node>();
  const steps: Step<Fact>[] = [];

  function found(path: string, without: readonly string[] = []): Node {
    const stats = real.lstatSync(path, { bigint: true });
    const known = nodes.get(keyOf(stats));
    if (known !== undefined) return known;
    const kind = stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'file';
    const names = kind === 'folder' ? real.readdirSync(path).filter((name) => !without.includes(name)) : [];
    const node: Node = {
      kind,
      content: kind === 'file' ? real.readFileSync(path) : targetAt(path, kind),
      names: new Map(names.map((name) => [name, found(join(path, name))])),
    };
    nodes.set(keyOf(stats), node);
    return node;
  }

  function entryAt(path: string): Entry | undefined {
    const above = real.statSync(dirname(path), { bigint: true, throwIfNoEntry: false });
    const known = above === undefined ? undefined : nodes.get(keyOf(above));
    const name = basename(path);
    const isOfOthers = known === top && ignored.includes(name);
    return known === undefined || isOfOthers ? undefined : { folder: known, name };
  }

  const top = found(folder, ignored);
  return {
    top,
    steps,
    entryAt,
    nodeAt(path) {
      const stats = real.lstatSync(path, { bigint: true, throwIfNoEntry: false });
      return stats === undefined ? undefined : nodes.get(keyOf(stats));
    },
    nodeOf: (fd) => nodes.get(keyOf(real.fstatSync(fd, { bigint: true }))),
    made(path, kind) {
      const to = entryAt(path);
      if (to === undefined) return undefined;
      const node: Node = { kind, content: targetAt(path, kind), names: new Map() };
      nodes.set(keyOf(real.lstatSync(path, { bigint: true })), node);
      steps.push({ type: 'link', to, node });
      return node;
    },
    change: (change) => void steps.push(change),
    flushed: (node, covers) => void steps.push({ type: 'flush', node, covers }),
    forget: (stats) => void nodes.delete(keyOf(stats)),
  };
}
