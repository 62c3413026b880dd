/** Lists that grow with a user's files are never spread into the arguments of a call: some 120,000 of them overflow the stack. */
import { isProduct } from '../imports.ts';
import type { Complaint, Rule, SourceFile } from '../repository.ts';
import { forEachNode, type SyntaxNode } from './syntax-tree.ts';

/** Functions that take any number of elements, and so are called with lists. */
const takesElements = new Set(['push', 'unshift', 'splice', 'concat', 'of', 'min', 'max', 'fromCharCode']);

export const noSpreadArguments: Rule = (files) => files.filter(isProduct).flatMap(complaintsOf);

function complaintsOf(file: SourceFile): Complaint[] {
  const complaints: Complaint[] = [];
  forEachNode(file, 'CallExpression', (node, line) => {
    const name = calledMethod(node);
    if (name !== null && takesElements.has(name) && isSpread(node))
      complaints.push(`${file.path}:${line}: a list spread into ${name}() may be too long: use a loop`);
  });
  return complaints;
}

interface Call extends SyntaxNode {
  readonly callee?: { readonly property?: { readonly name?: string } };
  readonly arguments?: readonly { readonly type: string }[];
}

const calledMethod = ({ callee }: Call): string | null => callee?.property?.name ?? null;

const isSpread = ({ arguments: given = [] }: Call): boolean =>
  given.some(({ type }) => type === 'SpreadElement');
