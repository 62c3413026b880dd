/** Both evaluations of one configuration and one tree. */
import type { Answer, Configuration, Node } from './evaluator.ts';
import { evaluate } from './evaluator.ts';
import type { Side } from './product.ts';
import { askProduct } from './product.ts';

export interface Disagreement {
  readonly path: string;
  readonly side: Side;
  readonly evaluator: Answer | undefined;
  readonly product: Answer | undefined;
}

export type Comparison =
  | { readonly type: 'refused'; readonly lines: readonly string[] }
  | { readonly type: 'compared'; readonly items: number; readonly disagreements: readonly Disagreement[] };

export function compare(configuration: Configuration, roots: readonly Node[]): Comparison {
  const disagreements: Disagreement[] = [];
  let items = 0;
  for (const side of ['local', 'remote'] as const) {
    // A drive has no symbolic links.
    const given = side === 'local' ? roots : withoutLinks(roots);
    const expected = evaluate(configuration, given);
    const product = askProduct(configuration, given, side);
    if ('refused' in product) return { type: 'refused', lines: product.refused };
    for (const [path, answer] of expected) {
      items += 1;
      const found = product.get(path);
      if (found !== answer) disagreements.push({ path, side, evaluator: answer, product: found });
    }
  }
  return { type: 'compared', items, disagreements };
}

const withoutLinks = (nodes: readonly Node[]): readonly Node[] =>
  nodes.map((node) => ({ ...node, isLink: false, children: withoutLinks(node.children) }));
