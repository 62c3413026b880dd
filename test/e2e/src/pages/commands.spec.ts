/** Every command of ours in a block of a page is run by a test. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { outputOf } from '../webhook/output.ts';
import { asLines, openProfile } from '../profile.ts';
import { distFolder } from '../run-binary.ts';
import {
  commandsOf,
  followed,
  isFollowed,
  isIncident,
  literalsOf,
  pages,
  repository,
  shownBy,
  textOf,
  unrun,
} from './commands.ts';
import { runBlock, type Reader } from './run-page.ts';

const specText = (path: string): string => textOf(`test/e2e/src/${path}`);

/** Commands that no test runs, and that no table excuses. */
function forgotten(paths: readonly string[], text?: string): readonly string[] {
  const all = paths.flatMap((page) => commandsOf(page, text));
  const run = new Set(
    pages()
      .flatMap((page) => commandsOf(page))
      .filter(isFollowed)
      .map(({ command }) => command),
  );
  return all
    .map(({ command }) => command)
    .filter(
      (command) =>
        !run.has(command) && !shownBy.has(command) && unrun.every((one) => !one.command.test(command)),
    );
}

it('no page has a command that no test runs', () => {
  expect(
    forgotten(pages()),
    'follow the page in a test, or name the spec that runs it in commands.ts',
  ).toEqual([]);
  expect(pages().flatMap((page) => commandsOf(page)).length).toBeGreaterThan(100);
});

it('a new page with a command is noticed', () => {
  const page = [
    'Text',
    '```sh by-hand',
    'sudo tidemark sync --force > list # all',
    'tidemark status && tidemark resume',
    '```',
    '  ```console',
    '  $ onedrive --resync',
    '  ```',
    '```text',
    'Tidemark did it',
    '```',
  ].join('\n');
  expect(forgotten(['docs/new.md'], page)).toEqual([
    'tidemark sync --force',
    'tidemark resume',
    'onedrive --resync',
  ]);
});

it('the tables name specs that run what they say, and nothing that is in no page', () => {
  const all = pages().flatMap((page) => commandsOf(page).map(({ command }) => command));
  for (const [page, spec] of followed) expect(specText(spec), page).toContain(`'${page}'`);
  for (const [command, spec] of shownBy) {
    expect(all).toContain(command);
    for (const word of literalsOf(command))
      expect(specText(spec), command).toMatch(new RegExp(`['\` ]${word}['\` ]`));
  }
  for (const { command } of unrun)
    expect(
      all.some((one) => command.test(one)),
      `${command}`,
    ).toBe(true);
});

it('the commands of incidents say what the incident is about', async () => {
  const commands = pages()
    .filter(isIncident)
    .flatMap((page) => commandsOf(page));
  expect(commands.length).toBeGreaterThan(15);
  const home = await mkdtemp(join(tmpdir(), 'incidents-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const runNext = async (): Promise<void> => {
    for (let next = commands.shift(); next !== undefined; next = commands.shift()) {
      const folder = join(repository, dirname(next.page));
      const { exitCode, text } = await runBlock({ kind: '', commands: next.command }, readerIn(home, folder));
      expect(exitCode, `${next.page}: ${next.command}: ${text}`).toBe(0);
      expect(text, `${next.page}: ${next.command}`).not.toBe('');
    }
  };
  await Promise.all([runNext(), runNext(), runNext()]);
});

it('README, the page of conflicts and that of the inspector do what they say', async () => {
  const { simulator, drive, folder, configFolder } = await openProfile({
    tree: [
      { path: '/Documents/a.txt', content: 'on the drive' },
      { path: '/letter.odt', content: 'first' },
    ],
  });
  const config = join(folder, '.config/onedrive');
  await mkdir(config, { recursive: true, mode: 0o700 });
  // What the steps of the registration give.
  await writeFile(
    join(config, 'config'),
    asLines({ application_id: '11111111-2222-3333-4444-555555555555' }),
  );
  await cp(join(configFolder, 'tidemark.conf'), join(config, 'tidemark.conf'));
  const reader = { ...readerIn(folder, folder), caFile: simulator.caFile };

  const readme = await follow('README.md', reader);
  expect(readme.get('tidemark auth')).toContain('Logged in: ');
  expect(readme.get('tidemark --sync --dry-run')).toContain('Documents/a.txt');
  const cli = await follow('apps/cli/README.md', reader);
  expect(cli.get('tidemark explain "Documents/a.txt"')).toMatch(/^"Documents\/a\.txt".*: in sync/);

  await writeFile(join(folder, 'OneDrive/letter.odt'), 'changed here');
  drive.modify('/letter.odt', 'changed there');
  await runBlock({ kind: '', commands: 'tidemark sync' }, reader);
  const conflicts = await follow('apps/cli/docs/conflicts.md', reader);
  expect(conflicts.get('tidemark conflicts')).toMatch(/^"letter\.odt"\n  has the name .*\n  beside it /);
  expect(conflicts.get('tidemark conflicts show letter.odt')).toMatch(/^[-<]changed|^[-<] ?changed/m);
  expect(drive.dump().find(({ path }) => path === '/letter.odt')).toBeDefined();

  await cp(join(config, 'tidemark/drives/own/log'), join(folder, 'FOLDER'), { recursive: true });
  await cp(join(repository, 'test/incidents/conflict/incident.gz'), join(folder, 'BUNDLE.gz'));
  await follow('apps/cli/docs/inspect.md', reader);
});

const readerIn = (home: string, folder: string): Reader => ({
  shell: ['sh'],
  environment: { PATH: `${distFolder}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8' },
  folder,
});

/** What a command that goes on says when it has begun. */
const goesOn = new Map([
  ['--monitor', /^Sync with Microsoft OneDrive is complete$/],
  ['inspect', /http:\/\/127\.0\.0\.1:\d+/],
]);

/** @returns what each command of the page printed */
async function follow(page: string, reader: Reader): Promise<ReadonlyMap<string, string>> {
  const printed = new Map<string, string>();
  for (const { command } of commandsOf(page).filter(isFollowed)) {
    const [, ready] = [...goesOn].find(([word]) => command.split(' ').includes(word)) ?? [];
    if (ready === undefined) {
      const { exitCode, text } = await runBlock({ kind: '', commands: command }, reader);
      expect(exitCode, `${command}: ${text}`).toBe(0);
      printed.set(command, text);
    } else {
      const { environment, folder } = reader;
      const running = outputOf(
        spawn('sh', ['-c', `exec ${command}`], { cwd: folder, env: { ...environment } }),
      );
      printed.set(command, (await running.line(ready)).text);
      // An inspector keeps nothing that it would have to end in order.
      expect([0, null], command).toContain(await running.stop());
    }
  }
  return printed;
}
