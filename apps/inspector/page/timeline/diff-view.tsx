/** What two events know differently. The later one is the cursor. */
import { useSignal } from '@preact/signals';
import type { Differences } from '../../src/protocol.ts';
import { addressOf } from '../address.ts';
import { overview } from '../log.ts';
import { Path, Seq } from '../parts/text.tsx';
import { useAnswer } from '../parts/use-answer.ts';
import { plural } from '../words.ts';
import { Entries } from './entries.tsx';

const stepsBack = 20;

export const DiffView = ({ seq }: { readonly seq: number }) => {
  const first = overview.value?.first ?? 1;
  const from = useSignal<number | null>(null);
  const begin = from.value ?? Math.max(seq - stepsBack, first);
  const { answer, problem } = useAnswer<Differences>('diff', { from: begin, to: seq });
  const told = answer.value;
  return (
    <article class="moment">
      <header>
        <h2>What changed between two events</h2>
      </header>
      <form class="range-form" onSubmit={(event) => event.preventDefault()}>
        <label>
          From event
          <input
            type="number"
            min={first}
            max={overview.value?.last}
            value={begin}
            onChange={({ currentTarget }) => {
              const value = Number(currentTarget.value);
              from.value = Number.isInteger(value) && value >= first ? value : null;
            }}
          />
        </label>
        <span>
          to the cursor, <Seq seq={seq} />
        </span>
        <button
          type="button"
          onClick={() => {
            from.value = seq;
          }}
        >
          Compare from here
        </button>
      </form>
      {problem.value === '' ? null : <p class="empty">{problem.value}</p>}
      {told === null ? (
        <p class="empty">…</p>
      ) : (
        <>
          <h3>
            {told.total === 0
              ? 'Both know the same of every item'
              : `${plural(told.total, 'item')} known differently`}
          </h3>
          {told.shown.map(({ item, path, before, after }) => (
            <section class="card" key={item} aria-label={path}>
              <p class="card-title">
                <a href={addressOf({ item, show: 'item' })}>
                  <Path path={path} />
                </a>
                <span class="quiet">{before === null ? 'new' : after === null ? 'gone' : 'changed'}</span>
              </p>
              <Entries entries={after} before={before} />
            </section>
          ))}
        </>
      )}
    </article>
  );
};
