/** What the log knew after one event, or how two such states differ. The state is folded from the nearest snapshot on. */
import type { EventLog, Seq } from '@tidemark/contracts';
import { heldChangesText } from '@tidemark/contracts';
import type { Output } from '@tidemark/plugin-sdk';
import { stateFromLog } from '@tidemark/daemon';
import type { RulesFor, State } from '@tidemark/engine';
import {
  differencesBetween,
  digestOf,
  renderDifference,
  renderItem,
  shownItems,
  statusOf,
} from '@tidemark/engine';
import { escaped } from '@tidemark/disk';
import type { Output as Form } from '@tidemark/settings';

export interface Showing {
  readonly log: EventLog;
  readonly rulesFor: RulesFor;
  readonly output: Output;
  readonly form: Form;
  /** Resolves when the reader has caught up. */
  readonly drained: () => Promise<void>;
}

export async function stateAfter({ log, rulesFor }: Showing, to: Seq): Promise<State> {
  return (await stateFromLog(log, rulesFor, { to })).state;
}

export async function showTree(showing: Showing, to: Seq): Promise<void> {
  const { form, output, drained } = showing;
  for (const item of shownItems(await stateAfter(showing, to))) {
    if (form === 'json') output.line(JSON.stringify(item));
    else for (const line of renderItem(item, formatTime)) output.line(escaped(line));
    await drained();
  }
}

export async function showState(showing: Showing, to: Seq): Promise<void> {
  const state = await stateAfter(showing, to);
  const { held, ...status } = statusOf(state);
  const digest = digestOf(state);
  const { output } = showing;
  if (showing.form === 'json')
    output.line(JSON.stringify({ seq: to, at: state.at, digest, ...status, held }));
  else {
    output.line(`After event ${to}, recorded ${state.at === 0 ? 'never' : new Date(state.at).toISOString()}`);
    output.line(`${status.items} items, ${status.atRest} at rest; digest ${digest}`);
    for (const command of state.inFlight.values())
      output.line(escaped(`  under way  ${command.type} "${command.path}"`));
    for (const { standing, path, detail } of status.notAtRest)
      output.line(escaped(`  ${standing.padEnd(9)}  "${path}": ${detail}`));
    for (const { detail } of status.unseen) output.line(escaped(`  unseen     ${detail}`));
    for (const sentence of held === null ? [] : heldChangesText(held))
      output.line(`  held       ${sentence}`);
    if (status.halted !== null) output.line(escaped(`  halted     ${status.halted.detail}`));
  }
}

export async function showDifferences(showing: Showing, from: Seq, to: Seq): Promise<void> {
  const { form, output, drained } = showing;
  const differences = differencesBetween(await stateAfter(showing, from), await stateAfter(showing, to));
  for (const difference of differences) {
    if (form === 'json') output.line(JSON.stringify(difference));
    else for (const line of renderDifference(difference, formatTime)) output.line(escaped(line));
    await drained();
  }
  if (form === 'text' && differences.length === 0)
    output.line(`Events ${from} and ${to} know the same of every item`);
}

const formatTime = (at: number): string => new Date(at).toISOString();
