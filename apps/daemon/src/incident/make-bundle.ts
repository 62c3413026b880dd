/**
 * Makes an incident bundle of a part of a log. The part is folded twice: as it was recorded, to learn what rules said and where this
 * version decides otherwise, and as it will be read, redacted, to see that it leads to the same decisions.
 */
import type { Command, RecordedEvent, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { EventLog } from '@tidemark/contracts';
import type { Redaction, RulesFor, State } from '@tidemark/engine';
import {
  createPseudonyms,
  deserialise,
  digestOf,
  evolve,
  heldPlan,
  hostsIn,
  initialState,
  plan,
  redactChunk,
  redactEvent,
  redactValue,
  replay,
  serialise,
  statusOf,
} from '@tidemark/engine';
import type { Bundle } from '@tidemark/event-log';
import { stateFromLog } from '../state-from-log.ts';
import type { RecordedRules } from './recorded-rules.ts';
import { recordRules, rulesFromRecord } from './recorded-rules.ts';
import { summaryOf } from './summary.ts';

export interface BundleOptions {
  readonly log: EventLog;
  readonly rulesFor: RulesFor;
  /** The first event of it, and the last one: its batch is taken whole. */
  readonly from: Seq;
  readonly to: Seq;
  readonly keepsNames: boolean;
  /** Pseudonyms cannot be traced back without it. */
  readonly salt: string;
  readonly version: string;
  /** What it is about, in words of the person who makes it. */
  readonly title: string;
}

export interface MadeBundle {
  readonly bundle: Bundle;
  readonly events: number;
  /** Moments at which the redacted events lead to another decision than the recorded ones. */
  readonly lost: number;
}

/** Throws what reading the log throws. */
export async function makeBundle(options: BundleOptions): Promise<MadeBundle> {
  const { log, rulesFor, from, version, title } = options;
  const batches = await batchesOf(options);
  const before = seq(from - 1);
  const recorder = recordRules(rulesFor);
  const first =
    before === 0 ? initialState() : (await stateFromLog(log, recorder.rulesFor, { to: before })).state;
  const chunks = before === 0 ? [] : [...serialise(first)];
  const course = await foldAsRecorded(first, batches, recorder.rulesFor);

  const redaction = redactionFor(options, chunks, batches);
  const rules = redactValue(recorder.recorded(), redaction, []) as RecordedRules[];
  const redactedChunks = chunks.map((chunk) => redactChunk(chunk, redaction));
  const made = await foldRedacted(redactedChunks, batches, {
    redaction,
    course,
    rulesFor: rulesFromRecord(rules),
  });
  const last = made.batches.at(-1)?.at(-1)?.seq ?? before;
  const names = options.keepsNames ? 'kept' : 'redacted';
  const { lost, state } = made;
  return {
    bundle: {
      about: summaryOf({ title, version, names, before, batches: made.batches, state, lost }),
      head: { version, names, before, last, digest: digestOf(state), rules },
      ...{ chunks: redactedChunks, batches: made.batches },
    },
    events: made.batches.reduce((sum, batch) => sum + batch.length, 0),
    lost,
  };
}

async function batchesOf({ log, from, to }: BundleOptions): Promise<(readonly RecordedEvent[])[]> {
  const batches: (readonly RecordedEvent[])[] = [];
  for await (const batch of log.read({ from })) {
    batches.push(batch);
    if ((batch.at(-1)?.seq ?? 0) >= to) break;
  }
  return batches;
}

interface Course {
  /** Where this version decides as the recorded one did. */
  readonly isSame: (at: Seq) => boolean;
  /** Confirmations that named the plan that was held. */
  readonly confirmed: ReadonlySet<Seq>;
}

/** Asks the rules about everything that a reader of the bundle may ask them about. */
async function foldAsRecorded(
  from: State,
  batches: readonly (readonly RecordedEvent[])[],
  rulesFor: RulesFor,
): Promise<Course> {
  if (from.started !== null) statusOf(from);
  const confirmed = new Set<Seq>();
  const report = await replay({
    ...{ from, rulesFor, batches: eachOf(batches) },
    watch({ event, seq: at }, state) {
      if (event.type === 'DeletionsConfirmed' && heldPlan(state)?.hash === event.hash) confirmed.add(at);
      return undefined;
    },
  });
  statusOf(report.state);
  const divergent = new Set(report.divergences.map((one) => one.seq));
  return { isSame: (at) => !divergent.has(at), confirmed };
}

function redactionFor(
  { keepsNames, salt }: BundleOptions,
  chunks: readonly string[],
  batches: readonly (readonly RecordedEvent[])[],
): Redaction {
  const names = createPseudonyms(salt);
  const hosts = new Set(hostsIn(batches));
  const [head] = chunks;
  if (head !== undefined) for (const host of hostsIn(JSON.parse(head))) hosts.add(host);
  for (const host of hosts) names.host(host);
  return { names, keepsNames };
}

interface Folding {
  readonly redaction: Redaction;
  readonly course: Course;
  readonly rulesFor: RulesFor;
}

async function foldRedacted(
  chunks: readonly string[],
  batches: readonly (readonly RecordedEvent[])[],
  { redaction, course, rulesFor }: Folding,
): Promise<{ readonly batches: RecordedEvent[][]; readonly state: State; readonly lost: number }> {
  const state = (chunks.length > 0 ? await deserialise(chunks, rulesFor) : null) ?? initialState();
  let lost = 0;
  /** Lists in commands are in the order of names or identities, which pseudonyms do not keep: this version says in which one. */
  const planned = (at: Seq, commands: readonly Command[]): readonly Command[] => {
    const derived = plan(state, at);
    if (!course.isSame(at)) return commands;
    if (unordered(derived) === unordered(commands)) return derived;
    lost += 1;
    return commands;
  };
  const redacted = batches.map((batch) => {
    const events = batch.map((recorded) => {
      let one = redactEvent(recorded, redaction);
      const { event } = one;
      if (event.type === 'Planned')
        one = { ...one, event: { ...event, commands: planned(one.seq, event.commands) } };
      const hash = course.confirmed.has(one.seq) ? heldPlan(state)?.hash : undefined;
      if (event.type === 'DeletionsConfirmed' && hash !== undefined)
        one = { ...one, event: { ...event, hash } };
      evolve(state, one, rulesFor);
      return one;
    });
    const last = events.at(-1);
    if (last !== undefined && last.event.type !== 'Planned') planned(seq(last.seq + 1), []);
    return events;
  });
  return { batches: redacted, state, lost };
}

/** The same text whatever the order within lists of texts. */
const unordered = (commands: readonly Command[]): string =>
  JSON.stringify(commands, (_key, value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.toSorted() : value,
  );

async function* eachOf<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}
