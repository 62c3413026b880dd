/**
 * The answer to a command that makes something new on the drive may be lost: the run is killed, or the connection breaks. The feed shows
 * what was made, under the name of that moment. Without this, what a user has renamed since would be there twice.
 */
import type { Command, CommandFailed, CommandOf, ItemId, RemoteRow } from '@tidemark/contracts';
import { plannedAt } from '@tidemark/contracts';
import type { Item, LocalEntry } from '@tidemark/trees';
import { establish, replaceRemote } from '@tidemark/trees';
import type { State } from './state.ts';

/** Makes something new on the drive. */
export type Making = CommandOf<'UploadFile' | 'CreateRemoteFolder'>;

/** The run was killed before the answer came, or there was a failure instead. */
export function leaveMaking({ remote: { making } }: State, command: Command): void {
  if (!isMaking(command)) return;
  making.set(command.item, command);
  if (making.size <= makingMax) return;
  const [oldest] = [...making.values()].toSorted(
    (one, other) => plannedAt(one.id) - plannedAt(other.id) || one.item - other.item,
  );
  if (oldest !== undefined) making.delete(oldest.item);
}

/** The failure leaves open whether it was made: only a look tells. */
export const mayBeMade = ({ failure: { code } }: CommandFailed, command: Command): boolean =>
  isMaking(command) && (code === 'offline' || code === 'timedOut' || code === 'serviceUnavailable');

/** Takes the row for the answer that was lost. Null when it is none; else the items that it touched. */
export function answerLate(state: State, row: RemoteRow): ItemId[] | null {
  const { trees, seq } = state;
  const parent = trees.byRemoteId.get(row.parentId);
  const item = makerOf(state, row);
  if (item === null || parent === undefined || row.kind === 'opaque') return null;
  state.remote.making.delete(item.id);
  const touched = replaceRemote(trees, item, row, seq);
  const version = { ...row, kind: row.kind };
  establish(item, { version, local: null, place: { parent, name: row.name }, times: null }, seq);
  return touched;
}

function makerOf({ inFlight, remote: { making }, trees }: State, row: RemoteRow): Item | null {
  if (making.size === 0 || trees.byRemoteId.has(row.id)) return null;
  for (const [id, command] of making) {
    const item = trees.items.get(id);
    if (item === undefined || item.local === null || item.remote !== null || item.synced !== null) continue;
    if (!inFlight.has(id) && isMadeBy(command, row, item.local)) return item;
  }
  return null;
}

function isMadeBy(command: Making, row: RemoteRow, local: LocalEntry): boolean {
  if (local.kind !== row.kind) return false;
  if (command.type === 'CreateRemoteFolder') return isAt(command, row) && row.kind === 'folder';
  const { target, sizeBytes, modifiedAt } = command;
  if (target.as !== 'new' || !isAt(target, row) || sizeBytes !== row.sizeBytes) return false;
  const isUnchanged = local.sizeBytes === sizeBytes && local.modifiedAt === modifiedAt;
  if (isUnchanged && local.hash !== null && row.hash !== null) return local.hash === row.hash;
  // Some drives keep whole seconds.
  return Math.abs(row.modifiedAt - modifiedAt) < 1000;
}

const isAt = (made: Pick<RemoteRow, 'parentId' | 'name'>, { parentId, name }: RemoteRow): boolean =>
  made.parentId === parentId && made.name === name;

const isMaking = (command: Command): command is Making =>
  command.type === 'CreateRemoteFolder' || (command.type === 'UploadFile' && command.target.as === 'new');

/** More than are ever under way. Each row of a new id is compared with all of them. */
const makingMax = 256;
