/** The log as a maintainer reads it: the picture of all of it, the list of events, and the details of the one at the cursor. */
import { useEffect } from 'preact/hooks';
import { EventList } from './event-list.tsx';
import { followKeys } from './keys.ts';
import { MomentView } from './moment.tsx';
import { Scrubber } from './scrubber.tsx';

export const TimelineView = () => {
  useEffect(followKeys, []);
  return (
    <div class="timeline">
      <h1 class="unseen">Timeline</h1>
      <Scrubber />
      <div class="timeline-columns">
        <EventList />
        <div class="details" aria-live="off">
          <MomentView />
        </div>
      </div>
    </div>
  );
};
