/**
 * Rows of planner tables: an item is its three entries, written as briefly as a sentence allows.
 *
 * `file('a', 'one')` is a file whose content, hash and version are the one word; two entries with the same word agree.
 */
import type { KeptName, Policy, RuleId } from '@tidemark/contracts';
import {
  driveItemId,
  itemId,
  linkStamp,
  localId,
  rootItem,
  seq,
  plainPolicy,
  youngStamp,
} from '@tidemark/contracts';
import type { Item, LocalEntry, Trees } from '@tidemark/trees';
import { addItem, createTrees, setBase, setLocal, setRemote, setRoots } from '@tidemark/trees';
import { createAgenda } from '../agenda.ts';
import { createJudged } from '../deletable.ts';
import { createNeeded } from '../on-the-way.ts';
import { createLeftOut } from '../one-truth.ts';
import { planItems } from '../plan-items.ts';
import { orderOf } from '../transfer-order.ts';
import { reconcile } from '../reconcile.ts';
import type { Decision, Draft, PlanningView } from '../view.ts';

export interface Shown {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'opaque';
  readonly text: string;
  /** Item of the folder; the root by default. */
  readonly in?: number;
  /** Seconds since 1970. */
  readonly at?: number;
  /** Its bytes have not been read (disk), or the service reports no hash (drive). */
  readonly unread?: true;
  /** The drive does not tell enough of it, or of a folder what is in it. */
  readonly odd?: true;
  /** Another version on the drive, or another stamp on disk, with whatever content. */
  readonly touched?: true;
  /** A symbolic link leads to the folder. */
  readonly linked?: true;
  /** Seen on disk within the second in which it was saved. */
  readonly young?: true;
  /** The event that last set it; 1 by default. */
  readonly seenAt?: number;
}

export const file = (name: string, text: string, more: Partial<Shown> = {}): Shown => ({
  name,
  kind: 'file',
  text,
  ...more,
});
export const folder = (name: string, more: Partial<Shown> = {}): Shown => ({
  name,
  kind: 'folder',
  text: '',
  ...more,
});
export const notebook = (name: string): Shown => ({ name, kind: 'opaque', text: '' });

/** synced, local, remote: the merge base first. */
export interface Entries {
  readonly synced?: Shown;
  readonly local?: Shown;
  readonly remote?: Shown;
  /** What the disk showed last, when it is gone from there. */
  readonly left?: Shown;
}

/** What a row of the table says. */
export interface Row {
  /** Item 1 is decided, the others stand around it. */
  readonly items: readonly [Entries, ...Entries[]];
  readonly given?: ViewChanges;
  readonly gives: string;
  /** The rule, when a command is given. */
  readonly rule?: RuleId;
}

/** By subject and title. */
export type Rows = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** The same thing in all three. */
export const agreed = (shown: Shown): Entries => ({ synced: shown, local: shown, remote: shown });
export const onlyLocal = (shown: Shown): Entries => ({ local: shown });
export const onlyRemote = (shown: Shown): Entries => ({ remote: shown });

/** It was in sync and is not on disk any more. */
export const goneLocally = (shown: Shown): Entries => ({ synced: shown, remote: shown });
/** It was in sync and is not on the drive any more. */
export const goneRemotely = (shown: Shown): Entries => ({ synced: shown, local: shown });

/** Rules that ignore names with that ending. */
export const ignoring = (ending: string): PlanningView['rules'] => ({
  ignore: ({ name }) => (name.endsWith(ending) ? { plugin: 'filters', detail: ending } : null),
  resolve: () => null,
});

/** Rules that let in files with that ending, and of folders what leads to those. */
export const lettingIn = (ending: string): PlanningView['rules'] => ({
  ignore({ name, kind }) {
    if (name.endsWith(ending)) return null;
    const verdict = { plugin: 'settings', detail: `not ${ending}` };
    return kind === 'folder' ? { ...verdict, onTheWay: true } : verdict;
  },
  resolve: () => null,
});

/** Rules that refuse names with that ending where they would have to go up to the drive. */
export const refusingLocally = (ending: string): PlanningView['rules'] => ({
  ignore: ({ name, side }) =>
    side === 'local' && name.endsWith(ending) ? { plugin: 'settings', detail: ending } : null,
  resolve: () => null,
});

export type ViewChanges = Partial<
  Omit<PlanningView, 'trees' | 'policy' | 'inFlight' | 'judged' | 'needed' | 'leftOut'>
> & {
  readonly policy?: Partial<Policy>;
  /** Commands under way. */
  readonly busy?: readonly number[];
};

