/** How transfers get on: one line that is rewritten on a terminal, lines in steps of five per cent elsewhere. */
import type { Command, CommandId, RecordedEvent, TransferProgress } from '@tidemark/plugin-sdk';
import { clockTime, shortAmount } from './amounts.ts';
import { escapeText } from './escape.ts';
import type { UnderWay } from './view.ts';
import { firstColumns, lastColumns } from './wide-text.ts';

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

/** Transfers of a pass that are over. */
export interface Flow {
  files: number;
  bytes: number;
  /** Milliseconds since 1970: when the first one was decided, and when the last one ended. Null before the first. */
  begunAt: number | null;
  endedAt: number;
}

export const createFlow = (): Flow => ({ files: 0, bytes: 0, begunAt: null, endedAt: 0 });

/** Called before the view takes the event in. */
export function followFlow(
  flow: Flow,
  underWay: ReadonlyMap<CommandId, UnderWay>,
  { event, at }: RecordedEvent,
): void {
  if (event.type !== 'CommandSucceeded') return;
  const ended = underWay.get(event.command);
  if (ended === undefined || sizeOf(ended.command) === null) return;
  flow.files += 1;
  flow.bytes += event.transferredBytes ?? 0;
  flow.begunAt = Math.min(ended.plannedAt, flow.begunAt ?? Infinity);
  flow.endedAt = at;
}

export interface Screen {
  readonly columns: number;
  readonly characters: 'unicode' | 'ascii';
}

/**
 * `3 of 12 files | 4.0 MB of 12.0 MB | 1.2 MB/s | ETA 00:00:07 | photos/big.bin`, no wider than the screen; null when nothing is
 * transferred. The file is the one with the most bytes left.
 */
export function renderStatus(
  underWay: ReadonlyMap<CommandId, UnderWay>,
  transfers: Transfers,
  flow: Flow,
  screen: Screen,
): string | null {
  let files = 0;
  let totalBytes = flow.bytes;
  let doneBytes = flow.bytes;
  let rate = 0;
  let largest = { left: -1, path: '' };
  for (const [id, { command }] of underWay) {
    const sizeBytes = sizeOf(command);
    if (sizeBytes === null) continue;
    files += 1;
    totalBytes += sizeBytes;
    const transfer = transfers.get(id);
    if (transfer === undefined) continue;
    const done = Math.min(transfer.doneBytes, sizeBytes);
    doneBytes += done;
    rate += bytesPerSecond(transfer);
    if (sizeBytes - done > largest.left) largest = { left: sizeBytes - done, path: command.path };
  }
  if (files === 0) return null;
  if (rate === 0) rate = rateOf(flow);
  const figures = [
    `${flow.files} of ${flow.files + files} ${flow.files + files === 1 ? 'file' : 'files'}`,
    `${shortAmount(doneBytes)} of ${shortAmount(totalBytes)}`,
    `${shortAmount(Math.round(rate))}/s`,
    `ETA ${clockTime(remainingSeconds(doneBytes, totalBytes, rate))}`,
  ];
  return withName(figures, largest.path, screen);
}

/** The end of a path says most. A terminal that knows no other letters gets `?` for them. */
function withName(all: readonly string[], path: string, { columns, characters }: Screen): string {
  const figures = all.join(separator);
  // The last column stays free: a terminal goes on to the next line behind it.
  const width = Math.max(0, columns - 1);
  const room = width - figures.length - separator.length;
  const name = characters === 'ascii' ? escapeText(path).replace(/[^ -~]+/g, '?') : escapeText(path);
  const shown = path === '' || room < 8 ? '' : lastColumns(name, room, characters === 'ascii' ? '...' : '…');
  return shown === '' ? whole(all, width) : figures + separator + shown;
}

/** As many figures as there is room for: half of one tells nothing. */
function whole(figures: readonly string[], width: number): string {
  const counts = figures.map((_, index) => figures.length - index);
  const fitting = counts.map((count) => figures.slice(0, count).join(separator));
  return fitting.find((text) => text.length <= width) ?? firstColumns(figures[0] ?? '', width);
}

const separator = ' | ';

function rateOf({ bytes, begunAt, endedAt }: Flow): number {
  return begunAt === null || endedAt <= begunAt ? 0 : bytes / ((endedAt - begunAt) / 1000);
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
