/** Walks the way of a notification as `doctor webhook` does, but for what needs an account: that was tried a moment ago. */
import type { Clock, Random } from '@tidemark/contracts';
import { createHttpListen } from '@tidemark/listener';
import { createSecretFiles } from '@tidemark/secrets';
import type { Profile } from '../profile.ts';
import { secretsFolder } from '../profile.ts';
import { webhookSetting } from '../webhook-setting.ts';
import type { FindHop } from './hop-watch.ts';

export function createFindHop(profile: Profile, clock: Clock, random: Random): FindHop {
  const secrets = createSecretFiles(secretsFolder(profile))('webhook');
  return async (refusal, signal) => {
    const { examine, firstFailure, isBeingExamined, judge } = await import('@tidemark/doctor');
    // Two at a time would not know whose call is answered, and the examination that is under way already tells its user what there is to see.
    if (await isBeingExamined(secrets, clock)) return null;
    const facts = await examine({
      ...{ secrets, clock, random, refusal, signal, root: '/' },
      setting: webhookSetting(profile.settings),
      listen: createHttpListen(),
      ...{ notifications: null, change: null, runningPid: process.pid },
    });
    return signal.aborted ? null : firstFailure(judge(facts));
  };
}
