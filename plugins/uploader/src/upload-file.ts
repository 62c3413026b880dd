/**
 * Uploads one stable version (I-6): the file is the expected one before the first byte, after the last byte, and when
 * the outcome is written down. Users and editors do not wait for that: they save again, rename what they wrote first, or
 * delete it. Then the drive holds a version of this item that the disk has no more. The outcome says so, that it may become
 * the base: what the disk shows by now follows it, as a newer version, a new name or a deletion, and is no conflict.
 */
import type { CommandOf, DiskReader, DriveWriter, LocalRow, Outcome } from '@tidemark/plugin-sdk';
import type { Grounds } from '@tidemark/plugin-sdk/unstable';
import { Failure } from '@tidemark/plugin-sdk';
import { isAlteredBy, onGrounds, settledStamp } from '@tidemark/plugin-sdk/unstable';
import type { Context } from './config.ts';
import { type Changed, withChanged } from './changed-content.ts';

export async function uploadFile(command: CommandOf<'UploadFile'>, context: Context): Promise<Outcome> {
  const change = context.content.of(command.path);
  if (change === null) return upload(command, context, null);
  return withChanged(command, context, change, (changed) => upload(command, context, changed));
}

async function upload(
  command: CommandOf<'UploadFile'>,
  context: Context,
  changed: Changed | null,
): Promise<Outcome> {
  const first = await send(command, command.target, context, changed);
  if (!(await isDamaged(first, context))) return outcomeOf(command, first, context);
  const second = await sendAgain(command, first, context, changed);
  if (second === null) return outcomeOf(command, { ...first, stayed: false }, context);
  const sentBytes = first.sentBytes + second.sentBytes;
  if (!(await isDamaged(second, context))) return outcomeOf(command, { ...second, sentBytes }, context);
  const { row, hash } = second.written;
  throw new Failure(
    {
      code: 'contentMismatch',
      detail: `Cannot upload "${command.path}": ${second.sentBytes} bytes with hash ${hash} were sent twice, and the drive stored ${row.sizeBytes} bytes with hash ${row.hash ?? 'unknown'}`,
    },
    { remote: row },
  );
}

type Target = CommandOf<'UploadFile'>['target'];

async function send(
  command: CommandOf<'UploadFile'>,
  target: Target,
  context: Context,
  changed: Changed | null,
): Promise<Sent> {
  const { disk, drive } = context;
  const source = changed === null ? await disk.read(command.path, command.expected) : sourceOf(changed);
  const sent = await sendThrough(source, { ...command, target }, context, drive);
  return { ...sent, changed };
}

/** What was made of the file was made of the expected one, and does not change any more. */
const sourceOf = ({ content }: Changed): Source => ({
  sizeBytes: content.sizeBytes,
  open: (offset) => content.open(offset),
  finish: async () => undefined,
});

/** The drive holds other bytes than the user saved. Over that version goes the file, unless it is another one by now: then null. */
async function sendAgain(
  command: CommandOf<'UploadFile'>,
  { written: { row } }: Sent,
  context: Context,
  changed: Changed | null,
): Promise<Sent | null> {
  try {
    return await send(command, { as: 'version', id: row.id, ifMatch: row.eTag }, context, changed);
  } catch (error) {
    if (isChanged(error)) return null;
    throw error;
  }
}

const isChanged = (error: unknown): boolean =>
  error instanceof Failure && (error.code === 'changedMeanwhile' || error.code === 'localGone');

/**
 * Other bytes than were sent, where the service is not known to alter them: never an agreement. No plugin could turn back what was
 * altered after it.
 */
const isDamaged = async ({ written, stayed, changed }: Sent, { drive, config }: Context): Promise<boolean> =>
  written.altered &&
  stayed &&
  (changed !== null || (config.verifyUploads && !(await isAlteredBy(drive, written.row.name))));

async function outcomeOf(
  command: CommandOf<'UploadFile'>,
  { written, stayed, sentBytes, changed }: Sent,
  { disk }: Context,
): Promise<Outcome> {
  const local = stayed ? await disk.stat(command.path) : null;
  const sent = {
    ...{ remote: written.row, transferredBytes: sentBytes, requestIds: written.requestIds },
    ...(changed !== null && { content: changed.plugin }),
  };
  if (local === null || !isExpected(local, command)) return sent;
  return {
    ...sent,
    local: { ...local, hash: changed?.content.disk.hash ?? written.hash },
    // The service rewrites some documents as it stores them: same version, other bytes.
    ...(written.altered && { unconfirmed: true as const }),
  };
}

const isExpected = (row: LocalRow, { expected }: CommandOf<'UploadFile'>): boolean =>
  row.id === expected.id && settledStamp(row.stamp) === settledStamp(expected.stamp);

/** `finish` is called in any case: it closes the file, and a file that changed explains every other failure. */
async function sendThrough(
  source: Source,
  { target, modifiedAt }: CommandOf<'UploadFile'>,
  { signal, progress }: Context,
  drive: DriveWriter,
): Promise<Omit<Sent, 'changed'>> {
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
    return { written, stayed: true, sentBytes: source.sizeBytes };
  } catch (error) {
    if (isChanged(error)) return { written, stayed: false, sentBytes: source.sizeBytes };
    throw error;
  }
}

const groundsOf = (target: CommandOf<'UploadFile'>['target']): Grounds =>
  target.as === 'new' ? { ids: [target.parentId], free: target } : { ids: [target.id] };

type Source = Awaited<ReturnType<DiskReader['read']>>;

type Sent = {
  readonly written: Awaited<ReturnType<DriveWriter['upload']>>;
  /** The file is still the one whose bytes were sent. */
  readonly stayed: boolean;
  readonly sentBytes: number;
  /** What went in place of the file; null: it went as it is. */
  readonly changed: Changed | null;
};
