import { expect, test } from 'vitest';
import { readRepository, repositoryRoot, type Rule, type SourceFile } from './repository.ts';
import { decisionRecords } from './rules/decision-records.ts';
import { docsCommands } from './rules/docs-commands.ts';
import { docsLinks } from './rules/docs-links.ts';
import { wordsOfTheGlossary } from './rules/glossary.ts';
import { extraPlugins } from './rules/extra-plugins.ts';
import { readmesNameWhatExists } from './rules/named-things.ts';
import { fileLength, longFiles } from './rules/file-length.ts';
import { lockFileWithoutHosts, noMachineTraces } from './rules/machine-traces.ts';
import { oneMakerOfFolders } from './rules/one-maker-of-folders.ts';
import { onePlaceForSentences } from './rules/one-place-for-sentences.ts';
import { oneWriterOfTheBase } from './rules/one-writer.ts';
import { changelog, exactVersions, indexesListNames, lineBreaks, readmes } from './rules/project-shape.ts';
import { noSpreadArguments } from './rules/spread-arguments.ts';
import { tablesOfTextAreMaps } from './rules/tables-of-text.ts';
import {
  namesWhoActs,
  noEscapeHatches,
  noForgottenTests,
  noLooseEnds,
  noVagueNames,
} from './rules/wording.ts';

const repository = readRepository();

const file = (path: string, ...lines: string[]): SourceFile => ({ path, text: `${lines.join('\n')}\n` });

/** Each rule with something it must refuse (and how often), and something like it that it must not. */
interface Case {
  readonly name: string;
  readonly rule: Rule;
  readonly wrong: readonly SourceFile[];
  readonly complaints: number;
  readonly right: readonly SourceFile[];
}

