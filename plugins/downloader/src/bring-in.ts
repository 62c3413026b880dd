/**
 * Brings one version of a drive item into staging and checks it (I-5): size and hash match what was announced for that
 * very version, or nothing gets a name in the sync folder.
 */
import type { ByteSink, CommandOf, Staged } from '@tidemark/plugin-sdk';
import { Failure, throwIfStopping } from '@tidemark/plugin-sdk';
import { isAlteredBy, onGrounds, stagingKey } from '@tidemark/plugin-sdk/unstable';
import type { Context } from './config.ts';
import { askAfterMismatch } from './mismatch.ts';
import { takeDown } from './take-down.ts';

export interface Arrival {
  readonly staged: Staged;
  readonly hash: string;
  /** The bytes are not what the drive announced, or the drive announced nothing to compare with. */
  readonly hashUnconfirmed: boolean;
  /** Bytes that crossed the network in this attempt. */
  readonly transferredBytes: number;
  readonly requestIds: readonly string[];
  /** The plugin that changed the content on its way. */
  readonly content?: string;
}

export type Bringing = CommandOf<'DownloadFile'> | CommandOf<'KeepRemoteCopy'>;

/**
 * What does not match the announcement is asked about. If the drive shows something else by now, the decision is made anew. If
 * it insists, the bytes are fetched once more, since a transfer may damage them; the same bytes again are what the service
 * makes of files of certain kinds, and otherwise no version of the file.
 */
export async function bringIn(command: Bringing, context: Context): Promise<Arrival> {
  const change = context.content.of(command.path);
  const key = stagingKey(command.remote);
  if (change === null) return bringAsItIs(command, context, key);
  return takeDown(
    await bringAsItIs(command, context, `${key} for ${change.plugin}`),
    command,
    context,
    change,
  );
}

async function bringAsItIs(command: Bringing, context: Context, key: string): Promise<Arrival> {
  const first = await fetch(command, context, key);
  if (first.matches || (!context.config.verifyDownloads && !first.isExcessive)) return first;
  const shown = await askAfterMismatch(command, first, context);
  await first.staged.discard();
  const second = await fetch(command, context, key);
  const both = { ...second, transferredBytes: first.transferredBytes + second.transferredBytes };
  const isConverted =
    !second.isExcessive &&
    second.hash === first.hash &&
    (await isAlteredBy(context.drive, nameIn(command.path)));
  if (second.matches || isConverted) return both;
  await second.staged.discard();
  throw new Failure(
    {
      code: 'contentMismatch',
      detail: `Cannot download "${command.path}": the drive announces ${figures(command.remote)}, and twice hands out ${second.isExcessive ? 'more' : figures(second)}`,
    },
    shown === null ? {} : { remote: shown },
  );
}

export interface Fetched extends Arrival {
  readonly sizeBytes: number;
  readonly matches: boolean;
  /** More came than there may be. It was cut off there, and is no version of anything. */
  readonly isExcessive: boolean;
}

/** An interrupted transfer stays for the next attempt. */
async function fetch(command: Bringing, context: Context, key: string): Promise<Fetched> {
  const { remote, path } = command;
  const { disk, drive, signal } = context;
  const staged = await disk.stage(key, remote.sizeBytes, path);
  if (staged.offset > remote.sizeBytes) await staged.restart();
  if (staged.offset > 0) context.tell({ type: 'downloadResumed', path });
  const { transferredBytes, isExcessive, requestIds } = await onGrounds(
    drive,
    { ids: [remote.id] },
    signal,
    () => transfer(staged, command, context),
  );
  throwIfStopping(signal);
  const { hash, sizeBytes } = await staged.finish();
  const matches =
    !isExcessive && sizeBytes === remote.sizeBytes && (remote.hash === null || hash === remote.hash);
  const hashUnconfirmed = hash !== remote.hash;
  return { staged, hash, sizeBytes, matches, isExcessive, hashUnconfirmed, transferredBytes, requestIds };
}

/**
 * How much may come beyond what was announced: an answer without an end would fill the disk. What the service makes of files of
 * certain kinds may be larger, and the user may want what does not match.
 */
async function spareBytes({ path, remote }: Bringing, { config, drive }: Context): Promise<number> {
  const mayGrow = !config.verifyDownloads || (await isAlteredBy(drive, nameIn(path)));
  return mayGrow ? remote.sizeBytes * 3 + 64 * 1024 * 1024 : 0;
}

async function transfer(
  staged: Staged,
  command: Bringing,
  context: Context,
): Promise<Pick<Fetched, 'transferredBytes' | 'requestIds' | 'isExcessive'>> {
  const { id, eTag, sizeBytes } = command.remote;
  const { drive, signal, progress } = context;
  // An empty file, and one that an earlier attempt brought in whole, need no request.
  if (staged.offset === sizeBytes) return { transferredBytes: 0, isExcessive: false, requestIds: [] };
  const counted = countBytes(staged, command, context);
  try {
    const { requestIds } = await drive.download(id, counted.sink, {
      signal,
      eTag,
      progress: (doneBytes) => progress(doneBytes, sizeBytes),
    });
    return { transferredBytes: counted.bytes(), isExcessive: false, requestIds };
  } catch (error) {
    // There are no such bytes, the drive says. What has arrived shows how many there are.
    if (error instanceof Failure && error.code === 'contentMismatch')
      return { transferredBytes: counted.bytes(), isExcessive: counted.isExcessive(), requestIds: [] };
    throw error;
  }
}

/** Refuses what does not fit, which ends the transfer. */
function countBytes(
  staged: Staged,
  command: Bringing,
  context: Context,
): { readonly sink: ByteSink; bytes(): number; isExcessive(): boolean } {
  const { sizeBytes } = command.remote;
  let limitBytes = sizeBytes;
  let position = staged.offset;
  let bytes = 0;
  let isExcessive = false;
  return {
    sink: {
      get offset() {
        return staged.offset;
      },
      write: (chunk) => (fits(chunk) ? write(chunk) : grow(chunk)),
      restart,
    },
    bytes: () => bytes,
    isExcessive: () => isExcessive,
  };

  function fits({ byteLength }: Uint8Array): boolean {
    return position + byteLength <= limitBytes;
  }

  function write(chunk: Uint8Array): Promise<void> | void {
    position += chunk.byteLength;
    bytes += chunk.byteLength;
    return staged.write(chunk);
  }

  function restart(): Promise<void> {
    position = 0;
    return staged.restart();
  }

  async function grow(chunk: Uint8Array): Promise<void> {
    limitBytes = sizeBytes + (await spareBytes(command, context));
    if (fits(chunk)) return write(chunk);
    isExcessive = true;
    // What came so far begins no version, and must not count as the start of one in another attempt.
    await restart();
    throw new Failure({ code: 'contentMismatch', detail: `More than ${limitBytes} bytes arrive` });
  }
}

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const figures = ({ sizeBytes, hash }: { readonly sizeBytes: number; readonly hash: string | null }): string =>
  `${sizeBytes} bytes${hash === null ? '' : ` with hash ${hash}`}`;
