/** What authors of plugins install, used as they use it: from tarballs, in an empty project, with nothing else of ours. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandEffects } from '@tidemark/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeAt } from './complete-at.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const published = ['plugin-sdk', 'plugin-testkit'].map((name) => join(repository, 'dist/packages', name));
/** What they depend on, packed anew from here: the test needs no registry. */
const foreign = ['rxjs', 'tslib', 'zod', '@types/node', 'undici-types'].map((name) =>
  join(repository, 'node_modules', name),
);

const base = await mkdtemp(join(tmpdir(), 'plugin-packages-'));
const project = join(base, 'my-plugin');
afterAll(() => rm(base, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number;
  readonly text: string;
}

const run = (command: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd: project, encoding: 'utf8' }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), text: stdout + stderr }),
    );
  });

const succeed = async (command: string, ...args: readonly string[]): Promise<string> => {
  const { exitCode, text } = await run(command, ...args);
  expect(exitCode, text).toBe(0);
  return text;
};

const put = (name: string, ...lines: readonly string[]): Promise<void> =>
  writeFile(join(project, name), `${lines.join('\n')}\n`);

/** The compiler of the repository, with the settings of a plain project. */
const typeCheck = (...files: readonly string[]): Promise<Ended> =>
  run(
    process.execPath,
    ...[
      join(repository, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--ignoreConfig',
      '--strict',
      '--module',
      'nodenext',
    ],
    ...['--target', 'es2024', ...files],
  );

beforeAll(async () => {
  await mkdir(project);
  await put('package.json', JSON.stringify({ name: 'my-plugin', version: '1.0.0', type: 'module' }));
  const packed = join(base, 'packed');
  await mkdir(packed);
  await succeed(
    ...(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', packed] as const),
    ...[...published, ...foreign],
  );
  const tarballs = (await readdir(packed)).map((name) => join(packed, name));
  await succeed('npm', 'install', '--offline', '--ignore-scripts', ...tarballs);
});

it('what authors install needs nothing else of ours', async () => {
  const ours = join(project, 'node_modules/@tidemark');
  expect(await readdir(ours)).toEqual(['plugin-sdk', 'plugin-testkit']);
  for (const file of await readdir(ours, { recursive: true })) {
    if (!/\.(?:js|d\.ts)$/.test(file)) continue;
    const text = await readFile(join(ours, file), 'utf8');
    const named = [...text.matchAll(/(?:\bfrom |\bimport\()["']([^"'.][^"']*)["']/g)].map(([, name]) => name);
    const foreign = named.filter((name) => !/^(?:node:|rxjs$|zod$)/.test(name ?? ''));
    const known = file.startsWith('plugin-testkit/') ? /^@tidemark\/plugin-sdk(?:\/|$)/ : /^$/;
    expect(
      foreign.filter((name) => !known.test(name ?? '')),
      file,
    ).toEqual([]);
  }
});

it('links of the pages lead somewhere in what was installed', async () => {
  const ours = join(project, 'node_modules/@tidemark');
  const broken: string[] = [];
  for (const file of await readdir(ours, { recursive: true })) {
    if (!file.endsWith('.md')) continue;
    const text = await readFile(join(ours, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)/g)) {
      if (/^https?:/.test(target)) continue;
      const found = await stat(join(ours, dirname(file), target)).catch(() => null);
      if (found === null) broken.push(`${file}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

describe('the SDK from its tarball', () => {
  it('has the example of its README as a plugin that fits its types and runs', async () => {
    const readme = await readFile(join(project, 'node_modules/@tidemark/plugin-sdk/README.md'), 'utf8');
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(example).toContain('export default definePlugin({');
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(15);
    await put('example.ts', example);
    expect(await typeCheck('example.ts')).toEqual({ exitCode: 0, text: '' });
    await put('ask.js', `import plugin from './example.ts';`, `console.log(typeof plugin.name, plugin.sdk);`);
    expect(await succeed(process.execPath, 'ask.js')).toBe('string ^1.0.0\n');
  });

  it('teaches by its types: what is wrong does not compile, and the compiler says where', async () => {
    await put(
      'wrong.ts',
      `import { definePlugin } from '@tidemark/plugin-sdk';`,
      `definePlugin({ name: 'a', handle: { EraseDrive: async () => ({}) } });`,
      `definePlugin({ name: 'b', handle: { HashFile: async (command, { disk }) => ({}) } });`,
      `definePlugin({ name: 'c', needs: { disk: 'read' }, handle: { HashFile: async (command, { disk }) => {`,
      `  await disk.remove(command.path, command.expected);`,
      `  return {};`,
      `} } });`,
      `definePlugin({ name: 'd', rules: { ignore: async () => 'later' } });`,
    );
    const { exitCode, text } = await typeCheck('wrong.ts');
    expect(exitCode).not.toBe(0);
    const places = [...text.matchAll(/^wrong\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    expect(places, text).toEqual([2, 3, 5, 8]);
    expect(text).toContain(`'EraseDrive' does not exist`);
  });

  it('completes what one writes: commands in handle, and in a handler what was asked for', async () => {
    await put('tsconfig.json', '{ "compilerOptions": { "module": "nodenext", "strict": true } }');
    const offered = (text: string): Promise<readonly string[]> =>
      completeAt(project, `import { definePlugin, z } from '@tidemark/plugin-sdk';\n${text}\n`);
    const commands = Object.keys(commandEffects).toSorted();
    expect(await offered(`definePlugin({ name: 'a', handle: { | } });`)).toEqual(commands);
    expect(await offered(`definePlugin({ name: 'a' }, (config) => ({ handle: { | } }));`)).toEqual(commands);
    const inHandler = await offered(
      `definePlugin({ name: 'a', needs: { disk: 'read' }, handle: { HashFile: async (command, { | }) => ({}) } });`,
    );
    expect(inHandler).toEqual(expect.arrayContaining(['clock', 'config', 'disk', 'next', 'say', 'signal']));
    expect(inHandler).not.toContain('drive');
    const inConfig = await offered(
      `definePlugin({ name: 'a', config: z.strictObject({ everyMs: z.number() }) }, (config) => (config.|, {}));`,
    );
    expect(inConfig).toEqual(['everyMs']);
  });

  it('keeps what may change apart', async () => {
    await put(
      'unstable.ts',
      `import { onGrounds, stagingKey } from '@tidemark/plugin-sdk/unstable';`,
      `export const both = [onGrounds, stagingKey];`,
    );
    expect(await typeCheck('unstable.ts')).toEqual({ exitCode: 0, text: '' });
    await put('stable.ts', `import { stagingKey } from '@tidemark/plugin-sdk';`, `void stagingKey;`);
    expect((await typeCheck('stable.ts')).text).toContain(`no exported member 'stagingKey'`);
  });
});

describe('the test kit from its tarball', () => {
  const plugin = [
    `import { definePlugin, Failure } from '@tidemark/plugin-sdk';`,
    `export default definePlugin({`,
    `  name: 'hasher', sdk: '^1.0.0', needs: { disk: 'read' },`,
    `  handle: {`,
    `    HashFile: async ({ path, expected }, { disk }) => {`,
    `      const row = await disk.stat(path);`,
    `      if (row?.stamp !== expected.stamp)`,
    `        throw new Failure({ code: 'changedMeanwhile', detail: 'Cannot hash "' + path + '": it changed' });`,
    `      return { local: { ...row, hash: 'hashed' } };`,
    `    },`,
    `  },`,
    `});`,
  ];

  it('has the test of its README, which fits the types and is green, without network', async () => {
    const readme = await readFile(join(project, 'node_modules/@tidemark/plugin-testkit/README.md'), 'utf8');
    const [example = '', conformance = '', ...others] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(
      ([, text]) => text,
    );
    expect(example).toContain('runPlugin(plugin, world)');
    expect(others).toEqual([]);
    await put('my-plugin.ts', ...plugin);
    await put('my-plugin.spec.ts', example);
    await put(
      'conformance.spec.ts',
      `import { handlerConformance } from '@tidemark/plugin-testkit';`,
      ...example.split('\n').filter((line) => /^import (?:plugin|\{ test)/.test(line)),
      conformance,
    );
    const specs = ['my-plugin.spec.ts', 'conformance.spec.ts'];
    expect(await typeCheck('--allowImportingTsExtensions', ...specs)).toEqual({ exitCode: 0, text: '' });
    const said = await succeed(process.execPath, '--test', '--test-reporter=tap', 'my-plugin.spec.ts');
    expect(said).toMatch(/^# pass 1$/m);
  });

  it('starts every example of the pages, and all of them fit the types', async () => {
    const pages = join(project, 'node_modules/@tidemark/plugin-sdk/docs');
    const examples: string[] = [];
    for (const page of await readdir(pages)) {
      if (!page.endsWith('.md')) continue;
      for (const [, text = ''] of (await readFile(join(pages, page), 'utf8')).matchAll(
        /```ts\n([\s\S]*?)```/g,
      )) {
        if (!/^export default definePlugin\(\{/m.test(text)) continue;
        examples.push(`${page.replace('.md', '')}-${examples.length}.ts`);
        await put(examples.at(-1) ?? '', text);
      }
    }
    expect(examples.length).toBeGreaterThan(1);
    expect(await typeCheck(...examples)).toEqual({ exitCode: 0, text: '' });
    await put(
      'start.js',
      `import { createWorld, runPlugin } from '@tidemark/plugin-testkit';`,
      `for (const example of ${JSON.stringify(examples)}) {`,
      `  const { default: plugin } = await import('./' + example);`,
      `  const run = await runPlugin(plugin, createWorld());`,
      `  await run.stop();`,
      `  if (run.faults.length > 0) throw new Error(example + ': ' + run.faults[0]);`,
      `}`,
    );
    await succeed(process.execPath, 'start.js');
  });

  it('fails a test whose plugin is wrong, and knows the failures of the SDK', async () => {
    await put('my-plugin.ts', ...plugin.map((line) => line.replace('row?.stamp !== expected.stamp', 'true')));
    const { exitCode, text } = await run(
      process.execPath,
      '--test',
      '--test-reporter=tap',
      'my-plugin.spec.ts',
    );
    expect([exitCode, text]).toEqual([1, expect.stringContaining("actual: 'CommandFailed'")]);
    await put(
      'ask.js',
      `import { createWorld, runPlugin } from '@tidemark/plugin-testkit';`,
      `import { definePlugin, Failure } from '@tidemark/plugin-sdk';`,
      `const world = createWorld({ disk: { 'a.txt': 'a' } });`,
      `const hash = (command, { disk }) => disk.hash(command.path, command.expected).catch((error) => {`,
      `  console.log(error instanceof Failure, error.code);`,
      `  throw error;`,
      `});`,
      `const plugin = definePlugin({ name: 'a', needs: { disk: 'read' }, handle: { HashFile: hash } });`,
      `await using run = await runPlugin(plugin, world);`,
      `world.disk.failNext(1, 'accessDenied', (operation) => operation === 'hash');`,
      `console.log((await run.perform('HashFile', 'a.txt')).failure.code, run.faults.length);`,
    );
    expect(await succeed(process.execPath, 'ask.js')).toBe('true accessDenied\naccessDenied 0\n');
  });
});
