import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { repositoryRoot } from './repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-pure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const platform = [
  "import { readFileSync } from 'node:fs'; void readFileSync;",
  "import { join } from 'path'; void join;",
  'void process.env;',
  'setTimeout(() => {}, 1);',
  'void crypto.randomUUID();',
  "void Buffer.from('');",
  "void fetch('');",
  "console.log('');",
  'void performance.now();',
];

test('the compiler knows no platform in pure libraries', () => {
  for (const [index, line] of platform.entries())
    writeFileSync(join(folder, `impure-${index}.ts`), `${line}\n`);
  writeFileSync(
    join(folder, 'pure.ts'),
    'export const sum = [1, 2].reduce((one, other) => one + other, 0);\n',
  );
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const config = { extends: join(repositoryRoot, 'tsconfig.pure.json'), include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(
    process.execPath,
    [join(repositoryRoot, 'node_modules/typescript/bin/tsc'), '--noEmit', '--pretty', 'false', '-p', folder],
    { cwd: folder, encoding: 'utf8' },
  );
  const refused = new Set([...stdout.matchAll(/^(\S+\.ts)\(/gm)].map(([, file]) => String(file)));
  expect([...refused].toSorted()).toEqual(platform.map((_, index) => `impure-${index}.ts`));
});

test('every library of the core is compiled that way, by npm run check:types', () => {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8'));
  const { include } = read('tsconfig.pure.json') as { include: string[] };
  const core = ['contracts', 'trees', 'planner', 'machines', 'quickxor', 'settings', 'engine'];
  expect(include.toSorted()).toEqual(core.map((name) => `libs/${name}/src`).toSorted());
  const { scripts } = read('package.json') as { scripts: Record<string, string> };
  expect(scripts['check:types']).toContain('-p tsconfig.pure.json');
});
