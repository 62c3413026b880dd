/**
 * Reports of facts: what of them is news. The reports of a plugin are numbered, since one that comes late must not take back what
 * a later one has told.
 */
import type { Event, Fact, FactsReported } from '@tidemark/contracts';
import { reportsFacts } from '../fold/facts.ts';
import type { State } from '../fold/state.ts';

/** Reports of plugins that bring no facts in this run tell nothing. */
export type FactsNews = (state: State, source: string, report: FactsReported) => Event[];

interface Reporter {
  next: number;
  /** Arrived before the one that is next. */
  readonly early: Map<number, FactsReported>;
  /** Keys of a complete report that goes on. */
  listed: Set<string>;
}

export function createFactsNews(): FactsNews {
  const reporters = new Map<string, Reporter>();
  return (state, source, report) => {
    if (!reportsFacts(state, source)) return [];
    const reporter = reporters.get(source) ?? { next: 0, early: new Map(), listed: new Set() };
    reporters.set(source, reporter);
    if (report.report >= reporter.next) reporter.early.set(report.report, report);
    const known = new Map(state.facts.get(source)?.values);
    let isComplete = state.facts.has(source) && !state.factsAwaited.has(source);
    const events: Event[] = [];
    for (let due = takeDue(reporter); due !== undefined; due = takeDue(reporter)) {
      const facts = newsOf(due, reporter, known);
      const ends = due.complete === true && due.more !== true;
      const completes = ends && !isComplete;
      isComplete ||= ends;
      if (facts.length > 0 || completes)
        events.push({ type: 'FactsChanged', facts, ...(completes && { complete: true }) });
    }
    return events;
  };
}

function takeDue(reporter: Reporter): FactsReported | undefined {
  const due = reporter.early.get(reporter.next);
  if (due === undefined) return undefined;
  reporter.early.delete(reporter.next);
  reporter.next += 1;
  return due;
}

/** Changes `known` to how it is after the report. */
function newsOf({ facts, complete, more }: FactsReported, reporter: Reporter, known: Map<string, string>) {
  const news = new Map<string, Fact>();
  const learn = (fact: Fact): void => {
    if ((known.get(fact.key) ?? null) === fact.value) return;
    if (fact.value === null) known.delete(fact.key);
    else known.set(fact.key, fact.value);
    news.set(fact.key, fact);
  };
  for (const fact of facts) learn(fact);
  if (complete !== true) return [...news.values()];
  for (const { key, value } of facts) if (value !== null) reporter.listed.add(key);
  if (more === true) return [...news.values()];
  for (const key of [...known.keys()]) if (!reporter.listed.has(key)) learn({ key, value: null });
  reporter.listed = new Set();
  return [...news.values()];
}
