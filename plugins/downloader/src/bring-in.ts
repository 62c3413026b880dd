/**
 * Brings one version of a drive item into staging and checks it (I-5): size and hash match what was announced for that
 * very version, or nothing gets a name in the sync folder.
 */
import type { ByteSink, CommandOf, ExpectedRemote, Staged } from '@tidemark/plugin-sdk';
import { Failure, throwIfStopping } from '@tidemark/plugin-sdk';
import type { Context } from './config.ts';

export interface Arrival {
  readonly staged: Staged;
  readonly hash: string;
  /** The bytes are not what the drive announced, or the drive announced nothing to compare with. */
  readonly hashUnconfirmed: boolean;
  /** Bytes that crossed the network in this attempt. */
  readonly transferredBytes: number;
  readonly requestIds: readonly string[];
}

type Bringing = CommandOf<'DownloadFile'> | CommandOf<'KeepRemoteCopy'>;

/** Throws Failure `contentMismatch` after discarding what arrived. An interrupted transfer stays for the next attempt. */
export async function bringIn(command: Bringing, context: Context): Promise<Arrival> {
  const { remote, path } = command;
  const { disk, config, signal } = context;
  const staged = await disk.stage(stageKey(remote), remote.sizeBytes, path);
  if (staged.offset > remote.sizeBytes) await staged.restart();
  const { transferredBytes, requestIds } = await transfer(staged, remote, context);
  throwIfStopping(signal);
  const { hash, sizeBytes } = await staged.finish();
  const matches = sizeBytes === remote.sizeBytes && (remote.hash === null || hash === remote.hash);
  if (!matches && config.verifyDownloads) {
    await staged.discard();
    throw mismatch(path, remote, sizeBytes);
  }
  return { staged, hash, hashUnconfirmed: hash !== remote.hash, transferredBytes, requestIds };
}

/** Names the content where the drive tells its hash: a rename meanwhile then costs no second transfer. */
export function stageKey({ id, hash, eTag }: ExpectedRemote): string {
  return `${id} ${hash ?? eTag}`;
}

async function transfer(
  staged: Staged,
  { id, eTag, sizeBytes }: ExpectedRemote,
  { drive, signal, progress }: Context,
): Promise<Pick<Arrival, 'transferredBytes' | 'requestIds'>> {
  // An empty file, and one that an earlier attempt brought in whole, need no request.
  if (staged.offset === sizeBytes) return { transferredBytes: 0, requestIds: [] };
  const counted = countBytes(staged);
  const { requestIds } = await drive.download(id, counted.sink, {
    signal,
    eTag,
    progress: (doneBytes) => progress(doneBytes, sizeBytes),
  });
  return { transferredBytes: counted.bytes(), requestIds };
}

function countBytes(staged: Staged): { readonly sink: ByteSink; bytes(): number } {
  let bytes = 0;
  return {
    sink: {
      get offset() {
        return staged.offset;
      },
      write(chunk) {
        bytes += chunk.byteLength;
        return staged.write(chunk);
      },
      restart: () => staged.restart(),
    },
    bytes: () => bytes,
  };
}

function mismatch(path: string, remote: ExpectedRemote, sizeBytes: number): Failure {
  const found =
    sizeBytes === remote.sizeBytes
      ? 'its hash is another one than the drive announced'
      : `${sizeBytes} bytes arrived instead of ${remote.sizeBytes}`;
  return new Failure({ code: 'contentMismatch', detail: `Cannot download "${path}": ${found}` });
}
