/**
 * The change feed of a simulated drive: latest states and not events, on pages, an item perhaps on several of them, and
 * links that can become void.
 */
import { Failure, type DeltaPage, type RemoteRow, type RemoteTombstone } from '@tidemark/contracts';
import type { DriveItems, DriveNode } from './drive-items.ts';
import type { DriveLies } from './drive-lies.ts';
import { tombstoneOf } from './drive-rows.ts';

/** How the service happens to tell things; none of it is promised. */
export interface FeedHabits {
  /** Unchanged folders above what changed come along, once a page, or not. */
  readonly ancestors: 'included' | 'omitted';
  /** Rows in the order of the changes, or in any. */
  readonly order: 'asChanged' | 'shuffled';
  /** What was in a removed folder is told of, or only if it changed since the round before: nobody could know where it was. */
  readonly tombstones: 'all' | 'topmost';
}

export const usualHabits: FeedHabits = { ancestors: 'included', order: 'asChanged', tombstones: 'all' };

export interface DriveFeed {
  /** Throws Failure `resyncRequired`. */
  page(link: string | null, limit: number): DeltaPage;
  /** Every link issued so far is void. */
  expire(): void;
}

export function createDriveFeed(
  items: DriveItems,
  habits: FeedHabits,
  shuffled: <Value>(values: readonly Value[]) => Value[],
  { lies, told, lag }: DriveLies,
): DriveFeed {
  const { root } = items;
  let epoch = 0;

  return {
    page(link, limit) {
      const cursor =
        link === null ? { mode: 'full' as const, since: 0, position: 0, upTo: items.head } : decode(link);
      if (link === null && items.root.children.size > 0 && lies('listing-empty', ''))
        return { rows: [], nextLink: null, deltaLink: encode(changesSince(items.head)) };
      const known = cursor.mode === 'full' ? cursor.upTo : Math.max(cursor.position, items.head - lag());
      const slice = items.changes(cursor.position, known, limit);
      const visible = slice.nodes.filter((node) => isVisible(node, cursor));
      const all = habits.ancestors === 'included' ? withAncestors(visible) : visible;
      const rows = all.filter((node) => node !== root).map(tellOf);
      const ordered = habits.order === 'shuffled' ? shuffled(rows) : rows;
      const { position } = slice;
      // What changed behind its end was not told, although the change before that one may lie in front of it.
      const isLagging = cursor.mode === 'changes' && position < items.head;
      return slice.more
        ? { rows: ordered, nextLink: encode({ ...cursor, position }), deltaLink: null }
        : {
            rows: ordered,
            nextLink: null,
            deltaLink: encode(isLagging ? { ...cursor, position } : changesSince(position)),
          };
    },
    expire() {
      epoch += 1;
    },
  };

  /** An enumeration has no tombstones. */
  function isVisible(node: DriveNode, { mode, since }: Cursor): boolean {
    if (!node.removed) return mode !== 'full' || node === root || !lies('listing-lacks-item', node.id);
    if (mode === 'full') return false;
    return habits.tombstones === 'all' || node.parent?.removed !== true || node.changedBefore > since;
  }

  function withAncestors(nodes: readonly DriveNode[]): DriveNode[] {
    const told = new Set<DriveNode>();
    const add = (node: DriveNode): void => {
      if (told.has(node)) return;
      if (node.parent !== null && !node.parent.removed) add(node.parent);
      told.add(node);
    };
    for (const node of nodes) add(node);
    return [...told];
  }

  function tellOf(node: DriveNode): RemoteRow | RemoteTombstone {
    return node.removed ? tombstoneOf(node) : told(node, 'feed');
  }

  function encode({ mode, since, position, upTo }: Cursor): string {
    return `simulated:${epoch}/${mode}/${since}/${position}/${upTo}`;
  }

  function decode(link: string): Cursor {
    const match = /^simulated:(\d+)\/(full|changes)\/(\d+)\/(\d+)\/(\d+)$/.exec(link);
    if (match === null || Number(match[1]) !== epoch)
      throw new Failure({
        code: 'resyncRequired',
        detail: 'Cannot read the changes of the drive: the link is void',
      });
    const [since = 0, position = 0, upTo = 0] = match.slice(3).map(Number);
    return { mode: match[2] === 'full' ? 'full' : 'changes', since, position, upTo };
  }
}

const changesSince = (position: number): Cursor => ({ mode: 'changes', since: position, position, upTo: 0 });

/** What a link stands for. */
interface Cursor {
  readonly mode: 'full' | 'changes';
  /** Where the round began. */
  readonly since: number;
  /** The last position that was told. */
  readonly position: number;
  /** Where an enumeration ends. */
  readonly upTo: number;
}
