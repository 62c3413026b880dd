/** Shapes of hints: exact and bounded, wherever the plugin runs that brings them. */
import type { HintReceived, SubscriptionTold } from '@tidemark/contracts';
import { isPathInside } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import { line } from './notice-shapes.ts';
import { readAs } from './remote/read-result.ts';

const path = z.string().max(4_096).refine(isPathInside, 'leaves the sync folder');

export const hintShapes = {
  HintReceived: z.object({
    type: z.literal('HintReceived'),
    side: z.enum(['remote', 'local']),
    source: line(100).min(1),
    folders: z.array(path).min(1).max(1_000).exactOptional(),
  }),
  SubscriptionTold: z.object({
    type: z.literal('SubscriptionTold'),
    subscriptionId: line(1_000).min(1),
    told: z.enum(['reauthorizationRequired', 'removed', 'missed']),
  }),
} as const;

export const isHintType = (type: unknown): type is keyof typeof hintShapes =>
  typeof type === 'string' && Object.hasOwn(hintShapes, type);

/** In words, what is wrong with the hint; null when it may go on. */
export function faultOfHint(hint: HintReceived | SubscriptionTold): string | null {
  const read = readAs(hintShapes[hint.type], hint);
  return read.ok ? null : `its ${hint.type} is malformed: ${read.detail}`;
}
