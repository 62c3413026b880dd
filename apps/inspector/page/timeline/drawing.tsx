/** A graph of boxes and arrows, laid out by dagre. */
import dagre from '@dagrejs/dagre';
import type { ComponentChildren } from 'preact';

export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly tone: string;
  readonly content: ComponentChildren;
}

export interface Link {
  readonly from: string;
  readonly to: string;
  readonly tone: string;
  readonly title: string;
}

interface DrawingProps {
  readonly label: string;
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
  readonly direction: 'TB' | 'LR';
}

export const Drawing = ({ label, boxes, links, direction }: DrawingProps) => {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 22, ranksep: 34, edgesep: 10, marginx: 14, marginy: 22 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const [index, { from, to }] of links.entries()) graph.setEdge(from, to, {}, String(index));
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return (
    <div class="table-box" tabIndex={0} role="group" aria-label={label}>
      <svg
        class="drawing"
        style={{ maxWidth: `${width}px`, minWidth: `${width * leastScale}px` }}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={label}
      >
        <defs>
          {['plain', 'taken'].map((tone) => (
            <marker
              key={tone}
              id={`head-${tone}`}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto-start-reverse"
            >
              <path d="M0 0 8 4 0 8z" class={`arrow-head tone-${tone}`} />
            </marker>
          ))}
        </defs>
        {links.map(({ from, to, tone, title }, index) => {
          const edge = graph.edge({ v: from, w: to, name: String(index) }) as {
            points: readonly { x: number; y: number }[];
          };
          return (
            <path
              key={`${from} ${to} ${index}`}
              class={`arrow tone-${tone}`}
              d={curve(edge.points)}
              marker-end={`url(#head-${tone === 'taken' ? 'taken' : 'plain'})`}
            >
              <title>{title}</title>
            </path>
          );
        })}
        {boxes.map(({ id, width: w, height: h, tone, content }) => {
          const { x, y } = graph.node(id) as { x: number; y: number };
          return (
            <g key={id} transform={`translate(${x - w / 2} ${y - h / 2})`} class={`box tone-${tone}`}>
              <rect width={w} height={h} rx="7" />
              {content}
            </g>
          );
        })}
      </svg>
    </div>
  );
};

/** A graph that is wider than its place shrinks to this; beyond that it is scrolled. */
const leastScale = 0.72;

function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  for (let index = 0; index < rest.length; index += 1) {
    const [here, next] = [rest[index], rest[index + 1]];
    if (here === undefined) continue;
    if (next === undefined) path += ` L${here.x} ${here.y}`;
    else path += ` Q${here.x} ${here.y} ${(here.x + next.x) / 2} ${(here.y + next.y) / 2}`;
  }
  return path;
}

/** Text of one line in a box, cut where it would leave it. */
export const clip = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
