/** The files of a new project with one plugin, which says something about each file that came from the drive. */

export interface NewPlugin {
  readonly name: string;
  /** As a manifest names versions: a range, or `file:` and a path. */
  readonly sdk: string;
  readonly testkit: string;
  /** The versions of the SDK that the plugin fits. */
  readonly fits: string;
}

/** Why a plugin cannot have that name, in words; null when it can. */
export const refusedName = (name: string): string | null =>
  /^[a-z][a-z0-9-]{0,63}$/.test(name)
    ? null
    : `a plugin is called by lower-case letters, digits and dashes, beginning with a letter, at most 64 of them`;

/** Path → text. */
export const projectFiles = (plugin: NewPlugin): Readonly<Record<string, string>> => ({
  'package.json': `${JSON.stringify(manifestOf(plugin), null, 2)}\n`,
  'tsconfig.json': `${JSON.stringify({ compilerOptions, include: ['src'] }, null, 2)}\n`,
  '.gitignore': 'node_modules/\n',
  '.npmrc': 'engine-strict=true\n',
  'README.md': readmeOf(plugin),
  'src/plugin.ts': pluginOf(plugin),
  'src/plugin.test.ts': test,
});

const manifestOf = ({ name, sdk, testkit }: NewPlugin): object => ({
  name,
  version: '0.1.0',
  private: true,
  type: 'module',
  engines: { node: '>=24' },
  scripts: {
    // A Node that is too old finds no such files, and says so.
    test: 'node --test --test-timeout=60000 "src/**/*.test.ts"',
    types: 'tsc',
    check: 'tidemark plugin check ./src/plugin.ts',
    dev: 'tidemark plugin dev ./src/plugin.ts',
  },
  devDependencies: {
    '@tidemark/plugin-sdk': sdk,
    '@tidemark/plugin-testkit': testkit,
    '@types/node': '>=24',
    typescript: '>=5.9',
  },
});

const compilerOptions = {
  noEmit: true,
  strict: true,
  target: 'es2024',
  module: 'nodenext',
  types: ['node'],
  // Node runs the files as they are.
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
};

const pluginOf = ({
  name,
  fits,
}: NewPlugin): string => `import { definePlugin, z } from '@tidemark/plugin-sdk';

/** Says which files came from the drive. */
export default definePlugin({
  name: '${name}',
  sdk: '${fits}',
  needs: { events: true },
  config: z.strictObject({ greeting: z.string().default('New here') }),
  on: {
    finished: ({ command, outcome }, { config, say }) => {
      if (command.type === 'DownloadFile' && outcome.type === 'CommandSucceeded')
        say(\`\${config.greeting}: \${command.path}\`);
    },
  },
});
`;

const test = `import { createWorld, runPlugin } from '@tidemark/plugin-testkit';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from './plugin.ts';

test('it says which files came from the drive', async () => {
  const world = createWorld({ drive: { 'notes/a.txt': 'hello' } });
  await using run = await runPlugin(plugin, world, { greeting: 'Look' });
  await run.happen('DownloadFile', 'notes/a.txt');
  const [notice] = await run.until(() => (run.notices.length > 0 ? run.notices : undefined));
  assert.deepEqual(notice, { type: 'said', level: 'info', text: 'Look: notes/a.txt' });
  assert.deepEqual(run.faults, []);
});

test('it says nothing of a download that failed', async () => {
  const world = createWorld({ drive: { 'a.txt': 'hello' } });
  await using run = await runPlugin(plugin, world);
  await run.happen('DownloadFile', 'a.txt', { failure: { code: 'offline', detail: 'Cannot reach the drive' } });
  await run.stop();
  assert.deepEqual(run.notices, []);
});
`;

const readmeOf = ({ name }: NewPlugin): string => `# ${name}

A plugin of Tidemark. It says which files came from the drive.

\`\`\`sh
npm install
npm test          # in a simulated world: no account, no network
npm run dev       # a daemon with this plugin, a simulated drive, a throwaway folder; what you save is loaded at once
npm run check     # what it asks for, and whether it fits the Tidemark that is installed here
npm run types     # the compiler's opinion
\`\`\`

\`dev\` and \`check\` need \`tidemark\` on the PATH.

To use it: name the file in \`tidemark.conf\` of the configuration directory, and check that nobody else can write to it.

\`\`\`sh
plugins = "/path/to/${name}/src/plugin.ts"
\`\`\`

| setting    | default      | is                     |
| ---------- | ------------ | ---------------------- |
| \`greeting\` | \`"New here"\` | what stands before a path |

Settings are JSON in \`plugins/${name}.json\` of the configuration directory. The pages of the SDK are in
\`node_modules/@tidemark/plugin-sdk\`: begin with its README.
`;
