/**
 * Secrets as files, one each, mode 0600 in folders of mode 0700. A file is replaced, never rewritten: a crash at any step
 * leaves the old text or the new one.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FailureCode, Secrets } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { makeFolders } from '@tidemark/folders';

const textMaxBytes = 64 * 1024;
const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

/**
 * The places below `folder`, one for each plugin. `what`: how failures call a text in them.
 *
 * @example createHost({ plugins, secrets: createSecretFiles('/home/ada/.config/onedrive/tidemark/secrets'), ...ports })
 */
export function createSecretFiles(folder: string, what = 'secret'): (plugin: string) => Secrets {
  return (plugin) => {
    const place = join(folder, checked(plugin));
    const pathOf = (name: string): string => join(place, checked(name));
    return {
      read: (name) => attempt(`read the ${what} "${name}"`, () => readPrivate(pathOf(name))),
      write: (name, text) =>
        attempt(`keep the ${what} "${name}"`, async () => {
          if (Buffer.byteLength(text) > textMaxBytes) throw new RangeError('it is larger than 64 KiB');
          makeFolders(place, 0o700);
          await replace(place, pathOf(name), text);
        }),
      remove: (name) => attempt(`remove the ${what} "${name}"`, () => rm(pathOf(name), { force: true })),
      digest,
      matches: matchesDigest,
    };
  };
}

/** Whether the text is the one with this digest, in a time that does not tell how near it comes. */
export function matchesDigest(text: string, expected: string): boolean {
  const one = Buffer.from(digest(text));
  const other = Buffer.from(expected);
  return one.length === other.length && timingSafeEqual(one, other);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Names become file names. */
function checked(name: string): string {
  if (/^[a-z][a-z0-9-]{0,63}$/.test(name)) return name;
  throw new RangeError(`Cannot name a secret "${name}": use lower-case letters, digits and dashes`);
}

async function readPrivate(path: string): Promise<string | null> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) throw new RangeError('others can read its file');
    if (size > textMaxBytes) throw new RangeError('its file is larger than 64 KiB');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function replace(place: string, path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const directory = await open(place, O_RDONLY | O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function attempt<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = codes.get(codeOf(error)) ?? 'diskDenied';
    // Paths and system errors only: the text itself is in none of them.
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure({ code, detail: `Cannot ${action}: ${why}` }, { cause: error });
  }
}

const codes: ReadonlyMap<string, FailureCode> = new Map(
  Object.entries<FailureCode>({
    ENOSPC: 'diskFull',
    // EDQUOT, which Node has no name for.
    'Unknown system error -122': 'diskFull',
    EIO: 'diskFault',
    EROFS: 'diskReadOnly',
  }),
);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
