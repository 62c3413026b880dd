/** What the page may ask. Each answer is made of the index, of events read from the log, and of the state after an event. */
import { heldChangesText, itemId } from '@tidemark/contracts';
import { headline, stateTexts, toneOf } from '@tidemark/control';
import { LogFacts } from '@tidemark/daemon';
import type { State } from '@tidemark/engine';
import { isEditable } from '@tidemark/engine';
import { shownPath } from '@tidemark/trees';
import type { InspectorOptions } from './inspector.ts';
import { densityOf } from './log/density.ts';
import { EventIndex } from './log/event-index.ts';
import type { Events } from './log/events.ts';
import type { LogReader } from './log/log-reader.ts';
import type { Moments } from './log/moments.ts';
import type { ConflictShown, EventRow, Found, Now, Overview } from './protocol.ts';
import type { OrderName } from './offers.ts';
import { BadQuestion, numberIn, optionalNumberIn, type Question } from './server/serve.ts';
import { createNewest } from './server/newest.ts';
import { makerOf, wishIn } from './user-changes.ts';
import { recentActivity } from './views/activity.ts';
import { createCauseGraph } from './views/cause-graph.ts';
import { addCauses } from './views/causes.ts';
import { chartsAt } from './views/charts.ts';
import { createCommands } from './views/commands.ts';
import { differencesOf } from './views/differences.ts';
import { addEffects } from './views/effects.ts';
import { incidentMade } from './views/incident.ts';
import { itemAt, storyOf } from './views/item.ts';
import { momentOf } from './views/moment.ts';
import { pluginsOf } from './views/plugins.ts';
import { commandOrOutcome, nextMarked, rowOf } from './views/rows.ts';
import { createSearch } from './views/search.ts';
import { editsFor, policyShown, refused, settingsIn, whatIf } from './views/what-if.ts';

export interface QuestionsOptions {
  readonly options: InspectorOptions;
  readonly reader: LogReader;
  readonly moments: Moments;
  readonly events: Events;
  readonly facts: LogFacts;
  /** Resolves when all of the log was read. */
  readonly read: Promise<void>;
  /** Looks whether the log has grown, now and then. */
  readonly follow: () => void;
}

const bucketsMax = 4000;
const rowsMax = 500;
const activitiesMax = 40;
const itemsMax = 50;
const tailEvents = 3000;
const causeBoxesMax = 28;
const effectBoxesMax = 20;

