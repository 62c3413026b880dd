/** Configurations and trees in which rules meet items: few words, in many forms. */
import fc from 'fast-check';
import type { Configuration, Node } from './evaluator.ts';

const composed = 'caf\u00e9';
const decomposed = 'cafe\u0301';
const words = [
  'a',
  'b',
  'docs',
  'Docs',
  'docs2',
  'my docs',
  '.git',
  '.a',
  'a.b',
  composed,
  decomposed,
  '\u00c9',
  'stra\u00dfe',
];
const fileWords = [
  'x.txt',
  'X.TXT',
  'y.tmp',
  '~lock',
  'a',
  'a+b',
  '(1).txt',
  `${decomposed}.txt`,
  `${composed}.md`,
  '.env',
  '\u{1f600}',
];

const folderName = fc.constantFrom(...words);
const fileName = fc.constantFrom(...fileWords);
const mebibyte = 2 ** 20;

/** Names that a drive would take as the same do not stand beside each other. */
const distinct = (nodes: readonly Node[]): readonly Node[] => [
  ...new Map(nodes.map((node) => [node.name.normalize('NFC').toLowerCase(), node])).values(),
];

const file: fc.Arbitrary<Node> = fc.record({
  name: fileName,
  kind: fc.constant('file'),
  sizeBytes: fc.constantFrom(0, 7, mebibyte - 1, mebibyte, 2 * mebibyte),
  isLink: rarely(),
  hasMarker: fc.constant(false),
  children: fc.constant([]),
});

const nodes = (depth: number): fc.Arbitrary<readonly Node[]> =>
  fc
    .tuple(
      fc.array(file, { maxLength: 3 }),
      depth === 0 ? fc.constant([]) : fc.array(folder(depth - 1), { maxLength: 3 }),
    )
    .map(([files, folders]) => distinct([...files, ...folders]));

function folder(depth: number): fc.Arbitrary<Node> {
  return fc.record({
    name: folderName,
    kind: fc.constant('folder'),
    sizeBytes: fc.constant(0),
    isLink: rarely(),
    hasMarker: rarely(),
    children: nodes(depth),
  });
}

function rarely(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 7 }).map((drawn) => drawn === 7);
}

export const tree = nodes(3);

const pathOfWords = fc
  .tuple(fc.array(folderName, { minLength: 1, maxLength: 3 }), fc.option(fileName, { nil: undefined }))
  .map(([folders, name]) => (name === undefined ? folders : [...folders, name]));

const withStars = (segment: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(segment) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('*', '**', `${[...segment].at(0)}*`, `*${[...segment].slice(-2).join('')}`),
    },
  );

const ruleBody = pathOfWords
  .chain((path) => fc.tuple(...path.map(withStars)))
  .map((segments) => segments.join('/'));

const rule = fc
  .record({
    sign: fc.constantFrom('', '', '', '!', '-'),
    anchor: fc.constantFrom('', '/', '/'),
    body: fc.oneof(ruleBody, ruleBody, fileName, folderName, fc.constantFrom('*.txt', 'docs/*', '*')),
    end: fc.constantFrom('', '', '', '/', '/*', '/**'),
  })
  .map(({ sign, anchor, body, end }) => sign + anchor + body + end);

const ruleLine = fc.oneof(
  { weight: 12, arbitrary: rule },
  { weight: 1, arbitrary: fc.constantFrom('', '# docs', '; a', '/*', '!/', './docs', '-/*', '  /docs  ') },
);

const skipPattern = fc
  .tuple(
    fc.constantFrom('', '', '/', '*'),
    fc.oneof(
      ruleBody,
      folderName,
      fileName,
      fc.constantFrom('*.t?t', 'd?cs', 'caf?', 'a*', '?', '*/b', 'my docs'),
    ),
    fc.constantFrom('', '', '/', '/*'),
  )
  .map(([start, body, end]) => (start + body + end).replaceAll('**', '*'))
  .filter((pattern) => pattern !== '.*');

export const configuration: fc.Arbitrary<Configuration> = fc.record({
  skipFile: fc.array(skipPattern, { maxLength: 2 }),
  skipDir: fc.oneof(fc.constant([]), fc.array(skipPattern, { maxLength: 2 })),
  isStrict: fc.boolean(),
  skipDotfiles: rarely(),
  skipSymlinks: fc.boolean(),
  skipSize: fc.constantFrom(0, 0, 1, 2),
  checkNosync: fc.boolean(),
  syncRootFiles: fc.boolean(),
  syncList: fc.option(fc.array(ruleLine, { minLength: 1, maxLength: 5 }), { nil: null, freq: 4 }),
});
