/** What was done, newest first, why, and the command that takes it back. */
import type { Activity } from '../../src/protocol.ts';
import { addressOf, chooseCursor } from '../address.ts';
import { Command, Seq, Time } from '../parts/text.tsx';
import { dayAndTime } from '../words.ts';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const ActivityList = ({ activity }: { readonly activity: readonly Activity[] }) => {
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
            {one.undo === null ? null : <Command text={one.undo} />}
          </div>
        </li>
      ))}
    </ol>
  );
};
