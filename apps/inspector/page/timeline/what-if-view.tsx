/** What the log would have led to without the event at the cursor, or with it late or twice, beside what was. */
import { useSignal } from '@preact/signals';
import type { WhatIfShown } from '../../src/protocol.ts';
import { Path, Seq } from '../parts/text.tsx';
import { ask, Refused } from '../session.ts';
import { count, plural } from '../words.ts';

const kinds = { without: 'had not come', delay: 'had come later', repeat: 'had come twice' } as const;
type Kind = keyof typeof kinds;

export const WhatIfView = ({ seq }: { readonly seq: number }) => {
  const kind = useSignal<Kind>('without');
  const by = useSignal(5);
  const told = useSignal<{ readonly asked: string; readonly answer: WhatIfShown } | string | null>(null);
  const isAsking = useSignal(false);
  async function run(): Promise<void> {
    isAsking.value = true;
    told.value = null;
    try {
      const answer = await ask<WhatIfShown>('whatif', { seq, what: kind.value, by: by.value });
      told.value = { asked: `If event ${seq} ${kinds[kind.value]}`, answer };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      told.value = error.message;
    }
    isAsking.value = false;
  }
  return (
    <article class="moment">
      <header>
        <h2>What if event #{seq} …</h2>
        <p class="moment-when">
          The log is folded twice, and every decision that differs is told. Nothing is changed.
        </p>
      </header>
      <form
        class="range-form"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <label>
          It
          <select
            value={kind.value}
            onChange={({ currentTarget }) => {
              kind.value = currentTarget.value as Kind;
            }}
          >
            {Object.entries(kinds).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {kind.value !== 'delay' ? null : (
          <label>
            by so many events
            <input
              type="number"
              min={1}
              value={by.value}
              onChange={({ currentTarget }) => {
                by.value = Math.max(1, Math.floor(Number(currentTarget.value)) || 1);
              }}
            />
          </label>
        )}
        <button type="submit" class="primary" disabled={isAsking.value}>
          {isAsking.value ? 'Folding …' : 'Fold the log again'}
        </button>
      </form>
      <div role="status">
        {told.value === null ? null : typeof told.value === 'string' ? (
          <p class="empty">{told.value}</p>
        ) : (
          <Shown {...told.value} />
        )}
      </div>
    </article>
  );
};

const Shown = ({ asked, answer }: { readonly asked: string; readonly answer: WhatIfShown }) => (
  <>
    <h3>
      {asked},{' '}
      {answer.total === 0
        ? 'every decision would have been the same'
        : `${plural(answer.total, 'decision')} would differ`}
    </h3>
    <p class="quiet">
      {count(answer.moments)} moments of {count(answer.events)} events differ.
    </p>
    {answer.differences.length === 0 ? null : (
      <div class="table-box">
        <table class="entries beside">
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">It was</th>
              <th scope="col">It would be</th>
            </tr>
          </thead>
          <tbody>
            {answer.differences.map(({ seq, path, was, wouldBe }, index) => (
              <tr key={`${seq} ${index}`}>
                <td>
                  <Seq seq={seq} />
                  {path === '' ? null : (
                    <div>
                      <Path path={path} />
                    </div>
                  )}
                </td>
                <td>
                  <bdi>{was}</bdi>
                </td>
                <td>
                  <bdi>{wouldBe}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    )}
  </>
);
