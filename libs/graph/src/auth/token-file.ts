/**
 * The `refresh_token` file: the raw token and nothing else, mode 0600, shared with abraunegg/onedrive so that users can
 * switch back and forth. It is replaced, never rewritten in place: a crash at any step leaves the old token or the new one.
 */
import { constants } from 'node:fs';
import { lstat, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, type FailureCode } from '@tidemark/contracts';
import { claimFile, type Release } from './token-claim.ts';

export interface TokenStore {
  /** Where a person finds it. */
  readonly path: string;
  /** Null when there is none; empty when the file is there but empty. */
  read(): Promise<string | null>;
  /** Resolves when the token is durable. */
  write(token: string): Promise<void>;
  remove(): Promise<void>;
  /** For as long as the token is replaced. null: another process, or another login of this one, has it. */
  claim(): Promise<Release | null>;
}

/** The steps of a replacement, each a place where a machine can stop. */
export interface TokenFileSteps {
  /** A new file that only the owner can read; fails when there is one. */
  create(path: string): Promise<FileHandle>;
  write(file: FileHandle, text: string): Promise<void>;
  sync(file: FileHandle): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

export interface TokenFileOptions {
  readonly path: string;
  /** `kept`: rotated tokens are not written (dry runs). */
  readonly rotation?: 'written' | 'kept';
  /** Told once of a file that others could read, which becomes the owner's alone. With `kept`, and where nothing is told, it stays as it is. */
  readonly warn?: (line: string) => void;
  readonly steps?: TokenFileSteps;
}

const tokenMaxBytes = 64 * 1024;

export const realTokenFileSteps: TokenFileSteps = {
  create: (path) =>
    open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600),
  write: (file, text) => file.writeFile(text, 'utf8'),
  sync: (file) => file.sync(),
  rename,
  unlink,
  syncDirectory: async (path) => {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};

export function createTokenFile(options: TokenFileOptions): TokenStore {
  const { path } = options;
  const steps = options.steps ?? realTokenFileSteps;
  const temporary = join(dirname(path), '.refresh_token.new');
  const lock = join(dirname(path), '.refresh_token.lock');
  let isTold = false;
  return {
    path,
    claim: async () => {
      try {
        return await claimFile(lock, options.rotation === 'kept' ? 'found' : 'made');
      } catch (error) {
        // Where no file can be made, no token is replaced either.
        if (['EACCES', 'EROFS', 'ENOENT'].includes(codeOf(error))) return () => undefined;
        throw asFailure(`Cannot keep the login in "${path}"`, error);
      }
    },
    read: () =>
      readPrivate(path, async (file, mode) => {
        if (options.warn === undefined || isTold) return;
        const isMended = options.rotation !== 'kept' && (await isPrivateNow(file));
        isTold = true;
        const could = `WARNING: Others could read the login in "${path}" (mode 0${mode.toString(8)})`;
        options.warn(
          isMended ? `${could}; only its owner can now (mode 0600)` : `${could}; run: chmod 600 "${path}"`,
        );
      }),
    write: async (token) => {
      if (options.rotation === 'kept') return;
      try {
        await refuseLink(path);
        // Left behind by an attempt that died; never a token that was in use.
        await steps.unlink(temporary).catch(ignoreMissing);
        const file = await steps.create(temporary);
        try {
          await steps.write(file, token);
          await steps.sync(file);
        } finally {
          await file.close();
        }
        await steps.rename(temporary, path);
        await steps.syncDirectory(dirname(path));
      } catch (error) {
        throw asFailure(`Cannot keep the login in "${path}"`, error);
      }
    },
    remove: async () => {
      try {
        await steps.unlink(path).catch(ignoreMissing);
        await steps.syncDirectory(dirname(path));
      } catch (error) {
        throw asFailure(`Cannot remove the login "${path}"`, error);
      }
    },
  };
}

/** Another user's file cannot be mended; it is used nevertheless, as the peer does. */
async function isPrivateNow(file: FileHandle): Promise<boolean> {
  try {
    await file.chmod(0o600);
    return true;
  } catch (error) {
    if (['EPERM', 'EROFS', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error))) return false;
    throw error;
  }
}

async function readPrivate(
  path: string,
  onOpenToOthers: (file: FileHandle, mode: number) => Promise<void>,
): Promise<string | null> {
  const action = `Cannot use the login in "${path}"`;
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (codeOf(error) === 'ELOOP') throw denied(action, 'it is a symbolic link; put the file itself there');
    throw asFailure(action, error);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw denied(action, 'it is not a file');
    const mode = stat.mode & 0o777;
    if ((mode & 0o077) !== 0) await onOpenToOthers(file, mode);
    if (stat.size > tokenMaxBytes) throw denied(action, `it has ${stat.size} bytes, which no token has`);
    const text = await file.readFile('utf8');
    return text.trim();
  } catch (error) {
    throw asFailure(action, error);
  } finally {
    await file.close();
  }
}

async function refuseLink(path: string): Promise<void> {
  const stat = await lstat(path).catch(ignoreMissing);
  if (stat?.isSymbolicLink() === true)
    throw denied(`Cannot keep the login in "${path}"`, 'it is a symbolic link');
}

function denied(action: string, why: string): Failure {
  return new Failure({ code: 'diskDenied', detail: `${action}: ${why}` });
}

const codes: ReadonlyMap<string, FailureCode> = new Map(
  Object.entries<FailureCode>({
    ENOSPC: 'diskFull',
    EDQUOT: 'diskFull',
    EACCES: 'diskDenied',
    EPERM: 'diskDenied',
    EROFS: 'diskReadOnly',
  }),
);

function asFailure(action: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  return new Failure(
    { code: codes.get(code) ?? 'diskFault', detail: `${action}: ${code === '' ? String(error) : code}` },
    { cause: error },
  );
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return '';
  return error.code === overQuota ? 'EDQUOT' : error.code;
}

/** What Node says of EDQUOT, which it has no name for. */
const overQuota = 'Unknown system error -122';
