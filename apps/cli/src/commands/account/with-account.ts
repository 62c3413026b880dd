/** For commands that ask or change the account beside syncing. They run beside a monitor: no lock, no log, no sync folder. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { DriveInfo, RemoteRow } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Account } from '@tidemark/daemon';
import { UnfitArgument } from '@tidemark/daemon';
import type { CommandContext } from '../../context.ts';
import { logIn } from '../../log-in.ts';
import { accountOf } from '../../open.ts';
import { withinRoot } from '../../within-root.ts';

/** Logs in where no user is logged in. A dry run does not. */
export async function withAccount<Result>(
  context: CommandContext,
  use: (account: Account) => Promise<Result>,
): Promise<Result> {
  const { dry_run: isDry } = context.profile.settings;
  const account = accountOf(context, { rotation: isDry ? 'kept' : 'written' });
  try {
    if (!(await account.login.isStored())) {
      if (isDry)
        throw new Failure({
          code: 'loginRequired',
          detail: 'Cannot ask the drive: no user is logged in, and a dry run does not log in',
        });
      await logIn(context, account.login);
    }
    return await use(account);
  } finally {
    await account.close();
  }
}

/**
 * A path as typed, below `sync_dir` and so below the root of the drive.
 *
 * @throws UnfitArgument when it leads out of it, or is the root itself
 */
export function drivePath({ profile }: CommandContext, typed: string, what: string): string {
  const path = withinRoot(typed, profile.settings.sync_dir);
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..'))
    throw new UnfitArgument(`${what} takes a path below sync_dir, and "${typed}" leads out of it`);
  if (names.length === 0)
    throw new UnfitArgument(`${what} takes a path below sync_dir, and "${typed}" is sync_dir itself`);
  return names.join('/');
}

/** What is online at the path, asked name by name; null: nothing. Throws Failure. */
export async function findOnline(
  { drive }: Account,
  { rootId }: DriveInfo,
  path: string,
): Promise<RemoteRow | null> {
  let found: RemoteRow | null = null;
  for (const name of path.split('/')) {
    found = await drive.child(found?.id ?? rootId, name);
    if (found === null) return null;
  }
  return found;
}

export function isOnDisk({ profile }: CommandContext, path: string): boolean {
  return lstatSync(join(profile.settings.sync_dir, path), { throwIfNoEntry: false }) !== undefined;
}
