/** What authors of plugins copy from our pages: each block of code fits the types and starts as a plugin, each command and setting is one that there is. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from '@tidemark/plugin-sdk';
import { loadSettings, parseCommandLine } from '@tidemark/settings';
import { afterAll, describe, expect, it, test } from 'vitest';
import { runPlugin } from './run-plugin.ts';
import { createWorld } from './world.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const made = new Set(['reference.md']);
const pagesIn = (folder: string): string[] =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md') && !made.has(name))
    .map((name) => join(folder, name));
const extra = readdirSync(join(repository, 'plugins-extra'), { withFileTypes: true })
  .filter((one) => one.isDirectory())
  .map(({ name }) => join('plugins-extra', name, 'README.md'));
const pages = [
  ...['libs/plugin-sdk/README.md', 'plugins-extra/README.md', ...extra],
  ...pagesIn('libs/plugin-sdk/docs'),
];

interface Block {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

function blocksOf(language: string): Block[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(repository, page), 'utf8');
    return [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'))].map(
      (found) => ({
        page,
        line: text.slice(0, found.index).split('\n').length + 1,
        text: found[1] ?? '',
      }),
    );
  });
}

/** Part of a plugin is put into one, by how it begins. */
const wholes: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/^rules: /, (text) => `export default definePlugin({ name: 'part', ${text} });`],
  [
    /^report\(/,
    (text) => `const text = '';
      export default definePlugin({ name: 'part', observe: ({ report }) => { ${text} return EMPTY; } });`,
  ],
  [/^export default /, (text) => text],
];

function whole({ page, line, text }: Block): string {
  if (/^import /m.test(text)) return text;
  const [, make] = wholes.find(([begin]) => begin.test(text)) ?? [];
  if (make === undefined) throw new Error(`${page}:${line}: nothing says what this is a part of`);
  const imports = [
    "import { definePlugin, z } from '@tidemark/plugin-sdk';",
    "import { EMPTY } from 'rxjs';",
  ];
  return [...imports, make(text)].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'pages-'));
afterAll(() => rmSync(folder, { recursive: true }));
symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
const examples = blocksOf('ts').map((block, index) => {
  const file = join(folder, `${index}.ts`);
  writeFileSync(file, whole(block));
  return { ...block, file, isPlugin: /^export default /m.test(whole(block)) };
});
test('each block of TypeScript fits the types', () => {
  const compiler = join(repository, 'node_modules/typescript/bin/tsc');
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--allowImportingTsExtensions',
  ];
  const target = ['--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
  let said = '';
  try {
    execFileSync(process.execPath, [compiler, ...options, ...target, ...examples.map(({ file }) => file)], {
      cwd: folder,
      encoding: 'utf8',
    });
  } catch (error) {
    said = String((error as { stdout?: string }).stdout);
  }
  const named = examples.reduce(
    (text, { file, page, line }) => text.replaceAll(file.slice(folder.length + 1), `${page}:${line}`),
    said,
  );
  expect(named).toBe('');
});

describe('a plugin', () => {
  it.each(examples.filter(({ isPlugin }) => isPlugin))('of $page starts (line $line)', async ({ file }) => {
    const { default: plugin } = (await import(pathToFileURL(file).href)) as { default: Plugin };
    const world = createWorld();
    await using run = await runPlugin(plugin, world);
    expect(run.faults).toEqual([]);
  });
});

describe('what is typed', () => {
  const lines = blocksOf('sh').flatMap(({ text }) =>
    text.split('\n').map((line) => line.replace(/ +#.*$/, '').trim()),
  );
  it.each(lines.filter((line) => line.startsWith('tidemark ')))('%s', (line) => {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
    expect(parseCommandLine(words.slice(1), 'tidemark')).toMatchObject({ type: 'parsed' });
  });

  const files = blocksOf('sh').filter(({ text }) => text.startsWith('# tidemark.conf'));
  it.each(files)('into tidemark.conf ($page, line $line)', ({ text }) => {
    const parsed = parseCommandLine(['--monitor'], 'onedrive');
    if (parsed.type !== 'parsed') throw new Error(parsed.lines.join(' '));
    const loaded = loadSettings({
      commandLine: parsed.commandLine,
      files: { tidemarkConfig: { path: '/u/tidemark.conf', text } },
      environment: { home: '/h', version: 'v1.2.3' },
    });
    expect(loaded).toMatchObject({ ok: true });
  });
});
