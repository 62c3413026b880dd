/** An explanation as lines of text. */
import { failureGuide } from '@tidemark/contracts';
import { quote, wishOf } from './commands.ts';
import type { Explanation, LastDecision, Standing } from './explain.ts';

/** `formatTime` turns milliseconds since 1970 into what the reader prefers; without it, events have their numbers only. */
export function renderExplanation(
  { item, path, standing, timeline, lastDecision }: Explanation,
  formatTime?: (at: number) => string,
): string[] {
  const when = (seq: number, at: number): string =>
    formatTime === undefined ? `#${seq}` : `${formatTime(at)} #${seq}`;
  const lines = [`${quote(path)} (item ${item}): ${standings[standing.type]}, ${standing.detail}`];
  if (standing.failure !== null) lines.push(`Remedy: ${failureGuide[standing.failure.code].remedy}`);
  lines.push('', timeline.length === 0 ? 'No event of the log touched it' : 'What happened:');
  for (const { seq, at, sentence } of timeline) lines.push(`  ${when(seq, at)} ${sentence}`);
  return lastDecision === null ? lines : [...lines, '', ...decisionLines(lastDecision, when)];
}

function decisionLines(
  { command, rule, ruleText, differs, causes, plugin, outcome }: LastDecision,
  when: (seq: number, at: number) => string,
): string[] {
  const lines = [
    `Last decision: ${wishOf(command)} (command ${command.id})`,
    `  Rule ${rule}: ${ruleText}`,
    `  Difference: ${differs}`,
  ];
  if (plugin !== undefined) lines.push(`  Decided by the plugin ${plugin}`);
  for (const { seq, sentence } of causes) lines.push(`  Cause #${seq}: ${sentence}`);
  if (outcome === null) lines.push('  Outcome: none yet');
  else lines.push(`  Outcome ${when(outcome.seq, outcome.at)}: ${outcome.sentence}`);
  if (outcome?.type === 'failed') lines.push(`  Remedy: ${failureGuide[outcome.failure.code].remedy}`);
  return lines;
}

const standings = {
  atRest: 'in sync',
  gone: 'gone',
  pending: 'pending',
  waiting: 'waiting',
  problem: 'problem',
  ignored: 'ignored',
  held: 'held back',
} as const satisfies Record<Standing['type'], string>;
