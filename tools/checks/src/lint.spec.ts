import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryRoot } from './repository.ts';

/** Code that must be refused at a path, with the rule that must refuse it; code that must pass. A glob that matches nothing passes everything. */
interface Sample {
  readonly path: string;
  readonly code: string;
  /** null: passes. */
  readonly rule: string | null;
}

const imports = (path: string, names: readonly string[], rule: string | null): Sample[] =>
  names.map((name) => ({ path, code: `import * as used from '${name}';\nvoid used;\n`, rule }));
const refused = 'no-restricted-imports';
const world = ['node:fs', 'node:fs/promises', 'fs', 'node:crypto', 'undici'];

const purePaths = ['contracts', 'trees', 'planner', 'machines', 'quickxor', 'settings', 'engine'].map(
  (name) => `libs/${name}/src/deep/sample.ts`,
);
const impure = [
  ['void new Date();', 'no-restricted-globals'],
  ['void Date.now();', 'no-restricted-globals'],
  ['void globalThis.Date;', 'no-restricted-globals'],
  ['void performance.now();', 'no-restricted-globals'],
  ['setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['void process.env;', 'no-restricted-globals'],
  ['void crypto.randomUUID();', 'no-restricted-globals'],
  ["void fetch('');", 'no-restricted-globals'],
  ['void Math.random();', 'no-restricted-properties'],
  ["console.log('');", 'no-console'],
] as const;

const samples: readonly Sample[] = [
  ...purePaths.flatMap((path) => [
    ...imports(path, [...world, 'rxjs', 'nats', 'level', '@tidemark/disk', '@tidemark/plugin-sdk'], refused),
    ...imports(path, ['./other.ts', '../other.ts'], null),
    ...impure.map(([code, rule]) => ({ path, code: `${code}\n`, rule })),
    { path, code: 'export const later = async () => {};\n', rule: 'no-async-await' },
  ]),
  ...imports('libs/contracts/src/sample.ts', ['@tidemark/trees'], refused),
  ...imports('libs/quickxor/src/sample.ts', ['@tidemark/contracts'], refused),
  ...imports('libs/trees/src/sample.ts', ['@tidemark/planner', 'xstate'], refused),
  ...imports('libs/trees/src/sample.ts', ['@tidemark/contracts'], null),
  ...imports('libs/settings/src/sample.ts', ['@tidemark/trees'], refused),
  ...imports('libs/planner/src/sample.ts', ['@tidemark/engine', 'xstate'], refused),
  ...imports('libs/planner/src/sample.ts', ['@tidemark/contracts', '@tidemark/trees', 'tinyqueue'], null),
  ...imports('libs/machines/src/sample.ts', ['@tidemark/trees'], refused),
  ...imports('libs/machines/src/sample.ts', ['xstate', 'xstate/graph', '@tidemark/contracts'], null),
  ...imports('libs/engine/src/sample.ts', ['xstate', '@tidemark/settings'], refused),
  ...imports('libs/engine/src/sample.ts', ['@tidemark/planner', '@tidemark/machines'], null),
  { path: 'libs/engine/src/loop/run.ts', code: 'export const loop = async () => {};\n', rule: null },
  ...['event-log', 'bus', 'graph', 'disk'].flatMap((name) => [
    ...imports(
      `libs/${name}/src/sample.ts`,
      ['@tidemark/engine', '@tidemark/trees', '@tidemark/plugin-sdk'],
      refused,
    ),
    ...imports(`libs/${name}/src/sample.ts`, ['@tidemark/contracts', '@tidemark/settings', 'node:fs'], null),
  ]),
  ...imports('libs/plugin-sdk/src/sample.ts', [...world, '@tidemark/engine', '@tidemark/quickxor'], refused),
  ...imports('libs/plugin-sdk/src/sample.ts', ['rxjs', 'zod', '@tidemark/contracts'], null),
  ...imports('plugins/any/src/sample.ts', ['@tidemark/contracts', '@tidemark/disk', 'node:fs'], refused),
  ...imports(
    'plugins/any/src/sample.ts',
    ['@tidemark/plugin-sdk', '@tidemark/plugin-sdk/unstable', 'rxjs'],
    null,
  ),
  ...impure.map(([code, rule]) => ({ path: 'plugins/any/src/sample.ts', code: `${code}\n`, rule })),
  ...imports('plugins-extra/any/src/sample.ts', ['@tidemark/contracts', 'node:fs'], refused),
  ...imports('plugins-extra/any/src/sample.ts', ['@tidemark/plugin-sdk', 'rxjs'], null),
  ...impure.map(([code, rule]) => ({ path: 'plugins-extra/any/src/sample.ts', code: `${code}\n`, rule })),
  ...imports(
    'libs/plugin-host/src/sample.ts',
    ['@tidemark/disk', '@tidemark/graph', '@tidemark/testkit'],
    refused,
  ),
  ...imports('libs/plugin-host/src/sample.ts', ['@tidemark/plugin-sdk', '@tidemark/engine'], null),
  ...imports(
    'apps/any/src/sample.ts',
    ['@tidemark/testkit', '@tidemark/graph-simulator', '@tidemark/test-e2e'],
    refused,
  ),
  ...imports('apps/any/src/sample.ts', ['@tidemark/disk', 'node:fs'], null),
  ...imports('tools/any/src/sample.ts', ['@tidemark/contracts/src/entry.ts'], refused),
  { path: 'tools/any/src/sample.ts', code: 'export const anything: any = 1;\n', rule: 'no-explicit-any' },
  { path: 'tools/any/src/sample.ts', code: 'export const same = 1 == Number(1);\n', rule: 'eqeqeq' },
  ...imports('libs/trees/src/sample.spec.ts', ['node:fs', '@tidemark/testkit'], null),
];

const folder = mkdtempSync(join(tmpdir(), 'tidemark-lint-'));
const found = new Map<string, string[]>();
const placeOf = (index: number): string => {
  // One file for each sample, beside where it claims to be; a name may be part of a glob, so only others get a prefix.
  const { path } = samples[index] ?? { path: '' };
  return path.endsWith('/run.ts') ? path : path.replace(/sample/, `sample-${index}`);
};

beforeAll(() => {
  cpSync(join(repositoryRoot, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  for (const [index, { code }] of samples.entries()) {
    mkdirSync(dirname(join(folder, placeOf(index))), { recursive: true });
    writeFileSync(join(folder, placeOf(index)), code);
  }
  const { stdout } = spawnSync(join(repositoryRoot, 'node_modules/.bin/oxlint'), ['--format=json', '.'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(repositoryRoot, 'node_modules/.bin')}:${process.env['PATH']}` },
    maxBuffer: 1 << 26,
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of diagnostics) found.set(filename, [...(found.get(filename) ?? []), code]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('each layer refuses what it may not import or use, and nothing that it may', () => {
  expect(found.size).toBeGreaterThan(100);
  const wrong = samples.flatMap(({ path, code, rule }, index) => {
    const codes = found.get(placeOf(index)) ?? [];
    const isRight = rule === null ? codes.length === 0 : codes.some((text) => text.includes(`(${rule})`));
    return isRight
      ? []
      : [`${path}: ${code.trim()} → ${codes.join(' ') || 'accepted'}, expected ${rule ?? 'accepted'}`];
  });
  expect(wrong).toEqual([]);
});
