/** The event at the cursor: what it says, what it changed, what it decided or ended. */
import type { CommandShown, ItemChange, Moment } from '../../src/protocol.ts';
import { addressOf } from '../address.ts';
import { Path, Seq } from '../parts/text.tsx';
import { useAnswer } from '../parts/use-answer.ts';
import { count, dayAndTime, plural, span } from '../words.ts';
import { Entries } from './entries.tsx';

export const MomentView = ({ seq }: { readonly seq: number }) => {
  const { answer, problem } = useAnswer<Moment>('moment', { seq });
  if (problem.value !== '') return <p class="empty">{problem.value}</p>;
  if (answer.value === null) return <p class="empty">…</p>;
  return <Shown moment={answer.value} />;
};

const Shown = ({ moment }: { readonly moment: Moment }) => {
  const { row, changes, commands, event } = moment;
  return (
    <article class={`moment kind-${row.kind}`}>
      <header>
        <h2>
          <span class="moment-seq">#{row.seq}</span> {row.type}
        </h2>
        <p class="moment-when">
          {dayAndTime(row.at)}
          {row.gap === null ? '' : ` · ${span(Math.abs(row.gap))} after the event before`} · by{' '}
          <bdi>{row.source}</bdi>
        </p>
      </header>
      <p class="moment-text">
        <bdi>{row.text}</bdi>
      </p>
      {commands.map((command) => (
        <CommandCard key={command.id} command={command} seq={row.seq} />
      ))}
      {moment.moreCommands > 0 ? (
        <p class="empty">and {plural(moment.moreCommands, 'more command')}</p>
      ) : null}
      {changes.length === 0 ? null : <h3>What it changed</h3>}
      {changes.map((change) => (
        <ChangeCard key={change.item} change={change} />
      ))}
      {moment.moreChanges > 0 ? <p class="empty">and {plural(moment.moreChanges, 'more item')}</p> : null}
      <p class="moment-facts">
        After it: {plural(moment.items, 'item')}, {count(moment.atRest)} in sync,{' '}
        {plural(moment.underWay, 'command')} under way.
      </p>
      <details class="raw">
        <summary>The event as the log has it</summary>
        <pre tabIndex={0}>{JSON.stringify(event, null, 2).slice(0, 50_000)}</pre>
      </details>
    </article>
  );
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const CommandCard = ({ command, seq }: { readonly command: CommandShown; readonly seq: number }) => {
  const { outcome, causes } = command;
  return (
    <section class="card" aria-label={`Command ${command.id}`}>
      <p class="card-title">
        <bdi>{capital(command.wish)}</bdi>
        <span class="tag">{command.type}</span>
      </p>
      <dl class="facts">
        <div>
          <dt>Why</dt>
          <dd>
            {capital(command.ruleText)}{' '}
            <span class="quiet">
              ({[command.rule, command.differs].filter((one) => one !== '').join('; ')})
            </span>
            {command.decidedBy === null ? null : ` ${command.decidedBy}.`}
          </dd>
        </div>
        {causes.map((cause) => (
          <div key={cause.seq}>
            <dt>Cause</dt>
            <dd>
              <Seq seq={cause.seq} /> <bdi>{cause.text}</bdi>
            </dd>
          </div>
        ))}
        {command.plannedSeq === seq ? null : (
          <div>
            <dt>Decided</dt>
            <dd>
              <Seq seq={command.plannedSeq} /> {dayAndTime(command.plannedAt)}
            </dd>
          </div>
        )}
        <div>
          <dt>Outcome</dt>
          <dd class={outcome?.isFailed === true ? 'is-failed' : ''}>
            {outcome === null ? (
              'none yet'
            ) : (
              <>
                <Seq seq={outcome.seq} /> <bdi>{outcome.text}</bdi>{' '}
                <span class="quiet">after {span(outcome.at - command.plannedAt)}</span>
              </>
            )}
          </dd>
        </div>
      </dl>
    </section>
  );
};

const ChangeCard = ({ change }: { readonly change: ItemChange }) => (
  <section class="card" aria-label={change.path}>
    <p class="card-title">
      <a href={addressOf({ item: change.item, show: 'item' })}>
        <Path path={change.path} />
      </a>
      <span class="quiet">item {change.item}</span>
    </p>
    {change.sentence === '' ? null : (
      <p>
        <bdi>{change.sentence}</bdi>
      </p>
    )}
    <Entries entries={change.after} before={change.before} />
  </section>
);
