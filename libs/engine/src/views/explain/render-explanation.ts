/** An explanation as lines of text: what fits on a screen, or everything. */
import type { FailureDetails } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { decidedByText, quote, wishOf } from './commands.ts';
import { standingText } from './standing.ts';
import type { Places } from './ways-back.ts';
import { waysBack } from './ways-back.ts';
import type { Decision } from './decisions.ts';
import type { Explanation, TimelineEntry } from './timeline.ts';

export interface Rendering {
  /** Turns milliseconds since 1970 into what the reader prefers; without it, events have their numbers only. */
  readonly formatTime?: (at: number) => string;
  /** Every event, however many there are. */
  readonly everything?: boolean;
  /** Without them it is not told how to get back what is gone. */
  readonly places?: Places;
  /** Without `everything`. */
  readonly linesMax?: number;
}

/** What fits on a screen of 24 lines beside the last decision. */
const entriesMax = 8;
const causesMax = 4;

export function renderExplanation(explanation: Explanation, rendering: Rendering = {}): string[] {
  const { everything = false, linesMax = Infinity } = rendering;
  if (everything) return linesOf(explanation, rendering, Infinity, Infinity);
  for (let most = entriesMax; ; most--) {
    const lines = linesOf(explanation, rendering, most, Math.min(most, causesMax));
    if (lines.length <= linesMax || most === 1) return lines;
  }
}

function linesOf(
  explanation: Explanation,
  { formatTime, places }: Rendering,
  entriesMost: number,
  causesMost: number,
): string[] {
  const { item, path, standing, detail, failure, timeline, lastDecision } = explanation;
  const told = ({ seq, at, sentence }: TimelineEntry): string =>
    `${formatTime === undefined ? '' : `${formatTime(at)} `}#${seq} ${sentence}`;
  const shown = timeline.slice(-entriesMost);
  const earlier = timeline.length - shown.length;
  return [
    `${quote(path)} (item ${item}): ${standingText({ standing, detail })}`,
    ...remedyOf(failure),
    ...(places === undefined ? [] : waysBack(explanation, places)),
    '',
    timeline.length === 0 ? 'No event of the log touched it' : 'What happened:',
    ...(earlier === 0 ? [] : [`  (${earlier} earlier events: --verbose tells all)`]),
    ...shown.map((entry) => `  ${told(entry)}`),
    ...(lastDecision === null ? [] : ['', ...decisionLines(lastDecision, causesMost)]),
  ];
}

function decisionLines({ command, ruleText, causes, outcome }: Decision, atMost: number): string[] {
  const { rule, differs, plugin } = command.reason;
  const failure = outcome?.event.type === 'CommandFailed' ? outcome.event.failure : null;
  return [
    `Last decision: ${wishOf(command)} (command ${command.id})`,
    `  Rule ${rule}: ${ruleText}`,
    `  Difference: ${differs}`,
    ...(plugin === undefined ? [] : [`  ${decidedByText(plugin)}`]),
    ...causes.slice(-atMost).map(({ seq, sentence }) => `  Cause #${seq}: ${sentence}`),
    outcome === null ? '  Outcome: none yet' : `  Outcome #${outcome.seq}: ${outcome.sentence}`,
    ...remedyOf(failure).map((line) => `  ${line}`),
  ];
}

const remedyOf = (failure: FailureDetails | null): string[] =>
  failure === null ? [] : [`Remedy: ${failureGuide[failure.code].remedy}`];
