/** Commands as the engine would plan them for what is in a world: with the versions that are there now as their preconditions. */
import type {
  CommandOf,
  CommandType,
  Established,
  ExpectedLocal,
  ExpectedRemote,
  LocalRow,
  RemoteRow,
} from '@tidemark/contracts';
import type { World } from './world.ts';

/** Fields of a command that a test wants otherwise. */
export type CommandWish<Type extends CommandType> = Partial<
  Omit<CommandOf<Type>, 'type' | 'id' | 'item' | 'path' | 'reason' | 'establishes'>
>;

type Fields<Type extends CommandType> = Omit<
  CommandOf<Type>,
  'type' | 'id' | 'item' | 'path' | 'reason' | 'establishes'
>;

/** The fields of a command about what has that path. Throws an Error when the world has nothing there to do it with. */
export async function fieldsFor<Type extends CommandType>(
  world: World,
  type: Type,
  path: string,
  wish: CommandWish<Type>,
): Promise<object> {
  return { establishes: establishedBy[type] ?? [], ...(await makers[type](world, path)), ...wish };
}

const makers: { readonly [Type in CommandType]: (world: World, path: string) => Promise<Fields<Type>> } = {
  CreateRemoteFolder: async (world, path) => placeOnDrive(world, path),
  async UploadFile(world, path) {
    const local = await onDisk(world, path);
    const remote = await maybeOnDrive(world, path);
    const { sizeBytes, modifiedAt } = local;
    const target =
      remote === null
        ? ({ as: 'new', ...(await placeOnDrive(world, path)) } as const)
        : ({ as: 'version', id: remote.id, ifMatch: remote.eTag } as const);
    return { expected: expectedOf(local), sizeBytes, modifiedAt, target };
  },
  async MoveRemote(world, path) {
    const { id, eTag, modifiedAt, parentId, name } = await onDrive(world, path);
    return {
      ...{ driveItemId: id, ifMatch: eTag, modifiedAt, provisional: false },
      ...{ toParentId: parentId, toName: `moved ${name}` },
    };
  },
  async DeleteRemote(world, path) {
    const { id, eTag } = await onDrive(world, path);
    return { driveItemId: id, ifMatch: eTag, itemCount: 1 };
  },
  async SetRemoteTime(world, path) {
    const { id, eTag } = await onDrive(world, path);
    return { driveItemId: id, ifMatch: eTag, modifiedAt: 1_600_000_000 };
  },
  CreateLocalFolder: async () => ({}),
  async DownloadFile(world, path) {
    const local = await world.disk.disk.stat(path);
    const remote = remoteOf(await onDrive(world, path));
    return { remote, expected: local === null ? null : expectedOf(local), keepAs: null };
  },
  async KeepRemoteCopy(world, path) {
    const { folder, name } = split(path);
    const remote = remoteOf(await onDrive(world, path));
    return { remote, folder, keepAs: { prefix: `${name}-drive-`, suffix: '', from: 1 } };
  },
  async KeepLocalCopy(world, path) {
    const { folder, name } = split(path);
    const local = await onDisk(world, path);
    const { sizeBytes, modifiedAt } = local;
    const keepAs = { prefix: `${name}-disk-`, suffix: '', from: 1 };
    return { expected: expectedOf(local), sizeBytes, modifiedAt, folder, keepAs };
  },
  async MoveLocal(world, path) {
    const { folder, name } = split(path);
    const toPath = `${folder === '' ? '' : `${folder}/`}moved ${name}`;
    return { toPath, expected: expectedOf(await onDisk(world, path)), provisional: false };
  },
  async DeleteLocal(world, path) {
    const local = await onDisk(world, path);
    return { kind: local.kind, expected: expectedOf(local) };
  },
  SetLocalTime: async (world, path) => ({
    expected: expectedOf(await onDisk(world, path)),
    modifiedAt: 1_600_000_000,
  }),
  HashFile: async (world, path) => ({ expected: expectedOf(await onDisk(world, path)) }),
  ReadRemote: async () => ({ cursor: null }),
  ReadRemoteItems: async (world, path) => ({ ids: [(await onDrive(world, path)).id] }),
  ScanLocal: async () => ({ folders: null }),
  CreateSubscription: async () => ({ url: 'https://me.example.org/webhooks/onedrive', lifetimeMs: 600_000 }),
  RenewSubscription: async () => ({ subscriptionId: 'subscription-1', lifetimeMs: 600_000 }),
  DeleteSubscription: async () => ({ subscriptionId: 'subscription-1' }),
};

/** What the engine says that both sides have in common afterwards. */
const establishedBy: { readonly [Type in CommandType]?: readonly Established[] } = {
  UploadFile: ['version', 'place', 'time'],
  DownloadFile: ['version', 'place', 'time'],
  CreateRemoteFolder: ['version', 'place'],
  CreateLocalFolder: ['version', 'place'],
  MoveRemote: ['place'],
  MoveLocal: ['place'],
  SetRemoteTime: ['time'],
  SetLocalTime: ['time'],
  DeleteRemote: ['gone'],
  DeleteLocal: ['gone'],
};

async function onDisk(world: World, path: string): Promise<LocalRow> {
  const row = await world.disk.disk.stat(path);
  if (row === null) throw new Error(`the sync folder has no "${path}": give it to createWorld({ disk })`);
  return row;
}

async function onDrive(world: World, path: string): Promise<RemoteRow> {
  const row = await maybeOnDrive(world, path);
  if (row === null) throw new Error(`the drive has no "${path}": give it to createWorld({ drive })`);
  return row;
}

async function maybeOnDrive({ drive: { drive } }: World, path: string): Promise<RemoteRow | null> {
  let row: RemoteRow | null = null;
  let parentId = (await drive.info()).rootId;
  for (const name of path.split('/')) {
    row = await drive.child(parentId, name);
    if (row === null) return null;
    parentId = row.id;
  }
  return row;
}

async function placeOnDrive(world: World, path: string): Promise<Fields<'CreateRemoteFolder'>> {
  const { folder, name } = split(path);
  const parent = folder === '' ? null : await onDrive(world, folder);
  return { parentId: parent?.id ?? (await world.drive.drive.info()).rootId, name };
}

function split(path: string): { readonly folder: string; readonly name: string } {
  const end = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, end)), name: path.slice(end + 1) };
}

const expectedOf = ({ id, stamp }: LocalRow): ExpectedLocal => ({ id, stamp });

const remoteOf = ({ id, eTag, sizeBytes, hash, modifiedAt }: RemoteRow): ExpectedRemote => ({
  ...{ id, eTag, sizeBytes, hash, modifiedAt },
});
