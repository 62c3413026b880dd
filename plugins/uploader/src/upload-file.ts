/**
 * Uploads one stable version (I-6): the file is the expected one before the first byte, after the last byte, and when
 * the outcome is written down. Otherwise the outcome is `changedMeanwhile`; what the drive holds then is learnt by
 * reading the drive, never from a row that belongs to bytes nobody has any more.
 */
import type {
  CommandOf,
  DiskReader,
  DriveWriter,
  HandleContext,
  LocalRow,
  NoConfig,
  Outcome,
} from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';

type Context = HandleContext<{ readonly drive: 'write'; readonly disk: 'read' }, NoConfig>;

export async function uploadFile(command: CommandOf<'UploadFile'>, context: Context): Promise<Outcome> {
  const { drive, disk } = context;
  const source = await disk.read(command.path, command.expected);
  const written = await sendThrough(source, command, context, drive);
  const local = await stillThere(disk, command);
  return {
    remote: written.row,
    local: { ...local, hash: written.hash },
    // The service rewrites some documents as it stores them: same version, other bytes.
    ...(written.altered && { agreed: 'both' as const }),
    transferredBytes: source.sizeBytes,
    requestIds: written.requestIds,
  };
}

/** `finish` is called in any case: it closes the file, and a file that changed explains every other failure. */
async function sendThrough(
  source: Awaited<ReturnType<DiskReader['read']>>,
  { target, modifiedAt }: CommandOf<'UploadFile'>,
  { signal, progress }: Context,
  drive: DriveWriter,
): Promise<Awaited<ReturnType<DriveWriter['upload']>>> {
  try {
    return await drive.upload(target, source, modifiedAt, {
      signal,
      progress: (doneBytes) => progress(doneBytes, source.sizeBytes),
    });
  } finally {
    await source.finish();
  }
}

async function stillThere(disk: DiskReader, { path, expected }: CommandOf<'UploadFile'>): Promise<LocalRow> {
  const row = await disk.stat(path);
  if (row !== null && row.id === expected.id && row.stamp === expected.stamp) return row;
  throw new Failure({
    code: 'changedMeanwhile',
    detail: `Cannot count "${path}" as uploaded: the file changed while it was sent`,
  });
}
