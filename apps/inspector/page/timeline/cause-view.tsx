/** From a command back to what was seen, and on to what came of it. Each box leads to its event. */
import type { CauseNode, Causes } from '../../src/protocol.ts';
import { chooseCursor } from '../address.ts';
import { useAnswer } from '../parts/use-answer.ts';
import { clip, Drawing } from './drawing.tsx';

const boxWidth = 224;

export const CauseView = ({ seq }: { readonly seq: number }) => {
  const { answer, problem } = useAnswer<Causes>('causes', { seq });
  if (problem.value !== '') return <p class="empty">{problem.value}</p>;
  const told = answer.value;
  if (told === null) return <p class="empty">…</p>;
  return (
    <article class="moment">
      <header>
        <h2>Why event #{seq}, and what it led to</h2>
        <p class="moment-when">
          From what was seen, above, to what came of it, below{told.isCut ? '; the nearest only' : ''}.
        </p>
      </header>
      {told.edges.length === 0 ? (
        <p class="empty">This event decided nothing, ended no command, and no command rests on it.</p>
      ) : (
        <Drawing
          label={`Causes and effects of event ${seq}`}
          direction="TB"
          links={told.edges.map(([from, to]) => ({ from, to, tone: 'plain', title: '' }))}
          boxes={told.nodes.map((node) => ({
            id: node.id,
            width: boxWidth,
            height: 46,
            tone: node.seq === seq ? 'here' : node.kind,
            content: <Content node={node} />,
          }))}
        />
      )}
      <ul class="steps">
        {told.nodes.map(({ id, title, text, seq: at }) => (
          <li key={id}>
            <button type="button" class="plain" onClick={() => chooseCursor(at)}>
              {title}
            </button>{' '}
            <bdi>{text}</bdi>
          </li>
        ))}
      </ul>
    </article>
  );
};

const Content = ({ node: { title, text, seq } }: { readonly node: CauseNode }) => (
  <g class="pointed" onClick={() => chooseCursor(seq)}>
    <title>{text}</title>
    <text x="12" y="19" class="box-title">
      {clip(title, 28)}
    </text>
    <text x="12" y="36" class="box-text">
      {clip(text, 30)}
    </text>
  </g>
);
