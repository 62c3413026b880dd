import { beforeAll, expect, test } from 'vitest';
import { complainAboutImports, importsIn } from './imports.ts';
import { complainAboutGraph, type ProjectGraph } from './layers.ts';
import { readProjectGraph } from './read-graph.ts';
import { readRepository } from './repository.ts';

let graph: ProjectGraph;
// Nx reads the whole repository the first time: on a busy machine that takes longer than a hook may by default.
beforeAll(() => {
  graph = readProjectGraph();
}, 180_000);

test('Nx saw the whole repository', () => {
  expect(graph.projects.length).toBeGreaterThanOrEqual(28);
  expect(graph.edges.length).toBeGreaterThanOrEqual(65);
});

test('every project is in one layer and depends only on layers it may know', () => {
  expect(complainAboutGraph(graph)).toEqual([]);
});

const project = (name: string, layer: string): ProjectGraph['projects'][number] => ({
  name: `@tidemark/${name}`,
  folder: `libs/${name}`,
  tags: ['npm:private', `layer:${layer}`],
});
const projects = [
  project('contracts', 'ground'),
  project('trees', 'pure'),
  project('engine', 'pure'),
  project('quickxor', 'pure'),
  project('disk', 'adapter'),
  project('folders', 'adapter'),
  project('graph', 'adapter'),
  project('plugin-sdk', 'sdk'),
  project('plugin-delta', 'plugin'),
  project('plugin-host', 'shell'),
  project('daemon', 'app'),
  project('testkit', 'test'),
];

const forbidden = [
  ['contracts', 'trees'],
  ['trees', 'engine'],
  ['engine', 'disk'],
  ['disk', 'engine'],
  ['disk', 'graph'],
  ['folders', 'contracts'],
  ['plugin-host', 'folders'],
  ['plugin-sdk', 'quickxor'],
  ['plugin-delta', 'contracts'],
  ['plugin-host', 'disk'],
  ['daemon', 'testkit'],
] as const;
for (const [from, to] of forbidden)
  test(`${from} may not depend on ${to}`, () => {
    const edges = [{ from: `@tidemark/${from}`, to: `@tidemark/${to}` }];
    expect(complainAboutGraph({ projects, edges })).toHaveLength(1);
  });

test('what the table allows is allowed', () => {
  const edges = [
    ['engine', 'trees'],
    ['disk', 'quickxor'],
    ['disk', 'folders'],
    ['plugin-delta', 'plugin-sdk'],
    ['daemon', 'disk'],
    ['testkit', 'engine'],
  ].map(([from, to]) => ({ from: `@tidemark/${from}`, to: `@tidemark/${to}` }));
  expect(complainAboutGraph({ projects, edges })).toEqual([]);
});

test('a project without a layer, or with two, is refused', () => {
  const odd = [
    { name: 'a', folder: 'libs/a', tags: [] },
    { name: 'b', folder: 'libs/b', tags: ['layer:pure', 'layer:app'] },
    { name: 'c', folder: 'libs/c', tags: ['layer:other'] },
  ];
  expect(complainAboutGraph({ projects: odd, edges: [] })).toHaveLength(3);
});

test('every file imports only what its project declares', () => {
  expect(complainAboutImports(readRepository())).toEqual([]);
});

test('undeclared packages, bare built-in modules and paths into other projects are found', () => {
  const files = [
    { path: 'package.json', text: '{ "name": "all", "devDependencies": { "vitest": "5.1.1" } }' },
    { path: 'libs/a/package.json', text: '{ "name": "@tidemark/a", "dependencies": { "rxjs": "7.8.2" } }' },
    {
      path: 'libs/a/src/x.ts',
      text: "import fs from 'fs';\nimport { map } from 'rxjs/operators';\nimport type {\n  B,\n} from '@tidemark/b';\nexport { c } from '../../c/src/c.ts';\nconst z = await import('zod');\nimport 'vitest';\n// import 'nats';\nimport '@tidemark/a/src/y.ts';\n",
    },
    { path: 'libs/a/src/x.spec.ts', text: "import { test } from 'vitest';\n" },
    { path: 'test/fuzz/package.json', text: '{ "name": "@tidemark/test-fuzz" }' },
    { path: 'test/fuzz/src/x.ts', text: "export { a } from '../../../libs/a/src/x.ts';\n" },
  ];
  expect(complainAboutImports(files)).toEqual([
    'libs/a/src/x.ts:1: write node:fs',
    'libs/a/src/x.ts:1: not declared in libs/a/package.json: @tidemark/b',
    'libs/a/src/x.ts:1: not declared in libs/a/package.json: vitest',
    'libs/a/src/x.ts:1: import a project by its name alone: @tidemark/a/src/y.ts',
    'libs/a/src/x.ts:1: leaves its project: ../../c/src/c.ts',
    'libs/a/src/x.ts:1: not declared in libs/a/package.json: zod',
  ]);
});

test('imports are read from code, not from comments and texts', () => {
  const text = `/* import 'a' */\nimport 'b';\nimport type { C } from 'c';\nexport * from 'd';\nlet e = "import 'e'";\nawait import('g');`;
  expect(importsIn('a.ts', text)).toEqual(['b', 'c', 'd', 'g']);
});
