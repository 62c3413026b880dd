/** Files with the seed of an nkey: what a NATS server knows a user by. The seed never leaves its file but to sign. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { nkeys } from 'nats';
import { BusError } from './bus-error.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
const SEED_BYTES_MAX = 4096;

/**
 * The public key of the seed in the file, for the configuration of the server. Makes both when there is no file yet.
 * Throws BusError `badCredentials`.
 */
export async function publicNkeyOf(path: string): Promise<string> {
  const made = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return null;
    throw unusable(path, messageOf(cause), cause);
  });
  if (made === null) return publicKeyOf(await readSeed(path)) ?? '';
  try {
    const pair = nkeys.createUser();
    await made.writeFile(`${new TextDecoder().decode(pair.getSeed())}\n`);
    await made.sync();
    return pair.getPublicKey();
  } finally {
    await made.close();
  }
}

/** Throws BusError `badCredentials`. */
export async function readSeed(path: string): Promise<Uint8Array> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW).catch((cause: unknown) => {
    throw unusable(path, messageOf(cause), cause);
  });
  try {
    return await seedIn(file, path);
  } finally {
    await file.close();
  }
}

async function seedIn(file: FileHandle, path: string): Promise<Uint8Array> {
  const { mode, size } = await file.stat();
  if ((mode & 0o077) !== 0) throw unusable(path, 'others can read it; its mode must be 0600');
  if (size > SEED_BYTES_MAX) throw unusable(path, 'it is too large for a seed');
  const text = await file.readFile('utf8');
  const line = text.split('\n').find((one) => one.startsWith('SU'));
  if (line === undefined) throw unusable(path, 'it holds no seed of a user, which begins with SU');
  const seed = new TextEncoder().encode(line.trim());
  if (publicKeyOf(seed) === null) throw unusable(path, 'its seed is damaged');
  return seed;
}

/** null: no seed of a user. What the library says about it could show a part of it, so that is left aside. */
function publicKeyOf(seed: Uint8Array): string | null {
  try {
    return nkeys.fromSeed(seed).getPublicKey();
  } catch {
    return null;
  }
}

export const unusable = (path: string, why: string, cause?: unknown): BusError =>
  new BusError('badCredentials', `Cannot use "${path}": ${why}`, { cause });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
