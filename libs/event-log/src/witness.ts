/**
 * The head witness: what the log's end must be, kept outside the log's own files, because LevelDB opens without a word
 * after it dropped records.
 *
 * The file has two slots of one sector each, written in turn and synchronously: a write that is cut short spoils one
 * slot and leaves the one before. Overwriting in place changes no metadata, so it costs one flush, where a new file and
 * a rename cost three.
 */
import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';

const SLOT_BYTES = 512;
const { O_CREAT, O_DSYNC, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC } = constants;

/** Where the log ends. */
export interface Position {
  readonly head: Seq;
  /** Chain hash of the last batch. */
  readonly chain: Buffer;
  /** Number of the commit that wrote the last batch. */
  readonly commit: number;
}

export interface Witness {
  write(position: Position): Promise<void>;
  /** Reads back what is kept. */
  read(): Promise<WitnessReading>;
  close(): Promise<void>;
}

export type WitnessReading =
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable'; readonly detail: string }
  | { readonly state: 'found'; readonly position: Position };

/** Reads the witness without keeping it open. */
export async function readWitness(path: string): Promise<WitnessReading> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return { state: 'missing' };
  try {
    return await readSlots(file);
  } finally {
    await file.close();
  }
}

/** Makes the file, with both slots at `position`: whole or not at all. */
export async function createWitness(path: string, position: Position): Promise<Witness> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, O_RDWR | O_CREAT | O_TRUNC | O_DSYNC | O_NOFOLLOW, 0o600);
  try {
    const slots = Buffer.alloc(2 * SLOT_BYTES);
    slotText(position).copy(slots, 0);
    slotText(position).copy(slots, SLOT_BYTES);
    await file.write(slots, 0, slots.length, 0);
    await file.sync();
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    // Left open, it would end the process when its memory is taken back.
    await file.close();
    throw error;
  }
  return witnessOn(file);
}

export const openWitness = async (path: string): Promise<Witness> =>
  witnessOn(await open(path, O_RDWR | O_DSYNC | O_NOFOLLOW));

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, O_RDONLY);
  await handle.sync().finally(() => handle.close());
}

function witnessOn(file: FileHandle): Witness {
  return {
    async write(position) {
      const slot = slotText(position);
      const { bytesWritten } = await file.write(slot, 0, SLOT_BYTES, (position.commit % 2) * SLOT_BYTES);
      if (bytesWritten !== SLOT_BYTES) throw new Error('ENOSPC: the head witness was written in part');
    },
    read: () => readSlots(file),
    close: () => file.close(),
  };
}

async function readSlots(file: FileHandle): Promise<WitnessReading> {
  const bytes = Buffer.alloc(2 * SLOT_BYTES);
  await file.read(bytes, 0, bytes.length, 0);
  const positions = [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES)]
    .map(parseSlot)
    .filter((position) => position !== undefined)
    .sort((one, other) => other.commit - one.commit);
  const [newest] = positions;
  if (newest === undefined)
    return { state: 'unreadable', detail: 'neither slot of the head witness is whole' };
  return { state: 'found', position: newest };
}

function slotText({ head, chain, commit }: Position): Buffer {
  const facts = `head ${head} commit ${commit} chain ${chain.toString('hex')}`;
  return Buffer.from(`${facts} check ${hash('sha256', facts)}`.padEnd(SLOT_BYTES - 1) + '\n');
}

/** A slot counts only when it is, byte for byte, what we would have written. */
function parseSlot(bytes: Buffer): Position | undefined {
  const match = /^head (\d+) commit (\d+) chain ([0-9a-f]{64}) /.exec(bytes.toString('latin1'));
  if (match === null) return undefined;
  const position = {
    head: seq(Number(match[1])),
    commit: Number(match[2]),
    chain: Buffer.from(match[3] ?? '', 'hex'),
  };
  return slotText(position).equals(bytes) ? position : undefined;
}
