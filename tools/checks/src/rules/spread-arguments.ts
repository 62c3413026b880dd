/** Lists that grow with a user's files are never spread into the arguments of a call: some 120,000 of them overflow the stack. */
import { parseSync } from 'rolldown/utils';
import { isForTests } from '../imports.ts';
import { type Complaint, isCode, type Rule, type SourceFile } from '../repository.ts';

/** Functions that take any number of elements, and so are called with lists. */
const takesElements = new Set(['push', 'unshift', 'splice', 'concat', 'of', 'min', 'max', 'fromCharCode']);

export const noSpreadArguments: Rule = (files) => files.filter(isProduction).flatMap(complaintsOf);

const isProduction = (file: SourceFile): boolean =>
  isCode(file) &&
  /^(?:apps|libs|plugins)\//.test(file.path) &&
  !file.path.startsWith('libs/testkit/') &&
  !isForTests(file.path);

function complaintsOf({ path, text }: SourceFile): Complaint[] {
  const complaints: Complaint[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!isNode(node)) return;
    const name = node.type === 'CallExpression' ? calledMethod(node) : null;
    if (name !== null && takesElements.has(name) && isSpread(node)) {
      const line = text.slice(0, node.start).split('\n').length;
      complaints.push(`${path}:${line}: a list spread into ${name}() may be too long: use a loop`);
    }
    Object.values(node).forEach(visit);
  };
  visit(parseSync(path, text).program);
  return complaints;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly callee?: { readonly property?: { readonly name?: string } };
  readonly arguments?: readonly { readonly type: string }[];
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

const calledMethod = ({ callee }: SyntaxNode): string | null => callee?.property?.name ?? null;

const isSpread = ({ arguments: given = [] }: SyntaxNode): boolean =>
  given.some(({ type }) => type === 'SpreadElement');