export function createQuestions(given: QuestionsOptions): Readonly<Record<string, Question>> {
  const { options, reader, moments, events, facts, read, follow } = given;
  const { source, version, first, rulesFor, begin } = options;
  const { index } = reader;
  const commands = createCommands(index, events);
  const search = createSearch(index, moments.head, () => reader.log);

  const pathOf = (item: number): string | null => {
    const { trees } = moments.head;
    const known = trees.items.get(itemId(item));
    return known === undefined ? null : shownPath(trees, known);
  };

  async function rows(from: number, to: number): Promise<readonly EventRow[]> {
    const found = await events.page(Math.max(from - 1, first), to);
    const all: EventRow[] = [];
    for (const [place, recorded] of found.entries())
      if (recorded.seq >= from)
        all.push(
          rowOf(recorded, found[place - 1]?.at ?? null, await commands.endedBy(recorded.event), pathOf),
        );
    return all;
  }

  async function eventAt(
    query: URLSearchParams,
    name = 'seq',
  ): Promise<Awaited<ReturnType<Events['at']>> & {}> {
    const seq = numberIn(query, name);
    const recorded = seq < first ? null : await events.at(seq);
    if (recorded !== null) return recorded;
    throw new BadQuestion(`There is no event ${seq}: here are events ${first} to ${reader.log.head}`);
  }

  /** States are there for what was read. */
  async function readUpTo(seq: number): Promise<void> {
    if (seq > moments.head.seq) await read;
  }

  async function overview(): Promise<Overview> {
    follow();
    const { head } = reader.log;
    const [begun, ended] = [(await events.at(first))?.at ?? 0, (await events.at(head))?.at ?? 0];
    return {
      ...{ source, version, first, last: head, firstAt: begun, lastAt: Math.max(begun, ended) },
      reading: isRead() ? null : { events: index.length, of: head - first + 1 },
      trouble: reader.trouble,
    };
  }

  const isRead = (): boolean => index.last >= reader.log.head || reader.trouble !== null;

  /** Before all of a long log was read: what its newest snapshot and its last events tell. */
  async function early(): Promise<Known | null> {
    const state = isRead() ? null : await options.early();
    if (state === null) return null;
    const { head } = reader.log;
    const tail = new EventIndex(Math.max(head - tailEvents, first));
    const told = new LogFacts();
    for (const recorded of await events.page(tail.first, head)) {
      tail.add(recorded);
      told.take(recorded);
    }
    return { state, tail, told };
  }

  async function now(): Promise<Now> {
    const known = await early();
    if (known === null) await read;
    const { state, tail, told } = known ?? { state: moments.head, tail: index, told: facts };
    const status = await options.status(state, told.pastOf(reader.log, state));
    return {
      status,
      headline: headline(status, Date.now()),
      tone: toneOf(status),
      detail: detailOf(status),
      held: status.held === null ? [] : heldChangesText(status.held),
      conflicts: facts.conflictsIn(state).map(({ keptId, at, named, kept, isEqual }): ConflictShown => ({
        id: keptId,
        at,
        isEqual,
        named,
        kept,
      })),
      activity: await recentActivity(tail, events, activitiesMax),
      room: (await options.room?.()) ?? null,
      orders: ordersFor(status, options),
      makesChanges: status.daemon !== null && options.changes !== null,
    };
  }

  async function find(query: URLSearchParams): Promise<Found> {
    const text = (query.get('q') ?? '').trim();
    const number = /^#?(\d{1,15})$/.exec(text)?.[1];
    const seq = number === undefined ? null : Number(number);
    const pattern = await search.matches(text, numberIn(query, 'around')).catch((error: unknown) => {
      if (error instanceof BadQuestion) return null;
      throw error;
    });
    return {
      items: text === '' ? [] : search.itemsNamed(text, itemsMax),
      seq: seq !== null && seq >= first && seq <= reader.log.head ? seq : null,
      pattern,
    };
  }

  async function step(query: URLSearchParams): Promise<number | null> {
    const from = numberIn(query, 'seq');
    const by = query.get('by') === '-1' ? -1 : 1;
    const only = query.get('only');
    if (only === null || only === '') return nextMarked(index, from, by, commandOrOutcome);
    const { seqs } = await search.matches(only, from);
    return (by === 1 ? seqs.find((seq) => seq > from) : seqs.findLast((seq) => seq < from)) ?? null;
  }

  const newest = createNewest(moments.settled);
  return {
    overview,
    now,
    find,
    step,
    density: (query) =>
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
    rows: async (query) => {
      const seqs = (query.get('seqs') ?? '').split(',').slice(0, rowsMax).map(Number);
      const all: EventRow[] = [];
      for (const seq of seqs) {
        const [row] = Number.isInteger(seq) && seq >= first ? await rows(seq, seq) : [];
        if (row !== undefined) all.push(row);
      }
      return all;
    },
    matches: (query) => search.matches(query.get('only') ?? '', numberIn(query, 'around')),
    moment: newest('moment', async (query) => {
      const recorded = await eventAt(query);
      await readUpTo(recorded.seq);
      const [row] = await rows(recorded.seq, recorded.seq);
      return row === undefined ? null : momentOf(recorded, row, moments, commands);
    }),
    item: newest('item', async (query) => {
      const { seq } = await eventAt(query);
      await readUpTo(seq);
      return moments.at(seq, (state) => itemAt(state, itemId(numberIn(query, 'id'))));
    }),
    story: async (query) => {
      const item = itemId(numberIn(query, 'id'));
      await read;
      return storyOf(item, await search.history(item), moments.head.seq, moments, options.fileInTrash);
    },
    diff: newest('diff', async (query) => {
      const [from, to] = [(await eventAt(query, 'from')).seq, (await eventAt(query, 'to')).seq];
      await readUpTo(Math.max(from, to));
      return differencesOf(moments, Math.min(from, to), Math.max(from, to));
    }),
    causes: async (query) => {
      const start = await eventAt(query);
      const graph = createCauseGraph(commands, causeBoxesMax);
      await addCauses(start, graph, { commands, events });
      graph.widen(effectBoxesMax);
      await addEffects(start, graph, { index, commands, events, history: search.history });
      return graph.shown;
    },
    charts: newest('charts', async (query) => {
      const { seq } = await eventAt(query);
      await readUpTo(seq);
      const item = optionalNumberIn(query, 'id');
      return chartsAt(moments, seq, item === null ? null : itemId(item));
    }),
    plugins: (query) => pluginsOf(index, numberIn(query, 'from'), numberIn(query, 'to')),
    changes: (query) => makerOf(options).plan(wishIn(query)),
    incident: async (query) => {
      await read;
      const { seq } = await eventAt(query);
      const item = optionalNumberIn(query, 'around');
      const around = item === null ? null : await search.history(itemId(item));
      return incidentMade(given, { seq, around, keepsNames: query.get('names') === 'kept' });
    },
    policy: async (query) => {
      const { seq } = await eventAt(query);
      await readUpTo(seq);
      return moments.at(seq, ({ started }) => (started === null ? null : policyShown(started.policy)));
    },
    whatif: async (query) => {
      const recorded = await eventAt(query);
      const { seq, event } = recorded;
      const what = query.get('what') ?? '';
      if (what !== '' && !isEditable(recorded))
        return refused(
          `Event ${seq} is ${event.type}, which is no observation: a run begins, and the engine plans, whatever else happens`,
        );
      const settings = settingsIn(query);
      if (typeof settings === 'string') return refused(settings);
      const other = await options.otherPolicy(settings);
      if (!('policy' in other)) return refused(other.map((line) => line.replace(/^ERROR: /, '')).join(' '));
      const edits = editsFor(what, seq, optionalNumberIn(query, 'by') ?? 1);
      return whatIf({ log: reader.log, first, begin, rulesFor, changes: { ...other, events: edits } });
    },
  };
}

interface Known {
  readonly state: State;
  /** The events that are shown as recent. */
  readonly tail: EventIndex;
  readonly told: LogFacts;
}

/** What the headline does not say. */
function detailOf(status: Now['status']): string {
  const { state, daemon, halted } = status;
  if (halted !== null && !headline(status, 0).includes(halted.detail))
    return `The last run was stopped: ${halted.detail}`;
  return daemon === null || state === 'suspended' ? '' : stateTexts[state];
}

function ordersFor(status: Now['status'], { order }: InspectorOptions): readonly OrderName[] {
  if (status.daemon === null || order === null) return [];
  return [
    'look',
    status.pauses.length > 0 ? 'resume' : 'pause',
    ...(status.held === null ? [] : (['apply'] as const)),
  ];
}
