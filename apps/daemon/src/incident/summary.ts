/** What an incident bundle is about, for a person who opens it. */
import type { RecordedEvent, Seq } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { statusOf } from '@tidemark/engine';

export interface SummaryFacts {
  readonly title: string;
  readonly version: string;
  readonly names: 'kept' | 'redacted';
  readonly before: Seq;
  /** As the bundle holds them. */
  readonly batches: readonly (readonly RecordedEvent[])[];
  readonly state: State;
  readonly lost: number;
}

export function summaryOf({ title, version, names, before, batches, state, lost }: SummaryFacts): string[] {
  const events = batches.flat();
  const [first, last] = [events[0], events.at(-1)];
  const { items, atRest, notAtRest } = statusOf(state);
  return [
    `Tidemark incident bundle, made by version ${version}: ${title}`,
    names === 'kept'
      ? 'Names are as they were. Tokens, identities of account and drive, and messages of the service are not in it.'
      : 'Names are pseudonyms: equal names have equal ones. Sizes, times and common endings are as they were.',
    first === undefined || last === undefined
      ? 'It holds no event.'
      : `Events ${first.seq} to ${last.seq}, ${timeOf(first)} to ${timeOf(last)}, after ${before === 0 ? 'nothing' : `the state at event ${before}`}.`,
    `At the end ${items} items are known, ${atRest} of them at rest.`,
    ...counted(events.flatMap(decisionsIn)).map(([text, count]) => `${count} × ${text}`),
    ...counted(events.flatMap(failuresIn)).map(([text, count]) => `${count} × failed: ${text}`),
    ...notAtRest.slice(0, shownMax).map(({ path, standing, detail }) => `${standing}: "${path}", ${detail}`),
    ...(lost === 0 ? [] : [`At ${lost} moments these names lead to other decisions than the real ones did.`]),
    'Look at it with: tidemark replay FILE, tidemark log FILE, tidemark explain PATH FILE, tidemark what-if FILE',
  ];
}

const decisionsIn = ({ event }: RecordedEvent): string[] =>
  event.type !== 'Planned'
    ? []
    : event.commands
        .filter(({ path }) => path !== '')
        .map(({ type, reason }) => `${type}: ${ruleTexts[reason.rule]}`);

const failuresIn = ({ event }: RecordedEvent): string[] =>
  event.type === 'CommandFailed' ? [event.failure.code] : [];

/** The most frequent ones first. */
function counted(texts: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).slice(0, shownMax);
}

const shownMax = 12;
const timeOf = ({ at }: RecordedEvent): string => new Date(at).toISOString();
