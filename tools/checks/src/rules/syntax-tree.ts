/** The syntax of a file, walked. */
import { parseSync } from 'rolldown/utils';
import type { SourceFile } from '../repository.ts';

/** As the parser gives it; a rule reads the fields that its types of nodes have. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
}

/** Calls back for each node of a type, outermost first, with its line. */
export function forEachNode(
  { path, text }: SourceFile,
  type: string,
  onNode: (node: SyntaxNode, line: number) => void,
): void {
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!isNode(node)) return;
    if (node.type === type) onNode(node, text.slice(0, node.start).split('\n').length);
    Object.values(node).forEach(visit);
  };
  visit(parseSync(path, text).program);
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
