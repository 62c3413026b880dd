/**
 * Uploads one stable version (I-6): the file is the expected one before the first byte, after the last byte, and when
 * the outcome is written down. Users and editors do not wait for that: they save again, rename what they wrote first, or
 * delete it. Then the drive holds a version of this item that the disk has no more. The outcome says so, that it may become
 * the base: what the disk shows by now follows it, as a newer version, a new name or a deletion, and is no conflict.
 */
import type {
  CommandOf,
  DiskReader,
  DriveWriter,
  Grounds,
  HandleContext,
  LocalRow,
  NoConfig,
  Outcome,
} from '@tidemark/plugin-sdk';
import { Failure, onGrounds, settledStamp } from '@tidemark/plugin-sdk';

type Context = HandleContext<{ readonly drive: 'write'; readonly disk: 'read' }, NoConfig>;

export async function uploadFile(command: CommandOf<'UploadFile'>, context: Context): Promise<Outcome> {
  const { drive, disk } = context;
  const source = await disk.read(command.path, command.expected);
  const { written, stayed } = await sendThrough(source, command, context, drive);
  const local = stayed ? await disk.stat(command.path) : null;
  const sent = { remote: written.row, transferredBytes: source.sizeBytes, requestIds: written.requestIds };
  if (local === null || !isExpected(local, command)) return sent;
  return {
    ...sent,
    local: { ...local, hash: written.hash },
    // The service rewrites some documents as it stores them: same version, other bytes.
    ...(written.altered && { unconfirmed: true as const }),
  };
}

const isExpected = (row: LocalRow, { expected }: CommandOf<'UploadFile'>): boolean =>
  row.id === expected.id && settledStamp(row.stamp) === settledStamp(expected.stamp);

/** `finish` is called in any case: it closes the file, and a file that changed explains every other failure. */
async function sendThrough(
  source: Awaited<ReturnType<DiskReader['read']>>,
  { target, modifiedAt }: CommandOf<'UploadFile'>,
  { signal, progress }: Context,
  drive: DriveWriter,
): Promise<Sent> {
  let written: Sent['written'];
  try {
    written = await onGrounds(drive, groundsOf(target), signal, () =>
      drive.upload(target, source, modifiedAt, {
        signal,
        progress: (doneBytes) => progress(doneBytes, source.sizeBytes),
      }),
    );
  } catch (error) {
    await source.finish();
    throw error;
  }
  try {
    await source.finish();
    return { written, stayed: true };
  } catch (error) {
    if (error instanceof Failure && (error.code === 'changedMeanwhile' || error.code === 'localGone'))
      return { written, stayed: false };
    throw error;
  }
}

const groundsOf = (target: CommandOf<'UploadFile'>['target']): Grounds =>
  target.as === 'new' ? { ids: [target.parentId], free: target } : { ids: [target.id] };

type Sent = {
  readonly written: Awaited<ReturnType<DriveWriter['upload']>>;
  /** The file is still the one whose bytes were sent. */
  readonly stayed: boolean;
};
