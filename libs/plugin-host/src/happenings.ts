/** What has happened, out of the events of the log: commands joined with their outcomes. A batch may come twice, or be missing. */
import type { Command, CommandFailed, CommandId, CommandSucceeded, RecordedEvent } from '@tidemark/contracts';
import { commandEffects, effectOf, failureGuide } from '@tidemark/contracts';
import type { Conflict, Finished, Held, Problem, Rested, ToldNotice } from '@tidemark/plugin-sdk';

export type Happening =
  | { readonly type: 'finished'; readonly happened: Finished }
  | { readonly type: 'conflict'; readonly happened: Conflict }
  | { readonly type: 'problem'; readonly happened: Problem }
  | { readonly type: 'held'; readonly happened: Held }
  | { readonly type: 'rested'; readonly happened: Rested };

/** The returned function takes the next batch. */
export function createHappenings(): (batch: readonly RecordedEvent[]) => readonly Happening[] {
  const underWay = new Map<CommandId, Command>();
  let lastSeq = 0;
  let succeeded = 0;
  let failed = 0;
  return (batch) => {
    const all: Happening[] = [];
    for (const recorded of batch) {
      const { seq, event, at } = recorded;
      // The numbers of events go on from `NothingNew`.
      if (seq <= lastSeq && event.type !== 'NothingNew') continue;
      lastSeq = seq;
      if (event.type === 'Started') underWay.clear();
      if (event.type === 'Planned')
        for (const one of event.commands.filter(changes)) underWay.set(one.id, one);
      if (event.type !== 'CommandSucceeded' && event.type !== 'CommandFailed') continue;
      const command = underWay.get(event.command);
      const problem = problemOf(command, event, at);
      if (problem !== null) all.push({ type: 'problem', happened: problem });
      if (command === undefined) continue;
      underWay.delete(event.command);
      if (event.type === 'CommandSucceeded') succeeded += 1;
      else failed += 1;
      all.push({ type: 'finished', happened: { at, command, outcome: event } });
      const conflict = conflictOf(command, event, at);
      if (conflict !== null) all.push({ type: 'conflict', happened: conflict });
    }
    const at = batch.at(-1)?.at;
    if (at !== undefined && underWay.size === 0 && succeeded + failed > 0) {
      all.push({ type: 'rested', happened: { at, succeeded, failed } });
      succeeded = 0;
      failed = 0;
    }
    return all;
  };
}

const changes = ({ type }: Command): boolean => commandEffects[type].startsWith('writes');

/** The returned function takes the next notice. A plan that is held is told of again while it waits. */
export function createHeld(): (told: ToldNotice) => readonly Happening[] {
  let lastHash = '';
  return ({ at, notice }) => {
    if (notice.type !== 'confirmationWanted' || notice.hash === lastHash) return [];
    const { type: _type, ...held } = notice;
    lastHash = held.hash;
    return [{ type: 'held', happened: { at, ...held } }];
  };
}

/** A look has no item, so that what is not under way as a change has no path. */
function problemOf(
  command: Command | undefined,
  outcome: CommandSucceeded | CommandFailed,
  at: number,
): Problem | null {
  if (outcome.type !== 'CommandFailed' || !forPeople.has(outcome.failure.code)) return null;
  return { at, path: command?.path ?? null, failure: outcome.failure };
}

/** Asked with text: a process may hear of a code that only a newer daemon knows. */
const forPeople: ReadonlySet<string> = new Set(
  Object.entries(failureGuide).flatMap(([code, { retry }]) =>
    retry === 'never' || retry === 'stop' ? [code] : [],
  ),
);

function conflictOf(
  command: Command,
  outcome: CommandSucceeded | CommandFailed,
  at: number,
): Conflict | null {
  const { path, reason } = command;
  const keptName = keptNames.get(reason.rule);
  if (keptName === undefined || outcome.type === 'CommandFailed') return null;
  const { displaced } = effectOf(command, outcome);
  if (displaced === null) return null;
  if (displaced.to === 'beside') return { at, path, keptName, other: { in: 'folder', path: displaced.path } };
  return displaced.to === 'trash'
    ? { at, path, keptName, other: { in: 'trash', path: displaced.path } }
    : null;
}

const keptNames: ReadonlyMap<string, 'local' | 'remote'> = new Map([
  ['conflict-remote-keeps-name', 'remote'],
  ['conflict-local-keeps-name', 'local'],
  ['conflict-replaced', 'remote'],
]);
