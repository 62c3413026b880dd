/** An earlier content of a file, out of the trash, the folder, or the versions on the drive, staged and proved by its hash. */
import type {
  ByteSource,
  ContentSource,
  Disk,
  DriveItemId,
  EarlierVersion,
  FailureCode,
  Staged,
  UserChangeOf,
} from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { ContentChange } from '@tidemark/plugin-sdk/unstable';
import type { ChangePorts } from './make-change.ts';

/** The whole content, proved by its hash; null when the source does not have it. */
export async function stagedFrom(
  ports: ChangePorts,
  source: ContentSource,
  change: UserChangeOf<'PutBack'>,
): Promise<Staged | null> {
  const { disk, drive } = ports;
  if (source.in !== 'versions') {
    const open = (): Promise<ByteSource> =>
      source.in === 'trash' ? disk.readTrash(source.trash) : disk.read(source.path, source.expected);
    return proved(disk, change, async (staged) => {
      for await (const chunk of (await open()).open(0)) await staged.write(chunk);
    });
  }
  const through = ports.content?.of(change.path) ?? null;
  const versions = await drive.earlierVersions(source.driveItemId);
  // Only reading shows the size of what a plugin made other bytes of.
  const meant =
    through === null
      ? versions.filter(({ sizeBytes }) => sizeBytes === change.sizeBytes)
      : versions.slice(0, versionsReadMax);
  for (const version of meant) {
    const staged =
      through === null
        ? await proved(disk, change, (sink) => drive.downloadVersion(source.driveItemId, version.id, sink))
        : await turnedBack(ports, { version, of: source.driveItemId }, change, through);
    if (staged !== null) return staged;
  }
  return null;
}

/** The newest ones of a file whose content a plugin changes: each has to be downloaded whole. */
const versionsReadMax = 50;

/** A version as it was before the plugin changed it for the drive. */
async function turnedBack(
  { disk, drive }: ChangePorts,
  { version, of }: { readonly version: EarlierVersion; readonly of: DriveItemId },
  change: UserChangeOf<'PutBack'>,
  through: ContentChange,
): Promise<Staged | null> {
  const { path, sizeBytes } = change;
  const arrived = await disk.stage(`version ${version.id} of ${path}`, version.sizeBytes, path);
  await arrived.restart();
  try {
    await drive.downloadVersion(of, version.id, arrived);
    await arrived.finish();
    return await proved(disk, change, async (staged) => {
      let writtenBytes = 0;
      for await (const chunk of through.down(path, arrived.read())) {
        writtenBytes += chunk.byteLength;
        // It is no version of that size, and more of it would only fill the disk.
        if (writtenBytes > sizeBytes) return;
        await staged.write(chunk);
      }
    });
  } finally {
    await arrived.discard();
  }
}

async function proved(
  disk: Disk,
  { path, sizeBytes, hashes }: UserChangeOf<'PutBack'>,
  fill: (staged: Staged) => Promise<unknown>,
): Promise<Staged | null> {
  const staged = await disk.stage(`put back ${path}`, sizeBytes, path);
  await staged.restart();
  try {
    await fill(staged);
    const { hash } = await staged.finish();
    if (hashes.includes(hash)) return staged;
  } catch (error) {
    await staged.discard();
    if (error instanceof Failure && isWithoutIt.has(error.code)) return null;
    throw error;
  }
  await staged.discard();
  return null;
}

/** The source does not have the content. `contentFailed`: the plugin did not make that version. */
const isWithoutIt: ReadonlySet<string> = new Set<FailureCode>(['localGone', 'notFound', 'contentFailed']);
