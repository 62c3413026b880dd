/** How transfers get on: one line that is rewritten on a terminal, lines in steps of five per cent elsewhere. */
import type { Command, CommandId, TransferProgress } from '@tidemark/plugin-sdk';
import { clockTime, shortAmount } from './amounts.ts';
import type { UnderWay } from './view.ts';

/** Smaller files are through before a user could read a line about them. */
const bigBytes = 4 * 1024 * 1024;
const stepPercent = 5;

export type Transfers = ReadonlyMap<CommandId, TransferProgress>;

/**
 * The line for a step of five per cent that this figure reaches, in the peer's form; null for none.
 * @param earlier the figure before it, if there was one.
 */
export function renderStep(earlier: TransferProgress | undefined, now: TransferProgress): string | null {
  if (now.totalBytes < bigBytes) return null;
  const step = stepOf(now);
  if (earlier !== undefined && stepOf(earlier) === step) return null;
  const does = now.type === 'UploadFile' ? 'Uploading' : 'Downloading';
  const percent = `${String(step).padStart(3)}%`;
  const elapsedSeconds = now.elapsedMs / 1000;
  const time =
    step === 100
      ? `DONE in ${clockTime(elapsedSeconds)}`
      : ` ETA    ${clockTime(remainingSeconds(now.doneBytes, now.totalBytes, bytesPerSecond(now)))}`;
  return `${does}: ${now.path} ... ${percent} | ${time}`;
}

/** `3 files under way | 4.0 MB of 12.0 MB | 1.2 MB/s | ETA 00:00:07`; null when nothing is transferred. */
export function renderStatus(
  underWay: ReadonlyMap<CommandId, UnderWay>,
  transfers: Transfers,
  filesDone: number,
): string | null {
  let files = 0;
  let totalBytes = 0;
  let doneBytes = 0;
  let rate = 0;
  for (const [id, { command }] of underWay) {
    const sizeBytes = sizeOf(command);
    if (sizeBytes === null) continue;
    files += 1;
    totalBytes += sizeBytes;
    const transfer = transfers.get(id);
    if (transfer === undefined) continue;
    doneBytes += Math.min(transfer.doneBytes, sizeBytes);
    rate += bytesPerSecond(transfer);
  }
  if (files === 0) return null;
  const count = `${files} ${files === 1 ? 'file' : 'files'} under way`;
  return [
    filesDone === 0 ? count : `${filesDone} done, ${count}`,
    `${shortAmount(doneBytes)} of ${shortAmount(totalBytes)}`,
    `${shortAmount(Math.round(rate))}/s`,
    `ETA ${clockTime(remainingSeconds(doneBytes, totalBytes, rate))}`,
  ].join(' | ');
}

/** Bytes a command transfers; null when it transfers none. */
function sizeOf(command: Command): number | null {
  switch (command.type) {
    case 'UploadFile':
      return command.sizeBytes;
    case 'DownloadFile':
    case 'KeepRemoteCopy':
      return command.remote.sizeBytes;
    default:
      return null;
  }
}

function stepOf({ doneBytes, totalBytes }: TransferProgress): number {
  return Math.floor(((doneBytes / totalBytes) * 100) / stepPercent) * stepPercent;
}

function bytesPerSecond({ doneBytes, elapsedMs }: TransferProgress): number {
  return elapsedMs === 0 ? 0 : doneBytes / (elapsedMs / 1000);
}

function remainingSeconds(doneBytes: number, totalBytes: number, rate: number): number | null {
  return rate === 0 ? null : (totalBytes - doneBytes) / rate;
}
