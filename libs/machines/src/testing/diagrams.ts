/** The charts as pages of documentation. `docs/` holds them; `npm run pages` writes them anew. */
import { itemMachine } from '../item.machine.ts';
import { lookMachine } from '../look.machine.ts';
import { mermaid } from './mermaid.ts';
import { subscriptionMachine } from '../subscription.machine.ts';

const charts = {
  item: { title: 'The sync state of an item that is not at rest', machine: itemMachine },
  look: { title: 'Looking at one side', machine: lookMachine },
  subscription: { title: 'The life of a subscription', machine: subscriptionMachine },
} as const;

type DiagramName = keyof typeof charts;
export const diagramNames = ['item', 'look', 'subscription'] as const satisfies readonly DiagramName[];

/** A Markdown page with the picture of one chart. */
export function diagram(name: DiagramName): string {
  const { title, machine } = charts[name];
  return [
    `# ${title}`,
    '',
    `Drawn from \`src/${name}.machine.ts\` by \`npm run pages\`; do not edit. An arrow that leaves the frame holds in every`,
    'state that does not say otherwise; `[…]` is a condition, asked from top to bottom; what follows `/` changes the data.',
    '',
    '```mermaid',
    mermaid(machine).trimEnd(),
    '```',
    '',
  ].join('\n');
}
