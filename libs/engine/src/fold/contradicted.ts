/**
 * What the drive showed of one item, asked after it had refused a command: an observation like any row of its feed. The feed
 * may never tell it.
 */
import type { Command, CommandFailed, ItemId, RemoteRow, RemoteTombstone, Seq } from '@tidemark/contracts';
import { plannedAt } from '@tidemark/contracts';
import { establish, isRemoteNews } from '@tidemark/trees';
import { wantRemote } from './looks.ts';
import { remoteAnswered } from './remote-news.ts';
import { forgetStandings } from './repetition.ts';
import type { State } from './state.ts';
import { commandUnderWay } from './state.ts';
import { touch } from './touch.ts';

/** Returns the items that show something else than before. */
export function contradicted(
  state: State,
  { command: id, failure, remote }: CommandFailed,
  seq: Seq,
): ItemId[] {
  const command = commandUnderWay(state, id);
  if (remote === undefined || command === null || isOld(state, remote, command)) return [];
  const touched = isNews(state, remote) ? shown(state, command, remote, seq) : [];
  // What the drive stored in place of a file is no version of it: the file on disk is what has changed, and no conflict.
  const stored = state.trees.items.get(command.item);
  const version = stored?.remote ?? null;
  const isStored = command.type === 'UploadFile' && failure.code === 'contentMismatch';
  // The answer to a write of ours, as after a success: no read, which may be behind the feed.
  if (isStored) state.remote.readAgain.delete(remote.id);
  if (isStored && stored !== undefined && version?.id === remote.id && version.kind === 'file')
    establish(stored, { version: { ...version, kind: 'file' }, local: null, place: null, times: null }, seq);
  return touched;
}

function shown(state: State, { item }: Command, remote: RemoteRow | RemoteTombstone, seq: Seq): ItemId[] {
  // The change feed tells what went with a folder, and where a folder is that no look has shown.
  if ('deleted' in remote || !state.trees.byRemoteId.has(remote.parentId)) wantRemote(state, 'look-again');
  const touched = remoteAnswered(state, [remote], seq);
  // The item itself waits for its next attempt; whatever else this tells something new of may try again at once.
  forgetStandings(state, item);
  touch(
    state,
    touched.filter((other) => other !== item),
    true,
  );
  return touched;
}

const isNews = ({ trees }: State, remote: RemoteRow | RemoteTombstone): boolean =>
  'deleted' in remote ? trees.byRemoteId.has(remote.id) : isRemoteNews(trees, remote);

/** The feed has spoken of the item since the command went out, and is never behind for good. */
function isOld({ trees, remote: side }: State, shown: RemoteRow | RemoteTombstone, { id }: Command): boolean {
  if (side.goneMeanwhile.has(shown.id)) return true;
  const item = trees.byRemoteId.get(shown.id);
  const seq = item === undefined ? undefined : trees.items.get(item)?.remote?.seq;
  return seq !== undefined && seq > plannedAt(id);
}
