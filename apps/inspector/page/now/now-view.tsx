/** What the owner of the files wants to know: is all well, what is going on, what needs me, what was done last. */
import type { Now } from '../../src/protocol.ts';
import { now, overview } from '../log.ts';
import { Meter, Panel, Path } from '../parts/text.tsx';
import { count, plural } from '../words.ts';
import { Order } from './actions.tsx';
import { ActivityList } from './activity-list.tsx';
import { ChangesDialog, ChangesOutcome } from './changes.tsx';
import { NeedsYou } from './needs-you.tsx';
import { Sides } from './sides.tsx';

export const NowView = () => {
  const known = now.value;
  if (known === null) return <Reading />;
  const { status, activity, room, headline, tone, detail } = known;
  return (
    <div class="now">
      <section class={`headline tone-${tone}`} aria-label="State">
        <span class="headline-mark" aria-hidden="true" />
        <div>
          <h1>
            <bdi>{headline}</bdi>
          </h1>
          {detail === '' ? null : (
            <p>
              <bdi>{detail}</bdi>
            </p>
          )}
          {known.orders.length === 0 ? null : (
            <div class="orders">
              <Order name="look" now={known} />
              <Order name="pause" now={known} />
              <Order name="resume" now={known} />
            </div>
          )}
        </div>
        <Figures status={status} />
      </section>
      <ChangesOutcome />
      <ChangesDialog />
      <Bundle />
      <div class="now-columns">
        <div class="column">
          <NeedsYou now={known} />
          <UnderWay status={status} />
          <Panel
            title="Recent changes"
            aside={activity.length === 0 ? undefined : `the last ${activity.length}`}
          >
            <TerminalOnly now={known} />
            <ActivityList now={known} />
          </Panel>
        </div>
        <div class="column column-narrow">
          <Sides status={status} />
          {room === null ? null : (
            <Panel title="Room">
              <Meter label="Trash" filling={room.trash} />
              <Meter label="Event log" filling={room.log} />
            </Panel>
          )}
        </div>
      </div>
    </div>
  );
};

/** Without a monitor nobody is there to make changes. */
const TerminalOnly = ({ now: { activity, conflicts, makesChanges } }: { readonly now: Now }) => {
  const offers = conflicts.length > 0 || activity.some(({ isUndoable }) => isUndoable);
  if (makesChanges || !offers || overview.value?.source.kind !== 'live') return null;
  return (
    <p class="quiet">
      No monitor runs that could change anything from here: the commands do it in a terminal.
    </p>
  );
};

/** What a bundle says of itself. */
const Bundle = () => {
  const about = overview.value?.source.about ?? [];
  if (about.length === 0) return null;
  return (
    <Panel title="What this bundle is">
      {about.slice(0, 12).map((line, index) => (
        <p key={index}>
          <bdi>{line}</bdi>
        </p>
      ))}
    </Panel>
  );
};

const Reading = () => {
  const reading = overview.value?.reading;
  return (
    <div class="now">
      <section class="headline tone-quiet" aria-label="State">
        <span class="headline-mark" aria-hidden="true" />
        <div>
          <h1>Reading the log</h1>
          <p>
            {reading == null
              ? 'A moment'
              : `${count(reading.events)} of ${count(reading.of)} events. The timeline can be used already`}
          </p>
        </div>
      </section>
    </div>
  );
};

const Figures = ({ status }: { readonly status: Now['status'] }) => (
  <dl class="figures">
    <div>
      <dt>Items</dt>
      <dd>{count(status.items)}</dd>
    </div>
    <div>
      <dt>In sync</dt>
      <dd>{count(status.atRest)}</dd>
    </div>
    <div>
      <dt>Events</dt>
      <dd>{count(status.seq)}</dd>
    </div>
  </dl>
);

const UnderWay = ({ status: { daemon } }: { readonly status: Now['status'] }) => {
  if (daemon === null || daemon.underWayCount === 0) return null;
  return (
    <Panel title="Under way" aside={plural(daemon.underWayCount, 'command')}>
      <ul class="lines">
        {daemon.underWay.slice(0, 8).map(({ type, path, doneBytes, totalBytes }) => (
          <li key={`${type} ${path}`}>
            <span class="tag">{type}</span>
            <Path path={path} />
            {doneBytes !== null && totalBytes !== null ? (
              <progress aria-label={`Progress of ${path}`} max={Math.max(totalBytes, 1)} value={doneBytes} />
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
};
