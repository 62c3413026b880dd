/** What was done, newest first, why, and what takes it back. */
import type { Now } from '../../src/protocol.ts';
import { addressOf, chooseCursor } from '../address.ts';
import { Command, Seq, Time } from '../parts/text.tsx';
import { dayAndTime } from '../words.ts';
import { WishButton } from './changes.tsx';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const ActivityList = ({ now: { activity, makesChanges } }: { readonly now: Now }) => {
  if (activity.length === 0) return <p class="empty">Nothing was changed on either side yet.</p>;
  return (
    <ol class="activity">
      {activity.map((one) => (
        <li key={one.seq} class={one.isFailed ? 'is-failed' : ''}>
          <span class="activity-time" title={dayAndTime(one.at)}>
            <Time at={one.at} />
          </span>
          <div>
            <p class="activity-what">
              <a
                href={addressOf({ view: 'timeline', seq: one.seq, item: one.item, show: 'item' })}
                onClick={() => chooseCursor(one.seq)}
              >
                <bdi>{capital(one.wish)}</bdi>
              </a>
            </p>
            <p class="activity-why">
              <bdi>{capital(one.why)}.</bdi> <bdi>{one.outcome}</bdi> <Seq seq={one.seq} />
            </p>
            {!one.isUndoable ? null : makesChanges ? (
              <WishButton wish={{ type: 'undo', seq: one.seq }} about={one.wish}>
                Undo
              </WishButton>
            ) : (
              <Command text={`tidemark undo --seq ${one.seq}`} />
            )}
          </div>
        </li>
      ))}
    </ol>
  );
};
