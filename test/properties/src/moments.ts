/** What must hold at every moment of a history. */
import type { Command, DriveItemId, ItemId, LocalId } from '@tidemark/contracts';
import { rootItem, seq } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { localKnown, plan, remoteKnown } from '@tidemark/engine';
import { createAgenda } from '@tidemark/planner';
import { expect } from 'vitest';
import type { ModelRun } from './model-run.ts';

/** [L9] */
export function expectEvidence(seen: LastSeen, commands: readonly Command[], state: State): void {
  for (const command of commands) {
    if (command.type !== 'DeleteRemote' && command.type !== 'DeleteLocal') continue;
    expect(remoteKnown(state) && localKnown(state)).toBe(true);
    expect(seen.survivor(state, command), JSON.stringify(command)).toBeNull();
  }
}

/** The identities that items had when a side last showed them, as far as the client has not forgotten it in a crash. */
export class LastSeen {
  private readonly run: ModelRun;
  readonly local = new Map<ItemId, { readonly id: LocalId; readonly folder: string }>();
  readonly remote = new Map<ItemId, { readonly id: DriveItemId; readonly folder: string }>();

  constructor(run: ModelRun) {
    this.run = run;
    run.onFold = (state) => this.note(state);
    run.onCrash = () => {
      this.local.clear();
      this.remote.clear();
    };
  }

  private note({ trees: { items } }: State): void {
    for (const { id, local, remote } of items.values()) {
      if (local !== null)
        this.local.set(id, { id: local.id, folder: items.get(local.parent)?.local?.id ?? '' });
      if (remote !== null)
        this.remote.set(id, { id: remote.id, folder: items.get(remote.parent)?.remote?.id ?? '' });
    }
  }

  /** Something that this deletion takes along and that the other side still has. */
  survivor(state: State, command: Command): string | null {
    const { run } = this;
    const { items } = state.trees;
    const [side, seen, names, holders, other] =
      command.type === 'DeleteRemote'
        ? ([run.world.disk, this.local, state.trees.names.remote, state.trees.byLocalId, 'remote'] as const)
        : ([run.world.drive, this.remote, state.trees.names.local, state.trees.byRemoteId, 'local'] as const);
    const below = (id: ItemId): ItemId[] => [id, ...[...names.children(id)].flatMap(below)];
    const folderOf = new Map<string, string>([...seen.values()].map(({ id, folder }) => [id, folder]));
    const taken = below(command.item);
    for (const id of taken) {
      const last = seen.get(id);
      const node = last === undefined ? undefined : side.nodes.get(last.id);
      if (last === undefined || node === undefined) continue;
      // It goes on as another item, which both sides show: a save put it under the name of that one.
      const holder = (holders as ReadonlyMap<string, ItemId>).get(node.id);
      if (holder !== undefined && !taken.includes(holder) && (items.get(holder)?.[other] ?? null) !== null)
        continue;
      // It was moved to where no scan could look, out of a folder that was read; or the folder that it is in was.
      const isElsewhere = side.above(node).some(({ id, parent }) => (folderOf.get(id) ?? parent) !== parent);
      if (isElsewhere && run.world.wasUnreadable(node)) continue;
      return node.id;
    }
    return null;
  }
}

/** [L10] */
export function expectParents(state: State): void {
  const { items } = state.trees;
  for (const item of items.values()) {
    if (item.id === rootItem) continue;
    for (const side of ['remote', 'local'] as const) {
      const entry = item[side];
      if (entry === null) continue;
      const parent = items.get(entry.parent);
      expect(parent, `${side} entry of ${item.id} without a parent`).toBeDefined();
      // The drive tells of a folder before it tells of what was in it; the end of the round settles it.
      const mayHang = side === 'remote' && state.remote.goneFolders.size > 0;
      if (!mayHang) expect(parent?.[side]?.kind, `${side} entry of ${item.id} in no folder`).toBe('folder');
    }
  }
}

/** [L10] */
export function expectFolder(command: Command, state: State): void {
  if (command.type === 'CreateRemoteFolder')
    expect(state.trees.byRemoteId.has(command.parentId), JSON.stringify(command)).toBe(true);
  if (command.type === 'UploadFile' && command.target.as === 'new')
    expect(state.trees.byRemoteId.has(command.target.parentId), JSON.stringify(command)).toBe(true);
  if (command.type === 'CreateLocalFolder' || command.type === 'DownloadFile') {
    let folder = rootItem;
    for (const name of command.path.split('/').slice(0, -1)) {
      // A file that a user moved to that name is known before the folder that it replaced is missed.
      const holder = state.trees.names.local.holders(folder, name).find((id) => {
        const entry = state.trees.items.get(id)?.local;
        return entry?.name === name && entry.kind === 'folder';
      });
      expect(holder, `${command.path} has no folder on disk`).toBeDefined();
      folder = holder ?? folder;
    }
  }
}

/** Each plan is the one that a look at every item gives. */
export function expectPlansFromEveryItem(run: ModelRun): void {
  let everything: readonly Command[] = [];
  run.beforePlan = (state) => {
    const { agenda } = state;
    state.agenda = createAgenda();
    for (const id of state.trees.items.keys()) if (id !== rootItem) state.agenda.touch(id);
    everything = plan(state, seq(state.seq + 1));
    state.agenda = agenda;
  };
  run.onPlan = (commands) => expect(commands).toEqual(everything);
}
