/** The log as a maintainer reads it: the picture of all of it, the list of events, and the details of the one at the cursor. */
import { useEffect } from 'preact/hooks';
import { Details } from './details.tsx';
import { EventList } from './event-list.tsx';
import { followKeys } from './keys.ts';
import { followPattern } from './matches.ts';
import { Scrubber } from './scrubber.tsx';

export const TimelineView = () => {
  useEffect(followKeys, []);
  useEffect(followPattern, []);
  return (
    <div class="timeline">
      <h1 class="unseen">Timeline</h1>
      <Scrubber />
      <div class="timeline-columns">
        <EventList />
        <Details />
      </div>
    </div>
  );
};
