/** What the author of a plugin wants to know: what it said, what it ended, how long that took, what failed, and what waited. */
import type { CommandFigures, PluginFigures, Plugins } from '../../src/protocol.ts';
import { addressOf, pattern } from '../address.ts';
import { now, overview } from '../log.ts';
import { Panel, Seq } from '../parts/text.tsx';
import { useAnswer } from '../parts/use-answer.ts';
import { Bars } from '../timeline/bars.tsx';
import { chosen } from '../timeline/range.ts';
import { count, dayAndTime, plural, span } from '../words.ts';

export const PluginsView = () => {
  const known = overview.value;
  const range = chosen.value;
  const from = range?.from ?? known?.firstAt ?? 0;
  const to = range?.to ?? known?.lastAt ?? 0;
  const { answer } = useAnswer<Plugins>(
    'plugins',
    known === null
      ? null
      : { from: Math.floor(from), to: Math.ceil(to), read: known.reading?.events ?? known.last },
  );
  const told = answer.value;
  return (
    <div class="now">
      <section class="headline" aria-label="Plugins">
        <div>
          <h1>Plugins</h1>
          <p>
            {dayAndTime(from)} to {dayAndTime(to)}
            {range === null ? ', all of the log' : ', as the timeline shows it'}. A time is from the decision
            to the outcome, waiting included: the log does not know when a handler began.
          </p>
        </div>
      </section>
      {told === null ? (
        <p class="empty">…</p>
      ) : (
        <>
          <Queue queue={told.queue} from={told.from} to={told.to} />
          <div class="plugin-cards">
            {told.plugins.map((plugin) => (
              <Plugin key={plugin.name} plugin={plugin} />
            ))}
          </div>
        </>
      )}
    </div>
  );
};

const Queue = ({
  queue,
  from,
  to,
}: {
  readonly queue: Plugins['queue'];
  readonly from: number;
  readonly to: number;
}) => (
  <Panel title="Commands that wait or are under way" aside={`at most ${count(queue.most)} at once`}>
    <Bars
      density={{ axis: 'time', from, to, seqs: [...queue.counts, 0], lanes: [], failed: [], decided: [] }}
      layers={[{ values: queue.counts, color: '--bar' }]}
      height={110}
      hasAxis
    />
  </Panel>
);

const Plugin = ({ plugin }: { readonly plugin: PluginFigures }) => {
  const { name, events, byType, done, failed, failures, retries, times, commands } = plugin;
  const remote = now.value?.status.daemon?.remotePlugins.find((one) => one.name === name);
  return (
    <section class="panel" aria-label={`Plugin ${name}`}>
      <header>
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <a
          class="aside"
          href={addressOf({ view: 'timeline' })}
          onClick={() => {
            pattern.value = `plugin:${name}`;
          }}
        >
          {plural(events, 'event')}
        </a>
      </header>
      {remote === undefined ? null : (
        <p class="why">
          In another process, {remote.state}
          {remote.commands === 0 ? '' : `; ${plural(remote.commands, 'command')} with it`}
          {remote.lastFault === null ? '' : `; its last fault: ${remote.lastFault}`}
        </p>
      )}
      {times === null ? null : (
        <dl class="figures plugin-figures">
          <Figure title="done" value={count(done)} />
          <Figure title="failed" value={count(failed)} isBad={failed > 0} />
          <Figure title="retried" value={count(retries)} />
          <Figure title="median" value={span(times.median)} />
          <Figure title="95 % within" value={span(times.most)} />
        </dl>
      )}
      {commands.length === 0 ? null : <Commands commands={commands} />}
      {failures.length === 0 ? null : (
        <p class="is-failed">
          Failures: {failures.map(([code, times_]) => `${code} × ${times_}`).join(', ')}
        </p>
      )}
      {times === null || times.longest === 0 ? null : (
        <p class="why">
          The longest took {span(times.longest)}: <Seq seq={times.longestSeq} />
        </p>
      )}
      <p class="why types">{byType.map(([type, times_]) => `${type} × ${count(times_)}`).join(' · ')}</p>
    </section>
  );
};

const Figure = ({
  title,
  value,
  isBad = false,
}: {
  readonly title: string;
  readonly value: string;
  readonly isBad?: boolean;
}) => (
  <div>
    <dt>{title}</dt>
    <dd class={isBad ? 'is-failed' : ''}>{value}</dd>
  </div>
);

const Commands = ({ commands }: { readonly commands: readonly CommandFigures[] }) => (
  <div class="table-box">
    <table class="entries numbers">
      <thead>
        <tr>
          <th scope="col">Command</th>
          <th scope="col">done</th>
          <th scope="col">failed</th>
          <th scope="col">median</th>
          <th scope="col">95 %</th>
        </tr>
      </thead>
      <tbody>
        {commands.map(({ type, done, failed, median, most }) => (
          <tr key={type}>
            <th scope="row">{type}</th>
            <td>{count(done)}</td>
            <td class={failed > 0 ? 'is-failed' : ''}>{count(failed)}</td>
            <td>{span(median)}</td>
            <td>{span(most)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
