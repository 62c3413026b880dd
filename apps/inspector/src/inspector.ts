/** The inspector of one log: reads it in the background and answers the page. */
import { fileURLToPath } from 'node:url';
import type { EventLog, Listen } from '@tidemark/contracts';
import type { StatusReport } from '@tidemark/control';
import { LogFacts, type PastFacts } from '@tidemark/daemon';
import type { Places, RulesFor, State, WhatIf } from '@tidemark/engine';
import { createHttpListen } from '@tidemark/listener';
import { createEvents } from './log/events.ts';
import { createLogReader, type LogReader } from './log/log-reader.ts';
import { createMoments } from './log/moments.ts';
import type { Overview, Room } from './protocol.ts';
import type { OrderName } from './offers.ts';
import { createQuestions } from './questions.ts';
import { type MakesChanges, makeChanges } from './user-changes.ts';
import { BadQuestion, type Question, serve, type Served } from './server/serve.ts';

export interface OtherSettings {
  /** Options by their names in the configuration. */
  readonly policy: readonly { readonly option: string; readonly value: string }[];
  /** The lines of a `sync_list`. */
  readonly syncList?: string | undefined;
}

/** The part of the log that an incident is about. */
export interface IncidentWish {
  /** The events up to `to`, or those in which what is told of one item lies. */
  readonly part: { readonly to: number } | { readonly around: readonly number[] };
  readonly keepsNames: boolean;
}

export interface IncidentBundle {
  readonly events: number;
  readonly about: readonly string[];
  readonly content: Uint8Array;
}

export interface InspectorOptions {
  readonly log: EventLog;
  readonly source: Overview['source'];
  readonly version: string;
  readonly rulesFor: RulesFor;
  /** The first event to fold. */
  readonly first: number;
  /** The state before it, one of its own for each call. */
  readonly begin: () => Promise<State>;
  /** The state at the end of the log, when it can be had before all of it is read; else null. */
  readonly early: () => Promise<State | null>;
  /** Opens the log as it is now, null when nothing was added; null for one that nothing is added to. */
  readonly reopen: (() => Promise<EventLog | null>) | null;
  /** `head` and `past`: what the log tells; a running daemon knows more. */
  readonly status: (head: State, past: PastFacts) => Promise<StatusReport>;
  /** The policy that other settings would have made; lines say what is wrong with them. */
  readonly otherPolicy: (
    wish: OtherSettings,
  ) => Promise<Pick<WhatIf, 'policy' | 'rulesFor'> | readonly string[]>;
  /** Makes an incident bundle of a part of the log. */
  readonly incident: (log: EventLog, wish: IncidentWish) => Promise<IncidentBundle>;
  /** Null: the log is not our own. */
  readonly room: (() => Promise<Room>) | null;
  /** Gives a running daemon an order and tells what it answered; null: no daemon takes any. */
  readonly order: ((name: OrderName, query: URLSearchParams) => Promise<readonly string[]>) | null;
  /** Lets a running daemon make changes that the user decided on; null: none does. */
  readonly changes: MakesChanges | null;
  /** Of our own log: where what lost its place can be found. */
  readonly fileInTrash: Places['fileInTrash'];
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
  const { first, rulesFor, begin, order } = options;
  const moments = createMoments({ log: () => reader.log, rulesFor, begin, head: await begin() });
  const facts = new LogFacts();
  const reader = createLogReader({
    ...{ log: options.log, first, reopen: options.reopen },
    onBatch(batch) {
      moments.take(batch);
      for (const recorded of batch) facts.take(recorded);
    },
  });
  const events = createEvents(() => reader.log);
  const read = reader.readAll().catch(() => undefined);
  const follow = createFollowing(reader, read);
  const giving =
    (name: OrderName): Question =>
    (query) => {
      if (order === null) throw new BadQuestion('This log is not of a client that runs here');
      query.delete('tab');
      return order(name, query);
    };
  const served = await serve({
    listen: options.listen ?? createHttpListen(limits),
    port: options.port ?? 0,
    pageFolder: options.pageFolder ?? fileURLToPath(new URL('./inspector/', import.meta.url)),
    questions: createQuestions({ options, reader, moments, events, facts, read, follow }),
    orders: {
      look: giving('look'),
      pause: giving('pause'),
      resume: giving('resume'),
      apply: giving('apply'),
      changes: (query) => makeChanges(options, query),
    },
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

/** A page asks again and again over one connection, and waits for what is folded. */
const limits = { requestsPerConnection: 100_000, keepAliveMs: 60_000, requestTimeoutMs: 300_000 };

const everyMs = 1000;
/** Opening a long log checks its files: at most this share of the time goes into that. */
const shareOfOpening = 1 / 10;

/** Why reading failed the reader tells. `read`: resolves when the first reading is over. */
function createFollowing(reader: LogReader, read: Promise<void>): () => void {
  let isBusy = true;
  let nextAt = 0;
  void read.then(() => {
    isBusy = false;
  });
  return () => {
    if (isBusy || performance.now() < nextAt) return;
    isBusy = true;
    const begunAt = performance.now();
    void reader
      .refresh()
      .catch(() => undefined)
      .finally(() => {
        isBusy = false;
        const tookMs = performance.now() - begunAt;
        nextAt = performance.now() + Math.max(everyMs, tookMs / shareOfOpening);
      });
  };
}