/** Items get the numbers 1, 2, 3 … in the order given. */
export function viewWith(items: readonly Entries[], changes: ViewChanges = {}): PlanningView {
  const trees = createTrees();
  setRoots(trees, driveItemId('R0'), localId('L0'), seq(1));
  const rows = items.map((entries, index) => ({ entries, item: add(trees, index + 1) }));
  for (const { entries, item } of rows) fill(trees, item, entries);
  const { policy, busy, ...rest } = changes;
  return {
    trees,
    policy: { ...plainPolicy, ...policy },
    rules: { ignore: () => null, resolve: () => null },
    inFlight: new Map((busy ?? []).map((id) => [itemId(id), underWay(id)])),
    resting: () => false,
    refused: () => false,
    unseen: () => false,
    justGone: () => false,
    arrivals: new Map(),
    together: new Map(),
    missing: new Set(),
    oddities: [],
    cleansUpTo: Infinity,
    remoteKnown: true,
    localKnown: true,
    withoutBase: false,
    judged: createJudged(),
    needed: createNeeded(),
    leftOut: createLeftOut(),
    full: null,
    held: () => false,
    ...rest,
  };
}

/** The decision for the item with that number. */
export function decide(view: PlanningView, id = 1): Decision {
  const item = view.trees.items.get(itemId(id));
  if (item === undefined) throw new Error(`The row has no item ${id}`);
  return reconcile(view, item);
}

/** One plan over all items. */
export function planOf(view: PlanningView, commandsMax = 100): Draft[] {
  const agenda = createAgenda(orderOf(view.policy, view.trees));
  for (const id of view.trees.items.keys()) if (id !== rootItem) agenda.touch(id);
  return planItems(view, agenda, commandsMax);
}

/** `DownloadFile a`, `MoveLocal a → b`, `wait for 2`, `stuck: caseClash` … */
export function inWords(decision: Decision): string {
  switch (decision.type) {
    case 'rest':
      return 'rest';
    case 'act':
      return commandInWords(decision.command);
    case 'wait':
      return `wait for ${decision.for}`;
    case 'stuck':
      return `stuck: ${decision.code}`;
    case 'ignored':
      return `ignored: ${decision.detail}`;
  }
}

export function commandInWords(command: Draft): string {
  const words = [command.type, command.path];
  if (command.type === 'MoveLocal') words.push('→', command.toPath);
  if (command.type === 'MoveRemote') words.push('→', command.toName);
  if (command.type === 'UploadFile') words.push('as', command.target.as);
  if (command.type === 'DeleteRemote' && command.itemCount > 1) words.push(`(${command.itemCount} items)`);
  if ('keepAs' in command && command.keepAs !== null) words.push(`keeping ${keptInWords(command.keepAs)}`);
  return words.join(' ');
}

const keptInWords = ({ prefix, suffix, from }: KeptName): string =>
  `${prefix}*${suffix}${from > 1 ? ` from ${from}` : ''}`;

function add(trees: Trees, id: number): Item {
  const item = addItem(trees, itemId(id));
  trees.nextItem = id + 1;
  return item;
}

function fill(trees: Trees, item: Item, { synced, local, remote, left }: Entries): void {
  if (remote !== undefined)
    setRemote(trees, item, {
      ...shared(remote),
      id: driveItemId(`R${item.id}`),
      kind: remote.kind,
      ...(remote.odd === true ? { oddity: 'the drive does not tell' } : {}),
      eTag: `e:${remote.text}${remote.touched === true ? '+' : ''}`,
      cTag: tagOf(remote),
    });
  if (local !== undefined) setLocal(trees, item, localEntry(item, local));
  if (left !== undefined) trees.gone.local.note(item.id, localEntry(item, left));
  if (synced !== undefined)
    setBase(item, {
      ...shared(synced),
      kind: kindOf(synced),
      remoteHash: synced.text,
      remoteTag: tagOf(synced),
      stamp: stampOf(synced),
      localModifiedAt: shared(synced).modifiedAt,
    });
}

const localEntry = (item: Item, shown: Shown): LocalEntry => ({
  ...shared(shown),
  id: localId(`L${item.id}`),
  kind: kindOf(shown),
  stamp: stampOf(shown),
});

const tagOf = ({ text, touched }: Shown): string => `c:${text}${touched === true ? '+' : ''}`;
const stampOf = ({ kind, text, touched, linked, young }: Shown): string => {
  if (kind === 'folder') return linked === true ? linkStamp : '';
  const stamp = `s:${text}${touched === true ? ' touched' : ''}`;
  return young === true ? youngStamp(stamp) : stamp;
};

function shared({ name, kind, text, in: parent = 0, at = 100, unread, seenAt = 1 }: Shown) {
  return {
    parent: itemId(parent),
    name,
    sizeBytes: kind === 'file' ? text.length : 0,
    hash: kind !== 'file' || unread === true ? null : text,
    modifiedAt: at,
    seq: seq(seenAt),
  };
}

const kindOf = ({ kind }: Shown): 'file' | 'folder' => {
  if (kind === 'opaque') throw new Error('Only the drive holds opaque items');
  return kind;
};

const underWay = (id: number): Draft => ({
  type: 'HashFile',
  item: itemId(id),
  path: '',
  reason: { rule: 'compare-content', differs: '', causes: [] },
  expected: { id: localId(`L${id}`), stamp: '' },
});
