/** An explanation as lines of text: what fits on a screen, or everything. */
import { failureGuide } from '@tidemark/contracts';
import { quote, wishOf } from './commands.ts';
import type { Explanation, LastDecision, Standing } from './explain.ts';

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
  { item, path, standing, timeline, lastDecision }: Explanation,
  { formatTime, everything = false }: Rendering = {},
): string[] {
  const when = (seq: number, at: number): string =>
    formatTime === undefined ? `#${seq}` : `${formatTime(at)} #${seq}`;
  const shown = everything ? timeline : timeline.slice(-entriesMax);
  const earlier = timeline.length - shown.length;
  return [
    `${quote(path)} (item ${item}): ${standings[standing.type]}, ${standing.detail}`,
    ...(standing.failure === null ? [] : [`Remedy: ${failureGuide[standing.failure.code].remedy}`]),
    '',
    timeline.length === 0 ? 'No event of the log touched it' : 'What happened:',
    ...(earlier === 0 ? [] : [`  (${earlier} earlier events: --verbose tells all)`]),
    ...shown.map(({ seq, at, sentence }) => `  ${when(seq, at)} ${sentence}`),
    ...(lastDecision === null
      ? []
      : ['', ...decisionLines(lastDecision, when, everything ? Infinity : causesMax)]),
  ];
}

function decisionLines(
  { command, rule, ruleText, differs, causes, plugin, outcome }: LastDecision,
  when: (seq: number, at: number) => string,
  atMost: number,
): string[] {
  const lines = [
    `Last decision: ${wishOf(command)} (command ${command.id})`,
    `  Rule ${rule}: ${ruleText}`,
    `  Difference: ${differs}`,
  ];
  if (plugin !== undefined) lines.push(`  Decided by the plugin ${plugin}`);
  for (const { seq, sentence } of causes.slice(-atMost)) lines.push(`  Cause #${seq}: ${sentence}`);
  if (outcome === null) lines.push('  Outcome: none yet');
  else lines.push(`  Outcome ${when(outcome.seq, outcome.at)}: ${outcome.sentence}`);
  if (outcome !== null && outcome.failure !== null)
    lines.push(`  Remedy: ${failureGuide[outcome.failure.code].remedy}`);
  return lines;
}

const standings = {
  atRest: 'in sync',
  unknown: 'unknown',
  gone: 'gone',
  pending: 'pending',
  waiting: 'waiting',
  problem: 'problem',
  ignored: 'ignored',
  held: 'held back',
} as const satisfies Record<Standing['type'], string>;
