/**
 * The symbolic links that a scan meets. Which of two links to one place is followed must not depend on the order in which
 * folders are read: links that are new wait until everything else was read, and then the oldest comes first.
 */
import type { BigIntStats } from 'node:fs';
import type { LocalOddity, LocalRow } from '@tidemark/contracts';
import type { Folder } from './folders.ts';
import { rowOf } from './identity.ts';
import { createLinkRules, type LinkOptions, type LinkRules } from './link-rules.ts';
import { isSameLink, type Links, type Resolved, resolveLink } from './links.ts';
import type { MountScan } from './nested-mounts.ts';
import { pathBelow } from './path-names.ts';
import { escaped } from './quoted.ts';

export interface LinkScan {
  /** What the link stands for in the listing of its folder; null when it is not followed, or waits. */
  rowAt(folder: Folder, name: string, link: BigIntStats): LocalRow | null;
  /** Decides on those that wait. @returns the folders that have to be listed again */
  settle(): readonly Pick<Folder, 'id' | 'path'>[];
  /** A complete scan has ended: what it did not meet is not followed any more. */
  forgetOthers(): void;
}

export interface LinkScanOptions {
  readonly allowed: LinkOptions;
  /** Those that were followed until now; changed by the scan. */
  readonly links: Links;
  readonly mounts: MountScan;
  readonly isComplete: boolean;
  readonly lookAtMounts: () => void;
  readonly odd: (oddity: LocalOddity) => void;
  readonly now: () => number;
}

interface Waiting {
  readonly folder: Pick<Folder, 'id' | 'path'>;
  readonly name: string;
  readonly bornNs: bigint;
  readonly link: Resolved;
}

export function createLinkScan({ allowed, links, isComplete, odd, ...options }: LinkScanOptions): LinkScan {
  /** Those that are followed: decided in this scan, or before a partial one. Made when the first link is met. */
  let made: LinkRules | null = null;
  const rules = (): LinkRules => (made ??= createLinkRules(allowed, isComplete ? new Map() : links));
  const waiting = new Map<string, Waiting>();

  return {
    rowAt(folder, name, { birthtimeNs: bornNs }) {
      const path = pathBelow(folder.path, name);
      const said = (code: LocalOddity['code'], why: string): null => {
        links.delete(path);
        odd(oddityOf(folder, name, path, code, why));
        return null;
      };
      if (!allowed.follow) return said('symlink', 'symbolic links are skipped');
      const { rootMount, mountPointOf, ...decided } = rules();
      const link = resolveLink(folder, name, rootMount, mountPointOf);
      if (typeof link === 'string') return said('symlink', link);
      const before = decided.get(path) ?? links.get(path);
      if (before !== undefined && isSameLink(before, link) && decided.whyNot(path, link) === null) {
        decided.add(path, link);
        return followed(folder, name, path, link);
      }
      decided.remove(path);
      links.delete(path);
      waiting.set(path, { folder, name, bornNs, link });
      return null;
    },
    settle() {
      const again = new Map<string, Pick<Folder, 'id' | 'path'>>();
      const all = [...waiting].sort(([a, one], [b, other]) =>
        one.bornNs === other.bornNs ? (a < b ? -1 : 1) : one.bornNs < other.bornNs ? -1 : 1,
      );
      waiting.clear();
      for (const [path, { folder, name, link }] of all) {
        const why = rules().whyNot(path, link);
        if (why !== null) odd(oddityOf(folder, name, path, 'unfollowed', why));
        else {
          rules().add(path, link);
          again.set(folder.path, folder);
        }
      }
      return [...again.values()];
    },
    forgetOthers() {
      for (const path of links.keys()) if (made?.get(path) === undefined) links.delete(path);
    },
  };

  function followed(folder: Folder, name: string, path: string, link: Resolved): LocalRow | null {
    const place = { parentId: folder.id, name, mount: link.mount, isLinked: true };
    const row = rowOf(link.stats, place, options.now);
    const judged = row.kind === 'folder' ? options.mounts.judgeLink(folder, row, link) : row;
    if (judged !== row) links.delete(path);
    else if (!links.has(path)) {
      links.set(path, link);
      options.lookAtMounts();
    }
    return judged;
  }
}

const oddityOf = (
  folder: Pick<Folder, 'id'>,
  name: string,
  path: string,
  code: LocalOddity['code'],
  why: string,
): LocalOddity => ({
  path: escaped(path),
  code,
  detail: `${why}; what is online under its name is left alone`,
  holds: { folder: folder.id, name },
});
