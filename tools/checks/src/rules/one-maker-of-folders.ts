/** Node's recursive mkdir never returns on some file systems: `libs/folders` makes a folder with those above it. */
import { isProduct } from '../imports.ts';
import type { Complaint, Rule, SourceFile } from '../repository.ts';
import { forEachNode, type SyntaxNode } from './syntax-tree.ts';

export const oneMakerOfFolders: Rule = (files) => files.filter(isProduct).flatMap(complaintsOf);

function complaintsOf(file: SourceFile): Complaint[] {
  const complaints: Complaint[] = [];
  forEachNode(file, 'CallExpression', (node, line) => {
    if (makesFolder(node) && mayRecurse(node))
      complaints.push(`${file.path}:${line}: mkdir with recursive may never return: use @tidemark/folders`);
  });
  return complaints;
}

interface Call extends SyntaxNode {
  readonly callee?: { readonly name?: string; readonly property?: { readonly name?: string } };
  readonly arguments?: readonly Argument[];
}

interface Argument extends SyntaxNode {
  /** Of an object. */
  readonly properties?: readonly {
    readonly type: string;
    readonly key?: { readonly name?: string; readonly value?: unknown };
  }[];
  /** Of a condition with `?` and `:`. */
  readonly consequent?: Argument;
  readonly alternate?: Argument;
}

const makesFolder = ({ callee }: Call): boolean =>
  /^mkdir(?:Sync)?$/.test(callee?.property?.name ?? callee?.name ?? '');

const mayRecurse = ({ arguments: given = [] }: Call): boolean => asksForIt(given[1]);

/** Also when the options are not written where they are given: what they hold cannot be seen. */
function asksForIt(options: Argument | undefined): boolean {
  switch (options?.type) {
    case undefined:
    case 'Literal':
    case 'MemberExpression':
      return false;
    case 'ConditionalExpression':
      return asksForIt(options?.consequent) || asksForIt(options?.alternate);
    case 'ObjectExpression':
      return (options?.properties ?? []).some(
        ({ type, key }) =>
          type === 'SpreadElement' || key?.name === 'recursive' || key?.value === 'recursive',
      );
    default:
      return true;
  }
}
