/** An explanation as lines of text: what fits on a screen, or everything. */
import type { FailureDetails } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { quote, wishOf } from './commands.ts';
import { standingText } from './standing.ts';
import type { Decision, Explanation, TimelineEntry } from './timeline.ts';

export interface Rendering {
  /** Turns milliseconds since 1970 into what the reader prefers; without it, events have their numbers only. */
  readonly formatTime?: (at: number) => string;
  /** Every event, however many there are. */
  readonly everything?: boolean;
}

/** What fits on a screen of 24 lines beside the last decision. */
const entriesMax = 8;
const causesMax = 4;

export function renderExplanation(
  { item, path, standing, detail, failure, timeline, lastDecision }: Explanation,
  { formatTime, everything = false }: Rendering = {},
): string[] {
  const told = ({ seq, at, sentence }: TimelineEntry): string =>
    `${formatTime === undefined ? '' : `${formatTime(at)} `}#${seq} ${sentence}`;
  const shown = everything ? timeline : timeline.slice(-entriesMax);
  const earlier = timeline.length - shown.length;
  return [
    `${quote(path)} (item ${item}): ${standingText({ standing, detail })}`,
    ...remedyOf(failure),
    '',
    timeline.length === 0 ? 'No event of the log touched it' : 'What happened:',
    ...(earlier === 0 ? [] : [`  (${earlier} earlier events: --verbose tells all)`]),
    ...shown.map((entry) => `  ${told(entry)}`),
    ...(lastDecision === null ? [] : ['', ...decisionLines(lastDecision, everything ? Infinity : causesMax)]),
  ];
}

function decisionLines({ command, ruleText, causes, outcome }: Decision, atMost: number): string[] {
  const { rule, differs, plugin } = command.reason;
  const failure = outcome?.event.type === 'CommandFailed' ? outcome.event.failure : null;
  return [
    `Last decision: ${wishOf(command)} (command ${command.id})`,
    `  Rule ${rule}: ${ruleText}`,
    `  Difference: ${differs}`,
    ...(plugin === undefined ? [] : [`  Decided by the plugin ${plugin}`]),
    ...causes.slice(-atMost).map(({ seq, sentence }) => `  Cause #${seq}: ${sentence}`),
    outcome === null ? '  Outcome: none yet' : `  Outcome #${outcome.seq}: ${outcome.sentence}`,
    ...remedyOf(failure).map((line) => `  ${line}`),
  ];
}

const remedyOf = (failure: FailureDetails | null): string[] =>
  failure === null ? [] : [`Remedy: ${failureGuide[failure.code].remedy}`];
