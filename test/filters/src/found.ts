/** What the comparison once found: the filters said something else than what was written down. */
import type { Configuration, Node } from './evaluator.ts';

export interface Found {
  readonly label: string;
  readonly configuration: Partial<Configuration>;
  readonly tree: readonly Node[];
  /** What is in; everything else is out. */
  readonly isIn: readonly string[];
}

const file = (name: string): Node => ({
  ...{ name, kind: 'file', sizeBytes: 1, isLink: false, hasMarker: false, children: [] },
});

const folder = (name: string, ...children: readonly Node[]): Node => ({
  ...{ name, kind: 'folder', sizeBytes: 0, isLink: false, hasMarker: false, children },
});

const composed = 'caf\u00e9';
const decomposed = 'cafe\u0301';

export const found: readonly Found[] = [
  {
    label: 'a file leads nowhere: a rule for one file in each folder brought all files beside those folders',
    configuration: { syncList: ['/docs/*/report.txt'] },
    tree: [folder('docs', file('x.txt'), folder('a', file('report.txt'), file('x.txt')))],
    isIn: ['docs', 'docs/a', 'docs/a/report.txt'],
  },
  {
    label: 'a rule that covers a file counts, though one before it would lead through a folder of that name',
    configuration: { syncList: ['/x.txt/**', '*.txt'] },
    tree: [file('x.txt')],
    isIn: ['x.txt'],
  },
  {
    label: 'a rule written composed matches names that a disk holds decomposed, and the other way round',
    configuration: { syncList: [`/${composed}`, `${decomposed}.txt`], skipFile: [`${composed}?`] },
    tree: [folder(decomposed, file('a')), file(`${composed}.txt`), folder('b', file(`${decomposed}1`))],
    isIn: [decomposed, `${decomposed}/a`, `${composed}.txt`],
  },
  {
    label: 'a question mark is one character, also where that is written as two',
    configuration: { skipFile: ['?.txt'] },
    tree: [file('\u{1f600}.txt'), file('ab.txt')],
    isIn: ['ab.txt'],
  },
  {
    label: 'a dotfile is named by any rule, not only by the first that includes it',
    configuration: { skipDotfiles: true, syncList: ['*', '/docs/.git'] },
    tree: [folder('docs', folder('.git', file('a')), folder('.a'))],
    isIn: ['docs', 'docs/.git', 'docs/.git/a'],
  },
  {
    label: 'folders with a dot on the way to what a rule for anywhere names are looked into',
    configuration: { skipDotfiles: true, syncList: ['.git/**'] },
    tree: [folder('a', folder('.git', folder('b', file('c')))), folder('.b', file('a'))],
    isIn: ['a', 'a/.git', 'a/.git/b', 'a/.git/b/c'],
  },
];
