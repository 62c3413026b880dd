/** The inspector of one log: reads it in the background and answers the page. */
import { fileURLToPath } from 'node:url';
import type { EventLog, Listen } from '@tidemark/contracts';
import { heldChangesText, itemId } from '@tidemark/contracts';
import type { StatusReport } from '@tidemark/control';
import type { RulesFor, State } from '@tidemark/engine';
import { createHttpListen } from '@tidemark/listener';
import { shownPath } from '@tidemark/trees';
import { densityOf } from './log/density.ts';
import { createEvents } from './log/events.ts';
import { createLogReader } from './log/log-reader.ts';
import { createMoments } from './log/moments.ts';
import type { Density, EventRow, Filling, Moment, Now, OrderName, Overview } from './protocol.ts';
import { BadQuestion, numberIn, type Question, serve, type Served } from './server/serve.ts';
import { recentActivity } from './views/activity.ts';
import { createCommands } from './views/commands.ts';
import { momentOf } from './views/moment.ts';
import { commandOrOutcome, nextMarked, rowOf } from './views/rows.ts';

export interface InspectorOptions {
  readonly log: EventLog;
  readonly source: Overview['source'];
  readonly version: string;
  readonly rulesFor: RulesFor;
  /** The first event to fold. */
  readonly first: number;
  /** The state before it, one of its own for each call. */
  readonly begin: () => Promise<State>;
  /** Opens the log as it is now; null for one that nothing is added to. */
  readonly reopen: (() => Promise<EventLog>) | null;
  /** `head`: what the log tells; a running daemon knows more. */
  readonly status: (head: State) => Promise<StatusReport>;
  /** Null: the log is not our own. */
  readonly room: (() => Promise<{ readonly trash: Filling; readonly log: Filling }>) | null;
  /** Gives a running daemon an order and tells what it answered; null: no daemon takes any. */
  readonly order: ((name: OrderName, query: URLSearchParams) => Promise<readonly string[]>) | null;
  /** 0: any free one. */
  readonly port?: number;
  readonly pageFolder?: string;
  readonly listen?: Listen;
}

export interface Inspector extends Served {
  /** Resolves when all of the log was read, or could not be read any further. */
  readonly read: Promise<void>;
}

/** Throws Failure `listenerFailed`, and what reading the state before the first event throws. */
export async function openInspector(options: InspectorOptions): Promise<Inspector> {
  const { source, version, first, rulesFor } = options;
  const moments = createMoments({
    log: () => reader.log,
    rulesFor,
    begin: options.begin,
    head: await options.begin(),
  });
  const reader = createLogReader({
    ...{ log: options.log, first, reopen: options.reopen },
    onBatch: (batch) => moments.take(batch),
  });
  const { index } = reader;
  const events = createEvents(() => reader.log);
  const commands = createCommands(index, events);
  const read = reader.readAll().catch(() => undefined);

  const pathOf = (item: number): string | null => {
    const { trees } = moments.head;
    const known = trees.items.get(itemId(item));
    return known === undefined ? null : shownPath(trees, known);
  };

  async function rows(from: number, to: number): Promise<readonly EventRow[]> {
    const found = await events.page(Math.max(from - 1, first), to);
    const all = found.map((recorded, place) => rowOf(recorded, found[place - 1]?.at ?? null, pathOf));
    return all.filter(({ seq }) => seq >= from);
  }

  function seqIn(query: URLSearchParams): number {
    const seq = numberIn(query, 'seq');
    if (seq >= first && seq <= index.last) return seq;
    throw new BadQuestion(`There is no event ${seq}: here are events ${first} to ${index.last}`);
  }

  const questions: Readonly<Record<string, Question>> = {
    overview: async (): Promise<Overview> => {
      const { head } = reader.log;
      const [begun, ended] = [(await events.at(first))?.at ?? 0, (await events.at(head))?.at ?? 0];
      const isRead = index.last >= head || reader.trouble !== null;
      return {
        ...{ source, version, first, last: head, firstAt: begun, lastAt: Math.max(begun, ended) },
        reading: isRead ? null : { events: index.length, of: head - first + 1 },
        trouble: reader.trouble,
      };
    },
    density: (query): Density =>
      densityOf(index, {
        axis: query.get('axis') === 'seq' ? 'seq' : 'time',
        from: numberIn(query, 'from'),
        to: numberIn(query, 'to'),
        buckets: Math.min(Math.max(numberIn(query, 'buckets'), 1), bucketsMax),
      }),
    events: (query) => {
      const from = numberIn(query, 'from');
      return rows(from, Math.min(numberIn(query, 'to'), from + rowsMax));
    },
    step: (query) =>
      nextMarked(index, numberIn(query, 'seq'), query.get('by') === '-1' ? -1 : 1, commandOrOutcome),
    moment: async (query): Promise<Moment> => {
      const seq = seqIn(query);
      const recorded = await events.at(seq);
      const [row] = await rows(seq, seq);
      if (recorded === null || row === undefined) throw new BadQuestion(`There is no event ${seq}`);
      return momentOf(recorded, row, moments, commands);
    },
    now: async (): Promise<Now> => {
      await read;
      const status = await options.status(moments.head);
      return {
        status,
        held: status.held === null ? [] : heldChangesText(status.held),
        conflicts: [],
        activity: await recentActivity(index, events, activitiesMax),
        room: (await options.room?.()) ?? null,
        orders: status.daemon === null || options.order === null ? [] : ['look', 'pause', 'resume', 'apply'],
      };
    },
  };

  const served = await serve({
    listen: options.listen ?? createHttpListen({ requestsPerConnection: 10_000, keepAliveMs: 60_000 }),
    port: options.port ?? 0,
    pageFolder: options.pageFolder ?? fileURLToPath(new URL('./inspector/', import.meta.url)),
    questions,
    orders: {},
  });
  return {
    ...served,
    read,
    async close() {
      await served.close();
      await reader.close();
    },
  };
}

const bucketsMax = 4000;
const rowsMax = 500;
const activitiesMax = 40;
