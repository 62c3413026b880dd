/** What the service tells that is not so. Nothing here changes a drive: a lie is in an answer, and the next one may be true. */

export const lieNames = [
  'missingRows',
  'emptyListing',
  'wrongSize',
  'wrongHash',
  'noTag',
  'noClientTime',
  'yearOne',
  'year9999',
  'unsaidDeletion',
  'unlistableFolder',
  'timeNotKept',
  'deletionRefused',
  'otherBytesStored',
] as const;
export type LieName = (typeof lieNames)[number];

export type LieSpec = {
  readonly lie: LieName;
  /** Items at these paths and below them; without it, every item. */
  readonly paths?: readonly string[];
  /** How often it is told before it is over; without it, always. */
  readonly times?: number;
  /** Where rows are wrong: in listings (the default), or also when the item is asked for by itself. */
  readonly rows?: 'listed' | 'all';
  /** The status of `unlistableFolder` (400) and `deletionRefused` (403). */
  readonly status?: number;
};

export type Lie = LieSpec & { readonly id: number; readonly told: number };

export type LieBook = {
  readonly add: (spec: LieSpec) => number;
  /** The first such lie that holds for the path, which counts as told now. */
  readonly tell: (lie: LieName, path: string, rows?: 'listed' | 'all') => Lie | undefined;
  readonly list: () => readonly Lie[];
  readonly clear: () => void;
  /** How often each was told since the last reset. A test whose lie was never told proves nothing. */
  readonly counts: () => Readonly<Record<LieName, number>>;
  readonly resetCounts: () => void;
};

export function createLieBook(): LieBook {
  let lies: { readonly spec: LieSpec; readonly id: number; told: number }[] = [];
  let issued = 0;
  let counts = noneTold();
  const view = ({ spec, id, told }: (typeof lies)[number]): Lie => ({ ...spec, id, told });
  return {
    add: (spec) => {
      issued += 1;
      lies.push({ spec, id: issued, told: 0 });
      return issued;
    },
    tell: (lie, path, rows = 'listed') => {
      if (lies.length === 0) return undefined;
      const found = lies.find(
        ({ spec, told }) =>
          spec.lie === lie &&
          told < (spec.times ?? Number.POSITIVE_INFINITY) &&
          (rows === 'listed' || spec.rows === 'all') &&
          (spec.paths === undefined || spec.paths.some((top) => isAtOrBelow(path, top))),
      );
      if (found === undefined) return undefined;
      found.told += 1;
      counts[lie] += 1;
      return view(found);
    },
    list: () => lies.map(view),
    clear: () => {
      lies = [];
    },
    counts: () => ({ ...counts }),
    resetCounts: () => {
      counts = noneTold();
    },
  };
}

const noneTold = (): Record<LieName, number> =>
  Object.fromEntries(lieNames.map((name) => [name, 0])) as Record<LieName, number>;

function isAtOrBelow(path: string, top: string): boolean {
  const [low, wanted] = [path.toLowerCase(), top.toLowerCase()];
  return low === wanted || low.startsWith(wanted.endsWith('/') ? wanted : `${wanted}/`);
}
