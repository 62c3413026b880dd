/** Why the drive had not told of what a look found: its notification was lost, or there was no subscription to any. */
import type { Event } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import type { State } from '../../fold/state.ts';

/** Asked before the event is folded. Null when it was told of, and when nothing was to tell of it. */
export function unannounced({ remote, subscription, started, at }: State, event: Event): string | null {
  if (event.type !== 'RemoteSeen' || remote.look.command?.reason.rule !== 'look-due') return null;
  if ((started?.policy.pace.subscription ?? null) === null) return null;
  const { id, expiresAt, failure } = subscription.activity;
  const isHeld = id !== null && (expiresAt === null || at < expiresAt);
  const why = isHeld
    ? 'although the subscription to changes of the drive was alive: its notification did not arrive'
    : `since the subscription to changes of the drive had ended${failure === null ? '' : `: ${failure.detail}`}`;
  return `Nothing had told of it, ${why}. It was found because ${ruleTexts['look-due']}`;
}
