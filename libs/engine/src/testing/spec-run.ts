/** A run without a world: the spec says what is observed, the engine's own functions fold, plan and record. */
import type {
  Command,
  CommandOf,
  CommandType,
  Event,
  LocalRow,
  Observation,
  Policy,
  RecordedEvent,
  RemoteRow,
  RemoteUnread,
  RemoteTombstone,
  Started,
} from '@tidemark/contracts';
import { driveItemId, localId, seq, plainPolicy } from '@tidemark/contracts';
import type { Rules } from '@tidemark/planner';
import { createNewsFilter } from '../loop/news.ts';
import type { RulesFor } from '../fold/evolve.ts';
import { evolve } from '../fold/evolve.ts';
import { plan } from '../plan/plan.ts';
import type { State } from '../fold/state.ts';
import { initialState, noRules } from '../fold/state.ts';

export class SpecRun {
  state: State = initialState();
  readonly log: RecordedEvent[] = [];
  readonly batches: (readonly RecordedEvent[])[] = [];
  /** Milliseconds since 1970; each batch comes a second after the one before. */
  at = 1_000_000;
  private news = createNewsFilter();
  /** Of the next run. */
  policy: Policy;
  readonly rulesFor: RulesFor;

  constructor(policy: Partial<Policy> = {}, rules: Rules | RulesFor = noRules) {
    this.policy = { ...plainPolicy, ...policy };
    this.rulesFor = typeof rules === 'function' ? rules : () => rules;
  }

  start(forget: string | null = null, plugins: Started['plugins'] = []): Command[] {
    this.news = createNewsFilter();
    return this.record([{ ...startedWith(this.policy, forget), plugins }]);
  }

  /** Returns what was planned after this batch. */
  observe(...observations: readonly Observation[]): Command[] {
    return this.observeAs('spec', ...observations);
  }

  observeAs(source: string, ...observations: readonly Observation[]): Command[] {
    const events: Event[] = [];
    const recorded: RecordedEvent[] = [];
    for (const observation of observations)
      for (const event of this.news.admit(this.state, observation, source)) {
        events.push(event);
        this.fold(event, recorded, source);
      }
    return this.close(recorded);
  }

  record(events: readonly Event[]): Command[] {
    const recorded: RecordedEvent[] = [];
    for (const event of events) this.fold(event, recorded);
    return this.close(recorded);
  }

  /** Answers the look at the drive that is under way with one page. */
  driveShows(...rows: readonly (RemoteRow | RemoteTombstone)[]): Command[] {
    const looking = underWay(this.state.remote.look.command);
    return this.observe(
      { type: 'RemotePage', command: looking.id, page: 0, rows },
      {
        type: 'CommandSucceeded',
        command: looking.id,
        look: { parts: 1, cursor: `cursor-${looking.id}` },
      },
    );
  }

  /** Answers the reading of single items that is under way: those given, and of every other one that it is gone. */
  itemsAre(...rows: readonly (RemoteRow | RemoteUnread)[]): Command[] {
    const looking = underWay(this.state.remote.look.command);
    if (looking.type !== 'ReadRemoteItems') throw new Error(`${looking.type} is under way`);
    const answers = looking.ids.map(
      (id) => rows.find((row) => row.id === id) ?? { id, deleted: true as const },
    );
    return this.observe({ type: 'CommandSucceeded', command: looking.id, look: { rows: answers } });
  }

  /** Answers the scan that is under way with everything on disk, and a second one that confirms what is missing. */
  diskShows(...rows: readonly LocalRow[]): Command[] {
    const first = this.scan(rows);
    return this.state.local.look.command === null ? first : [...first, ...this.scan(rows)];
  }

  /** One complete scan, that could not look into some of the folders directly in the root. */
  scan(rows: readonly LocalRow[], denied: readonly LocalRow[] = []): Command[] {
    const { id } = underWay(this.state.local.look.command);
    const unreadable = denied.map((folder) => folder.id);
    const oddities = denied.map(({ name }) => ({
      path: name,
      code: 'unreadable' as const,
      detail: 'denied',
    }));
    return this.observe(
      { type: 'LocalListing', command: id, part: 0, folders: byFolder(rows) },
      { type: 'CommandSucceeded', command: id, look: { parts: 1, unreadable, oddities } },
    );
  }

  /** The only item command under way; of that type. */
  command<Type extends CommandType>(type: Type): CommandOf<Type> {
    const all = [...this.state.inFlight.values()].filter((command) => command.type === type);
    const [command] = all;
    if (command === undefined || all.length > 1)
      throw new Error(
        `Expected one ${type} under way, found ${JSON.stringify([...this.state.inFlight.values()])}`,
      );
    return command as CommandOf<Type>;
  }

  private fold(event: Event, recorded: RecordedEvent[], source = 'spec'): void {
    const next = { seq: seq(this.state.seq + 1), at: this.at, source, event };
    recorded.push({ ...next, items: evolve(this.state, next, this.rulesFor) });
  }

  private close(recorded: RecordedEvent[]): Command[] {
    const commands = plan(this.state, seq(this.state.seq + 1));
    if (commands.length > 0) this.fold({ type: 'Planned', commands }, recorded);
    this.log.push(...recorded);
    if (recorded.length > 0) this.batches.push(recorded);
    this.at += 1000;
    return commands;
  }
}

export const startedWith = (policy: Policy, forget: string | null = null): Started => ({
  type: 'Started',
  version: 'spec',
  policy,
  drive: { id: 'drive', kind: 'business', rootId: driveItemId('root') },
  root: { id: localId('root'), marker: 'marker' },
  plugins: [],
  forget,
});

/** `text` is content and hash at once; folders have none. */
export function onDrive(
  id: string,
  name: string,
  text: string | null,
  more: Partial<RemoteRow> & { readonly in?: string } = {},
): RemoteRow {
  const { in: folder = 'root', ...rest } = more;
  return {
    id: driveItemId(id),
    parentId: driveItemId(folder),
    name,
    kind: text === null ? 'folder' : 'file',
    sizeBytes: text?.length ?? 0,
    hash: text,
    modifiedAt: 100,
    eTag: `${id}:${name}:${text ?? ''}:${folder}`,
    cTag: text,
    ...rest,
  };
}

export const goneFromDrive = (id: string): RemoteTombstone => ({ id: driveItemId(id), deleted: true });

/** Its bytes have been read, so the hash is known; `hash: null` for a plain scan. */
export function onDisk(
  id: string,
  name: string,
  text: string | null,
  more: Partial<LocalRow> & { readonly in?: string } = {},
): LocalRow {
  const { in: folder = 'root', ...rest } = more;
  return {
    id: localId(id),
    parentId: localId(folder),
    name,
    kind: text === null ? 'folder' : 'file',
    sizeBytes: text?.length ?? 0,
    modifiedAt: 100,
    stamp: text === null ? '' : `stamp of ${text}`,
    hash: text,
    ...rest,
  };
}

export function byFolder(rows: readonly LocalRow[]): { id: LocalRow['id']; rows: LocalRow[] }[] {
  const folders = new Map<LocalRow['id'], LocalRow[]>([[localId('root'), []]]);
  for (const row of rows) {
    const inside = folders.get(row.parentId);
    if (inside === undefined) folders.set(row.parentId, [row]);
    else inside.push(row);
  }
  return [...folders].map(([id, inside]) => ({ id, rows: inside }));
}

function underWay(command: Command | null): Command {
  if (command === null) throw new Error('No look at that side is under way');
  return command;
}
