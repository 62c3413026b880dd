/** One item: how it stands, its three entries at the cursor, and its whole story, any line of which moves the cursor. */
import type { ItemAt, ItemStory } from '../../src/protocol.ts';
import { chooseCursor, item, pattern } from '../address.ts';
import { overview } from '../log.ts';
import { Path, Seq } from '../parts/text.tsx';
import { useAnswer } from '../parts/use-answer.ts';
import { dayAndTime } from '../words.ts';
import { Entries } from './entries.tsx';

export const ItemView = ({ seq }: { readonly seq: number }) => {
  const id = item.value;
  if (id === null)
    return (
      <p class="empty">
        No item is chosen. Choose one in the details of an event, or search for its path (<kbd>/</kbd>).
      </p>
    );
  return <Shown id={id} seq={seq} />;
};

const standings: ReadonlyMap<string, string> = new Map([
  ['atRest', 'in sync'],
  ['gone', 'gone'],
  ['unknown', 'not known'],
]);

const Shown = ({ id, seq }: { readonly id: number; readonly seq: number }) => {
  const at = useAnswer<ItemAt>('item', { id, seq }).answer.value;
  const story = useAnswer<ItemStory>('story', { id, last: overview.value?.last });
  const told = story.answer.value?.item === id ? story.answer.value : null;
  const isOnly = pattern.value === `item:${id}`;
  return (
    <article class="moment">
      <header class="item-head">
        <div>
          <h2>
            <Path path={at?.path ?? told?.path ?? `item ${id}`} />
          </h2>
          <p class="moment-when">
            {told === null
              ? 'reading its story …'
              : `Now ${standings.get(told.standing) ?? told.standing}: ${told.detail}`}
          </p>
          {told?.remedy == null ? null : <p class="remedy">{told.remedy}</p>}
          {told?.waysBack.map((line) => (
            <p class="remedy" key={line}>
              <bdi>{line}</bdi>
            </p>
          ))}
        </div>
        <button
          type="button"
          aria-pressed={isOnly}
          onClick={() => {
            pattern.value = isOnly ? '' : `item:${id}`;
          }}
        >
          Only its events
        </button>
      </header>
      <h3>
        At event <Seq seq={seq} />
        {at === null
          ? ''
          : at.path === null
            ? ', it was not known'
            : at.isAtRest
              ? ', it was in sync'
              : ', it was not in sync'}
      </h3>
      {at === null || at.path === null ? null : <Entries entries={at.entries} />}
      {at?.underWay == null ? null : (
        <p>
          Under way then: <bdi>{at.underWay}</bdi>
        </p>
      )}
      {told?.lastDecision == null ? null : <LastDecision decision={told.lastDecision} />}
      <h3>Its story</h3>
      {story.problem.value === '' ? null : <p class="empty">{story.problem.value}</p>}
      <ol class="story">
        {told?.entries.map((entry) => (
          <li key={entry.seq} class={entry.seq === seq ? 'is-here' : entry.seq > seq ? 'is-later' : ''}>
            <button type="button" class="plain" onClick={() => chooseCursor(entry.seq)}>
              #{entry.seq}
            </button>
            <div>
              <bdi>{entry.sentence}</bdi>
              <span class="quiet"> {dayAndTime(entry.at)}</span>
            </div>
          </li>
        ))}
      </ol>
    </article>
  );
};

const LastDecision = ({ decision }: { readonly decision: NonNullable<ItemStory['lastDecision']> }) => (
  <section class="card" aria-label="Last decision">
    <p class="card-title">
      <bdi>Decided last: {decision.wish}</bdi>
    </p>
    <dl class="facts">
      <div>
        <dt>Why</dt>
        <dd>
          {decision.ruleText} <span class="quiet">({decision.rule})</span>
        </dd>
      </div>
      {decision.causes.map(({ seq, text }) => (
        <div key={seq}>
          <dt>Cause</dt>
          <dd>
            <Seq seq={seq} /> <bdi>{text}</bdi>
          </dd>
        </div>
      ))}
      <div>
        <dt>Outcome</dt>
        <dd>
          <bdi>{decision.outcome ?? 'none yet'}</bdi>
        </dd>
      </div>
    </dl>
  </section>
);
