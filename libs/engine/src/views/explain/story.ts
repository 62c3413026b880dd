/**
 * What a part of the log did, in groups: each change with why it was made and what came of it, and what was not in sync when that
 * part ended. The sentences are those that an item's own explanation has.
 */
import type {
  Command,
  CommandSucceeded,
  EventOf,
  FailureDetails,
  ItemId,
  RecordedEvent,
  Seq,
} from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import type { RulesFor } from '../../fold/evolve.ts';
import { evolve } from '../../fold/evolve.ts';
import type { State } from '../../fold/state.ts';
import { commandUnderWay } from '../../fold/state.ts';
import type { ItemStatus } from '../status.ts';
import { statusOf } from '../status.ts';
import { outcomeOf, quote, wishOf } from './commands.ts';
import { oddityText } from './conditions.ts';
import { trashedText } from './pruned.ts';
import { userChangeText } from './user-changes.ts';

export type StoryKind =
  | 'deletedOnDisk'
  | 'deletedOnDrive'
  | 'bothKept'
  | 'downloaded'
  | 'uploaded'
  | 'moved'
  | 'dated'
  | 'asked'
  | 'dropped'
  | 'pruned'
  | ItemStatus['standing'];

export interface StoryEntry {
  /** Of the outcome; null: how the item stood at the end. */
  readonly seq: Seq | null;
  readonly item: ItemId | null;
  readonly path: string;
  readonly sentence: string;
  readonly failure: FailureDetails | null;
}

export interface StoryGroup {
  readonly kind: StoryKind;
  /** In words; null when each entry has its own. */
  readonly because: string | null;
  readonly entries: readonly StoryEntry[];
}

export interface Story {
  /** Times of its first and last event, in milliseconds since 1970; null when it has none. */
  readonly from: number | null;
  readonly to: number | null;
  /** Deletions first. */
  readonly groups: readonly StoryGroup[];
}

/** Told of each event of the part in turn, and folds it. */
export class StoryTeller {
  readonly #state: State;
  readonly #rulesFor: RulesFor;
  readonly #groups = new Map<string, { kind: StoryKind; because: string | null; entries: StoryEntry[] }>();
  #from: number | null = null;
  #to: number | null = null;

  /** @param state as it was before the first of the events; it is folded on */
  constructor(state: State, rulesFor: RulesFor) {
    this.#state = state;
    this.#rulesFor = rulesFor;
  }

  take(recorded: RecordedEvent): void {
    const { event, seq, at } = recorded;
    this.#from ??= at;
    this.#to = at;
    const told = event.type === 'CommandSucceeded' ? this.#success(recorded, event) : null;
    if (event.type === 'UserChangesPlanned' && event.unasked === true)
      for (const change of event.changes) {
        const sentence = userChangeText(change);
        this.#add('dropped', null, { ...plain, seq, path: change.path, sentence });
      }
    else if (event.type === 'UserChangesPlanned')
      this.#add('asked', null, { ...{ seq, item: null, path: '' }, ...asked(event) });
    if (event.type === 'PruningPlanned')
      for (const { trash, why } of event.files)
        this.#add('pruned', trashedText(why), { ...plain, seq, path: trash, sentence: quote(trash) });
    evolve(this.#state, recorded, this.#rulesFor);
    told?.();
  }

  /** To be called when the event is folded. Null: it changed nothing that a user sees. */
  #success({ seq, items }: RecordedEvent, outcome: CommandSucceeded): (() => void) | null {
    const { trees } = this.#state;
    const command = commandUnderWay(this.#state, outcome.command);
    const kind = command && kindOf(command);
    if (command === null || kind === null) return null;
    const { path, item, reason } = command;
    const there = items.filter((id) => id !== item && trees.items.has(id));
    return () => {
      const along = there.filter((id) => !trees.items.has(id)).length;
      const what = kind === 'moved' ? wishOf(command) : quote(path);
      const sentence = `${what}${along > 0 ? ` with ${along} in it` : ''}: ${outcomeOf(command, outcome)}`;
      this.#add(kind, ruleTexts[reason.rule], { ...plain, seq, item, path, sentence });
    };
  }

  #add(kind: StoryKind, because: string | null, entry: StoryEntry): void {
    const key = `${kind} ${because}`;
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { kind, because, entries: [entry] });
    else group.entries.push(entry);
  }

  /** At the end of the part. */
  get story(): Story {
    const { notAtRest, oddities } = statusOf(this.#state);
    const left = new Map<StoryKind, StoryEntry[]>();
    const add = (kind: StoryKind, entry: StoryEntry): void => {
      const entries = left.get(kind) ?? [];
      entries.push(entry);
      left.set(kind, entries);
    };
    for (const { item, path, standing, detail, failure } of notAtRest)
      add(standing, { seq: null, item, path, sentence: `${quote(path)}: ${detail}`, failure });
    for (const oddity of oddities) {
      const { path } = oddity;
      add('ignored', { ...plain, seq: null, path, sentence: `${quote(path)}: ${oddityText(oddity)}` });
    }
    const groups = [
      ...this.#groups.values(),
      ...[...left].map(([kind, entries]) => ({ kind, because: null, entries })),
    ];
    const place = ({ kind }: StoryGroup): number => inOrder.indexOf(kind);
    return { from: this.#from, to: this.#to, groups: groups.sort((a, b) => place(a) - place(b)) };
  }
}

const plain = { item: null, failure: null } as const;

function asked({
  asked: what,
  changes,
}: EventOf<'UserChangesPlanned'>): Omit<StoryEntry, 'seq' | 'item' | 'path'> {
  return { sentence: `${what}: ${changes.length} changes`, failure: null };
}

/** Null: it changed nothing that a user sees. */
function kindOf(command: Command): StoryKind | null {
  switch (command.type) {
    case 'DeleteLocal':
      return 'deletedOnDisk';
    case 'DeleteRemote':
      return 'deletedOnDrive';
    case 'KeepRemoteCopy':
    case 'KeepLocalCopy':
      return 'bothKept';
    case 'DownloadFile':
      return command.keepAs === null ? 'downloaded' : 'bothKept';
    case 'CreateLocalFolder':
      return 'downloaded';
    case 'UploadFile':
    case 'CreateRemoteFolder':
      return 'uploaded';
    case 'MoveLocal':
    case 'MoveRemote':
      return 'moved';
    case 'SetLocalTime':
    case 'SetRemoteTime':
      return 'dated';
    default:
      return null;
  }
}

/** What people look for first comes first. */
const inOrder: readonly StoryKind[] = [
  ...(['deletedOnDisk', 'deletedOnDrive', 'bothKept', 'problem', 'held', 'blocked', 'waiting'] as const),
  ...([
    'pending',
    'asked',
    'dropped',
    'moved',
    'downloaded',
    'uploaded',
    'dated',
    'pruned',
    'ignored',
  ] as const),
];
