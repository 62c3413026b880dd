/** The way of a notification, hop by hop. */
import { Failure } from '@tidemark/contracts';
import type { Account } from '@tidemark/daemon';
import { logFolder, secretsFolder, webhookSetting } from '@tidemark/daemon';
import { lockHolderAt } from '@tidemark/disk';
import { examine, judge, type Finding } from '@tidemark/doctor';
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import type { CommandContext } from '../context.ts';
import { clock, random } from '../open.ts';

export async function examineWebhook(
  { profile }: CommandContext,
  account: Account,
  live: 'yes' | 'no',
): Promise<readonly Finding[]> {
  const facts = await examine({
    setting: webhookSetting(profile.settings),
    secrets: createSecretFiles(secretsFolder(profile))('webhook'),
    listen: createHttpListen(),
    ...{ clock, random, root: '/' },
    notifications: (await isLoggedIn(account)) ? account.notifications : null,
    refusal: null,
    change: live === 'yes' ? () => change(account) : null,
    signal: new AbortController().signal,
    runningPid: lockHolderAt(`${logFolder(profile)}/log/LOCK`),
  });
  return judge(facts);
}

/** A login that cannot be used is told of by the check of the login. */
async function isLoggedIn({ login }: Account): Promise<boolean> {
  try {
    return await login.isStored();
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** An empty folder that goes to the recycle bin at once. */
async function change({ drive }: Account): Promise<void> {
  const { rootId } = await drive.info();
  const { row } = await drive.createFolder(rootId, `.tidemark-doctor-${random.uuid().slice(0, 8)}`);
  await drive.delete(row.id, row.eTag);
}