const skip = 'skip';
const cases: readonly Case[] = [
  {
    name: 'what is told of a decision is worded in one place',
    rule: onePlaceForSentences,
    wrong: [
      file('libs/contracts/src/reason.ts', "const text = 'it was deleted on the drive';"),
      file('plugins/reporter/src/a.ts', 'const line = `${path}: it was deleted on the drive`;'),
      file('apps/inspector/page/a.ts', '// Told there', 'show("It: it was deleted on the drive.");'),
    ],
    complaints: 2,
    right: [
      file('libs/contracts/src/reason.ts', "const text = 'it was deleted on the drive';"),
      file('libs/contracts/src/reason.spec.ts', "const text = 'it was deleted on the drive';"),
      file('plugins/reporter/src/a.ts', '// it was deleted on the drive', "const line = 'was on the drive';"),
    ],
  },
  {
    name: 'no file of code is longer than 500 lines',
    rule: fileLength,
    wrong: [file('a.ts', ...Array.from({ length: 501 }, () => ''))],
    complaints: 1,
    right: [
      file('a.ts', ...Array.from({ length: 500 }, () => '')),
      file('a.md', ...Array.from({ length: 999 }, () => '')),
    ],
  },
  {
    name: 'the number of a decision record names one of its folder',
    rule: decisionRecords,
    wrong: [
      file('libs/a/docs/adr/0001-one.md', '# 1. One'),
      file('libs/a/docs/adr/0001-other.md', '# 1. Other'),
      file('libs/a/docs/adr/0002-two.md', '# 1. Two'),
    ],
    complaints: 2,
    right: [file('libs/a/docs/adr/0001-one.md', '# 1. One'), file('libs/b/docs/adr/0001-one.md', '# 1. One')],
  },
  {
    name: 'plugins from outside are small, described, and stand on what is published',
    rule: extraPlugins,
    wrong: [
      file('plugins-extra/a/src/a.ts', ...Array.from({ length: 100 }, () => '')),
      file('plugins-extra/a/src/b.ts', ...Array.from({ length: 51 }, () => '')),
      file('plugins-extra/a/README.md', '# a', '', '## Settings'),
      file(
        'plugins-extra/a/package.json',
        '{ "dependencies": { "@tidemark/contracts": "^1.0.0", "ignore": "^7.0.0" } }',
      ),
    ],
    complaints: 5,
    right: [
      file('plugins-extra/a/src/a.ts', ...Array.from({ length: 150 }, () => '')),
      file('plugins-extra/a/src/a.spec.ts', ...Array.from({ length: 100 }, () => '')),
      file('plugins-extra/a/README.md', '## Settings', '## What it is granted', '## What it does not do'),
      file(
        'plugins-extra/a/package.json',
        '{ "dependencies": { "@tidemark/plugin-sdk": "^1.0.0", "ignore": "7.0.0" } }',
      ),
    ],
  },
  {
    name: 'nothing is cast to what switches the types off',
    rule: noEscapeHatches,
    wrong: [file('a.ts', `f(x ${'as'} any);`)],
    complaints: 1,
    right: [file('a.ts', 'const x = "as many as anybody";')],
  },
  {
    name: 'no test is the only one, and none is skipped without a reason',
    rule: noForgottenTests,
    wrong: [
      file('a.spec.ts', `test.${'only'}('a', f);`, `test.${skip}('b', f);`, `it.${skip}If(x)('c', f);`),
    ],
    complaints: 3,
    right: [
      file(
        'a.spec.ts',
        '// needs root',
        `test.${skip}If(x)('c', f);`,
        `test.${skip}('d', f); // no such kernel here`,
      ),
      file('b.ts', `list.${skip}(3);`),
    ],
  },
  {
    name: 'no list is spread into the arguments of a call that takes any number of them',
    rule: noSpreadArguments,
    wrong: [
      file('libs/a/src/a.ts', 'found.push(...rows);', 'Math.max(0, ...sizes);'),
      file('apps/a/src/a.ts', 'this.#found.unshift(first, ...(await rows()));'),
    ],
    complaints: 3,
    right: [
      file('libs/a/src/a.ts', 'found.push(row);', 'f([...rows], new Set([...rows]));', 'arrange(...rows);'),
      file('libs/a/src/a.spec.ts', 'found.push(...rows);'),
    ],
  },
  {
    name: 'a table that is asked with any text is a Map, which finds nothing that was not put in',
    rule: tablesOfTextAreMaps,
    wrong: [
      file('libs/a/src/a.ts', 'const codes: Readonly<Record<string, Code>> = {', "  EACCES: 'denied',", '};'),
      file('apps/a/src/a.ts', 'export const units: Record<string, number> = { s: 1 };'),
    ],
    complaints: 2,
    right: [
      file('libs/a/src/a.ts', 'const codes: ReadonlyMap<string, Code> = new Map();'),
      file('libs/a/src/b.ts', 'const codes: Readonly<Record<Kind, Code>> = {', "  a: 'x',", '};'),
      file('libs/a/src/a.spec.ts', "const codes: Readonly<Record<string, Code>> = { a: 'x' };"),
    ],
  },
  {
    name: 'what is to be done later has an issue',
    rule: noLooseEnds,
    wrong: [file('a.ts', `// ${'TO'}DO: later`, `// ${'FIX'}ME`)],
    complaints: 2,
    right: [file('a.ts', `// ${'TO'}DO #12: later`)],
  },
  {
    name: 'names say what a thing knows',
    rule: noVagueNames,
    wrong: [
      file(
        'a.ts',
        `class Log${'Manager'} {}`,
        `export const path${'Helper'} = 1;`,
        `type ${'Util'}s = 1;`,
        `function ${'util'}() {}`,
      ),
      file(`libs/a/src/${'util'}s.ts`, ''),
      file(`libs/a/src/path-${'helper'}.ts`, ''),
    ],
    complaints: 6,
    right: [
      file('a.ts', "import { inspect } from 'node:util';", 'const utilisation = 1;', 'const managed = 2;'),
    ],
  },
  {
    name: 'comments say who acts',
    rule: namesWhoActs,
    wrong: [
      file('libs/planner/src/a.ts', '/** Whoever waits for somebody is woken. */', "it('wakes nobody', f);"),
      file('libs/engine/README.md', 'Anyone may fold the log again.'),
      file('libs/disk/src/a.ts', 'f(); // nobody owns this file', ' * so somebody else does'),
    ],
    complaints: 5,
    right: [
      file('libs/planner/src/a.ts', '/** An item that waits for another one is woken. */'),
      file('libs/disk/src/a.ts', '// no process owns this file', "fail('nobody is logged in');"),
      file('libs/disk/src/a.spec.ts', '// nobody owns this file'),
    ],
  },
  {
    name: 'one function makes a folder with those above it',
    rule: oneMakerOfFolders,
    wrong: [
      file(
        'libs/a/src/a.ts',
        'mkdirSync(place, { mode: 0o700, recursive: true });',
        'await fs.mkdir(',
        '  place,',
        "  { 'recursive': true },",
        ');',
        'mkdirSync(place, options);',
      ),
    ],
    complaints: 3,
    right: [
      file(
        'libs/a/src/a.ts',
        'mkdirSync(place);',
        'mkdirSync(place, { mode: 0o700 });',
        'mkdirSync(a, 0o700);',
      ),
      file(
        'libs/a/src/b.ts',
        'rmSync(place, { recursive: true });',
        'mkdir(a, seen ? options.mode : 0o777);',
      ),
      file('libs/a/src/a.spec.ts', 'mkdirSync(place, { recursive: true });'),
      file('test/e2e/src/a.ts', 'mkdirSync(place, { recursive: true });'),
    ],
  },
  {
    name: 'one file writes the merge base',
    rule: oneWriterOfTheBase,
    wrong: [file('libs/engine/src/a.ts', `item.${'synced'} = null;`, `root.${'synced'}= base;`)],
    complaints: 2,
    right: [
      file('libs/trees/src/base.ts', `item.${'synced'} = base;`),
      file('libs/engine/src/a.ts', 'if (item.synced === null) return;', 'const synced = item.synced;'),
    ],
  },
  {
    name: 'the core uses the words of the glossary',
    rule: wordsOfTheGlossary,
    wrong: [
      file(
        'ARCHITECTURE.md',
        '## Glossary',
        '',
        '| term | what it is | not |',
        '| ---- | ---------- | --- |',
        `| unseen | not met | ${'un'}listed, ${'un'}met |`,
      ),
      file('libs/engine/src/a.ts', `const ${'un'}listed = 1;`, `const is${'Un'}met = 1;`),
      file('libs/engine/README.md', `what was ${'un'}met`),
    ],
    complaints: 3,
    right: [
      file(
        'ARCHITECTURE.md',
        '## Glossary',
        '| term | what it is | not |',
        `| unseen | not met | ${'un'}listed |`,
      ),
      file('libs/engine/src/a.ts', 'const unseen = 1;', `const ${'un'}listedness = 1;`),
      file('libs/engine/src/b.ts', '// glossary: a word of old logs', `const old = '${'un'}listed-read';`),
      file('apps/a/src/a.ts', `const ${'un'}listed = 1;`),
    ],
  },
  {
    name: 'a README names files and exports that exist',
    rule: readmesNameWhatExists,
    wrong: [
      file(
        'libs/a/README.md',
        "import { gone, there } from '@tidemark/a';",
        '| `src/gone.ts` | old |',
        '| a | `b.ts` |',
      ),
      file('libs/a/src/index.ts', "export { there } from './there.ts';"),
      file('libs/a/src/there.ts', ''),
    ],
    complaints: 3,
    right: [
      file(
        'libs/a/README.md',
        "import { there } from '@tidemark/a';",
        '| `src/there.ts` | x | `c.ts` |',
        '| `src/in/` |',
      ),
      file('libs/a/src/index.ts', "export { there } from './there.ts';"),
      file('libs/a/src/there.ts', ''),
      file('libs/a/src/in/b.ts', ''),
    ],
  },
  {
    name: 'nothing tells of the machine it was written on',
    rule: noMachineTraces,
    wrong: [
      file('a.md', `see ${'/work'}/elsewhere/x`, `in ${'/Users'}/somebody`),
      file('a.json', `"https://${'registry'}.npmjs.org/x"`, `https://npm.${'artifactory'}.example.com/`),
    ],
    complaints: 4,
    right: [
      file(
        'a.md',
        'see docs/work/main and /drives/x/root:/work/a',
        'https://graph.microsoft.com/v1.0/me/drive/root/children',
      ),
    ],
  },
  {
    name: 'the lock file and npm’s settings name no host',
    rule: lockFileWithoutHosts,
    wrong: [
      file('package-lock.json', '"resolved": "https://x.example/a.tgz"'),
      file('.npmrc', 'registry=https://x.example'),
    ],
    complaints: 2,
    right: [file('package-lock.json', '"resolved": "libs/bus"'), file('.npmrc', 'fund=false')],
  },
  {
    name: 'every project has a README',
    rule: readmes,
    wrong: [file('libs/a/package.json', '{}')],
    complaints: 1,
    right: [file('libs/a/package.json', '{}'), file('libs/a/README.md', '# a'), file('package.json', '{}')],
  },
  {
    name: 'dependencies have exact versions',
    rule: exactVersions,
    wrong: [
      file(
        'libs/a/package.json',
        '{"dependencies":{"rxjs":"^7.8.2","@tidemark/b":"0.1.0"},"devDependencies":{"x":"latest"}}',
      ),
    ],
    complaints: 3,
    right: [file('libs/a/package.json', '{"dependencies":{"rxjs":"7.8.2","@tidemark/b":"*"}}')],
  },
  {
    name: 'indexes re-export by name and do nothing else',
    rule: indexesListNames,
    wrong: [
      file('libs/a/src/index.ts', "export * from './a.ts';"),
      file('libs/b/src/index.ts', "export type * from './a.ts';"),
      file('libs/c/src/index.ts', 'export const a = 1;'),
      file('libs/contracts/src/index.ts', "export * from './a.ts';"),
    ],
    complaints: 4,
    right: [
      file(
        'libs/a/src/index.ts',
        '/** What it is. */',
        'export {',
        '  a,',
        "} from './a.ts';",
        "export type { B } from './b.ts';",
      ),
      file('libs/contracts/src/index.ts', "export type * from './a.ts';"),
      file('libs/a/src/deep/index.ts', 'export const a = 1;'),
    ],
  },
  {
    name: 'links between pages lead somewhere',
    rule: docsLinks,
    wrong: [
      file('docs/a.md', '# A', '[b](b.md)', '[c](../c.md#nowhere)', '[d](#none)'),
      file('c.md', '# Some where'),
    ],
    complaints: 3,
    right: [
      file(
        'docs/a.md',
        '# A b, c!',
        '[c](../c.md#some-where-1)',
        '[a](#a-b-c)',
        '[out](https://example.com/x)',
        '[docs](../docs/)',
        '`[no](link)`',
      ),
      file('c.md', '# Some where', '## Some where'),
    ],
  },
  {
    name: 'commands in pages are ones that the program takes',
    rule: docsCommands,
    wrong: [
      file(
        'package.json',
        '{ "scripts": { "build": "x", "fuzz": "node a/src/main.ts", "u": "vitest --project unit" } }',
      ),
      file('a/src/main.ts', '  seed: { type: "string" },'),
      file('c.md', '```sh', '# config', 'sync_dir = "a"', '```'),
      file('b.md', '```sh', 'npm run fuzz -- --seed 7 --inputs 9 # many', 'npm run u -- a/source', '```'),
      file(
        'a.md',
        ...[
          '```sh',
          'tidemark sync --never',
          '$ sudo -u x onedrive --sync --bad | cat',
          'npm run make',
          '```',
        ],
        'Then `tidemark why PATH`, or `tidemark log [--nothing]`, or `npm run tests`.',
      ),
    ],
    complaints: 9,
    right: [
      file(
        'package.json',
        '{ "scripts": { "build": "x", "fuzz": "node a/src/main.ts", "u": "vitest --project unit" } }',
      ),
      file('a/src/main.ts', '  seed: { type: "string" },'),
      file('b.md', '```sh', 'npm run fuzz -- --seed 7 # one', 'X=1 npm run u -- a/src', '```'),
      file(
        'a.md',
        ...['```sh', 'tidemark sync --dry-run # looks', 'npm run build && npm run build', '```'],
        ...['```', 'Tidemark: done', 'onedrive --sync --single-directory "a b"', '```'],
        'Then `tidemark log [LOG] [--since 2h]`, or `tidemark` alone.',
      ),
      file('CHANGELOG.md', '`tidemark erase`'),
    ],
  },
  {
    name: 'the changelog has versions, kinds of change and changes',
    rule: changelog,
    wrong: [file('CHANGELOG.md', '# Changes', '## 1.0', '### Improved', '* a')],
    complaints: 6,
    right: [
      file(
        'CHANGELOG.md',
        '# Changelog',
        '',
        '## Unreleased',
        '',
        '### Added',
        '',
        '- a thing',
        '  with details',
        '',
        '## 0.1.0 – 2026-01-31',
        '',
      ),
    ],
  },
  {
    name: 'files end in a line break and have no carriage returns',
    rule: lineBreaks,
    wrong: [{ path: 'a.ts', text: 'a' }, file('b.ts', 'a\r')],
    complaints: 2,
    right: [file('a.ts', 'a'), { path: 'empty', text: '' }],
  },
];

for (const { name, rule, wrong, complaints, right } of cases) {
  test(name, () => {
    expect(rule(repository)).toEqual([]);
  });
  test(`it would be noticed: ${name}`, () => {
    expect(rule(wrong)).toHaveLength(complaints);
    expect(rule(right)).toEqual([]);
  });
}

test('the path of this very repository is found wherever it lies', () => {
  expect(noMachineTraces([file('a.ts', `open('${repositoryRoot}package.json')`)])).not.toEqual([]);
});

test('the checks see the repository', () => {
  expect(repository.length).toBeGreaterThan(100);
  expect(repository.map(({ path }) => path)).toContain('libs/contracts/src/index.ts');
});

test('files that deserve a second look are named', () => {
  const long = longFiles(repository);
  if (long.length > 0) process.stdout.write(`More than 300 lines:\n  ${long.join('\n  ')}\n`);
  expect(longFiles([file('a.ts', ...Array.from({ length: 301 }, () => ''))])).toHaveLength(1);
});
