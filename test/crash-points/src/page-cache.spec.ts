/** What the model lets a power cut leave. */
import { expect, test } from 'vitest';
import { type Node, type Seen, statesAfter, type Step } from './page-cache.ts';

const file = (content = ''): Node => ({ kind: 'file', content: Buffer.from(content), names: new Map() });
const folder = (names: Readonly<Record<string, Node>> = {}): Node => ({
  kind: 'folder',
  content: Buffer.alloc(0),
  names: new Map(Object.entries(names)),
});

/** `name=content` of all files, one text for each state. */
function statesOf(top: Node, ...steps: readonly Step<never>[]): string[] {
  const textOf = (seen: Seen, path: string): string[] =>
    seen.kind === 'file'
      ? [`${path}=${JSON.stringify(seen.content.toString())}`]
      : [...seen.names].flatMap(([name, child]) => textOf(child, `${path}/${name}`));
  return [...statesAfter(top, steps, steps.length)].map(({ seen }) => textOf(seen, '').join(' ')).toSorted();
}

const written = (node: Node, text: string): Step<never> => ({
  type: 'write',
  node,
  at: 0,
  bytes: Buffer.from(text),
});

test('bytes that nobody flushed are there, lost, cut in half, or zeros', () => {
  const x = file('old!');
  expect(statesOf(folder({ x }), written(x, 'new!'))).toEqual(
    ['/x="\\u0000\\u0000\\u0000\\u0000"', '/x="new!"', '/x="ne' + 'd!"', '/x="old!"'].toSorted(),
  );
});

test('flushed bytes are there, whether or not their file has its name', () => {
  const [top, x] = [folder(), file()];
  const made: Step<never>[] = [
    { type: 'link', to: { folder: top, name: 'x' }, node: x },
    written(x, 'new!'),
    { type: 'flush', node: x, covers: 2 },
  ];
  expect(statesOf(top, ...made)).toEqual(['', '/x="new!"']);
  expect(statesOf(top, ...made, { type: 'flush', node: top, covers: 3 })).toEqual(['/x="new!"']);
});

test('a flush that began before a write says nothing of it, and none mends what an earlier one lost', () => {
  const x = file('');
  const states = statesOf(folder({ x }), written(x, 'ab'), { type: 'flush', node: x, covers: 0 });
  expect(states).toContain('/x=""');
  const mended = statesOf(
    folder({ x }),
    written(x, 'ab'),
    { type: 'failedFlush', node: x },
    { type: 'flush', node: x, covers: 2 },
  );
  expect(mended).toContain('/x=""');
});

test('changes of different names come in any order, those of one name or one file in theirs', () => {
  const [a, b] = [file('a'), file('b')];
  const top = folder({ a, b });
  const at = (name: string): { folder: Node; name: string } => ({ folder: top, name });
  expect(
    statesOf(
      top,
      { type: 'rename', from: at('a'), to: at('c'), node: a },
      { type: 'unlink', from: at('b'), node: b },
      { type: 'rename', from: at('c'), to: at('d'), node: a },
    ),
  ).toEqual(['/a="a"', '/a="a" /b="b"', '/b="b" /c="a"', '/b="b" /d="a"', '/c="a"', '/d="a"']);
});

test('what is in a new folder needs the folder, and an exchange happens as a whole', () => {
  const [top, inner, x, y] = [folder(), folder(), file('x'), file('y')];
  const held = folder({ x, y });
  const outer: Node = { ...top, names: new Map([['held', held]]) };
  expect(
    statesOf(
      outer,
      { type: 'link', to: { folder: outer, name: 'new' }, node: inner },
      { type: 'rename', from: { folder: held, name: 'x' }, to: { folder: inner, name: 'x' }, node: x },
      { type: 'flush', node: inner, covers: 2 },
    ),
  ).toEqual(['/held/y="y" /new/x="x"']);
  expect(
    statesOf(outer, {
      type: 'exchange',
      from: { folder: held, name: 'x' },
      to: { folder: held, name: 'y' },
      node: x,
      other: y,
    }),
  ).toEqual(['/held/x="x" /held/y="y"', '/held/y="x" /held/x="y"'].toSorted());
});
