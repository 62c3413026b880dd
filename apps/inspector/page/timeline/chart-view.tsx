/** The charts of looks, subscription and the chosen item, with the state at the cursor and the way that led there. */
import type { ChartShown } from '../../src/protocol.ts';
import { chooseCursor, item } from '../address.ts';
import { useAnswer } from '../parts/use-answer.ts';
import { Drawing } from './drawing.tsx';

export const ChartView = ({ seq }: { readonly seq: number }) => {
  const { answer, problem } = useAnswer<readonly ChartShown[]>('charts', {
    seq,
    id: item.value ?? undefined,
  });
  if (problem.value !== '') return <p class="empty">{problem.value}</p>;
  if (answer.value === null) return <p class="empty">…</p>;
  return (
    <article class="moment">
      <header>
        <h2>Charts at event #{seq}</h2>
        <p class="moment-when">
          The state then is filled; arrows that were taken before it are drawn strongly.
          {item.value === null ? ' Choose an item to see its chart, too.' : ''}
        </p>
      </header>
      {answer.value.map((chart) => (
        <Chart key={chart.name} chart={chart} />
      ))}
    </article>
  );
};

const Chart = ({ chart }: { readonly chart: ChartShown }) => {
  const { title, picture, state, steps } = chart;
  const taken = new Set(steps.map(({ from, to }) => `${from} ${to}`));
  const been = new Set(steps.flatMap(({ from, to }) => [from, to]));
  const arrows = new Map<string, string[]>();
  for (const { from, to, label } of picture.arrows)
    for (const begin of from === null ? picture.states.map(({ name }) => name) : [from]) {
      const key = `${begin} ${to ?? begin}`;
      const isTaken = taken.has(key);
      // An arrow that holds everywhere is drawn where it was taken.
      if (begin === (to ?? begin) || (from === null && !isTaken && begin !== picture.first)) continue;
      arrows.set(key, [...(arrows.get(key) ?? []), label]);
    }
  const links = [...arrows].map(([key, labels]) => {
    const [from = '', to = ''] = key.split(' ');
    return { from, to, tone: taken.has(key) ? 'taken' : 'plain', title: labels.join('\n') };
  });
  return (
    <section class="card" aria-label={title}>
      <p class="card-title">
        {title}
        <span class="tag">{state}</span>
      </p>
      <Drawing
        label={`Chart: ${title}, in the state ${state}`}
        direction="LR"
        links={links}
        boxes={picture.states.map(({ name, notes }) => ({
          id: name,
          width: Math.max(name.length * 7.6 + 24, 74),
          height: 32,
          tone: name === state ? 'here' : been.has(name) ? 'been' : 'plain',
          content: (
            <>
              <title>{notes.join('. ')}</title>
              <text x={Math.max(name.length * 7.6 + 24, 74) / 2} y="20.5" text-anchor="middle">
                {name}
              </text>
            </>
          ),
        }))}
      />
      {steps.length === 0 ? (
        <p class="quiet">Nothing moved it in the events before.</p>
      ) : (
        <ol class="steps">
          {steps.slice(-6).map(({ seq, from, to, type }) => (
            <li key={seq}>
              <button type="button" class="plain" onClick={() => chooseCursor(seq)}>
                #{seq}
              </button>{' '}
              {from} → {to} <span class="quiet">by {type}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};
