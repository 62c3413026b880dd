/** Rules of a plugin with settings and facts: what they decide, that a replay hears them again, and what another version would decide. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listenTo } from './listen-to.ts';
import { openProfile, type TestProfile } from './profile.ts';

/** Leaves alone the names of its facts, and those with an ending of its settings. */
const rules = (ignore: string, facts: string): string => `
import { concat, NEVER, of } from 'rxjs';
import { definePlugin, z } from '@tidemark/plugin-sdk';
export default definePlugin({
  name: 'drafts', version: '1.0.0',
  config: z.object({ ending: z.string(), names: z.array(z.string()), token: z.string() }),
  observe: ({ config: { names } }) => ${facts},
  rules: {
    settings: ['ending'],
    facts: true,
    ignore: ${ignore},
  },
});
`;
const told = `concat(of({
    type: 'FactsReported', complete: true, facts: names.map((key) => ({ key, value: 'a draft' })),
  } as const), NEVER)`;
const first = '({ name }, { ending }, facts) => (name.endsWith(ending) ? ending : facts.get(name))';

async function withPlugin(profile: TestProfile, text: string, settings: object): Promise<void> {
  await writeFile(join(profile.configFolder, 'drafts.ts'), text);
  await mkdir(join(profile.configFolder, 'plugins'), { recursive: true });
  await writeFile(join(profile.configFolder, 'plugins/drafts.json'), JSON.stringify(settings));
}

const tree = ['a.txt', 'plan.txt', 'film.mov', 'notes.bak'].map((name) => ({
  path: `/${name}`,
  content: name,
}));

it('a log with rules, settings and facts replays as it was, and names what another version would decide', async () => {
  const profile = await openProfile({ tree, tidemarkConfig: { plugins: './drafts.ts' } });
  await withPlugin(profile, rules(first, told), { ending: '.mov', names: ['plan.txt'], token: 'secret-1' });
  await profile.write('film.mov.txt', 'here');
  const planned = await profile.tidemark(['plan']);
  expect(planned.exitCode, planned.text).toBe(0);
  expect(planned.stdout).toContain('notes.bak');
  expect(planned.stdout, 'facts of a source that a dry run asked').not.toContain('plan.txt');
  await profile.sync();
  expect(Object.keys(await profile.local()).toSorted()).toEqual(['/a.txt', '/film.mov.txt', '/notes.bak']);

  // Another run, with other settings and other facts.
  await withPlugin(profile, rules(first, told), { ending: '.bak', names: ['a.txt'], token: 'secret-2' });
  const ahead = await profile.tidemark(['plan']);
  expect(ahead.stdout, 'facts that the log knows').not.toContain('plan.txt');
  await rm(profile.at('notes.bak'));
  await rm(profile.at('a.txt'));
  await profile.sync();
  expect(Object.keys(await profile.local()).toSorted()).toEqual(['/film.mov', '/film.mov.txt', '/plan.txt']);
  expect(Object.keys(profile.remote()), 'what rules leave alone is not deleted').toEqual(
    expect.arrayContaining(['/a.txt', '/notes.bak']),
  );

  const log = await profile.tidemark(['log', '--json']);
  expect(log.stdout).toContain('"settings":{"ending":".mov"}');
  expect(log.stdout).toContain('"facts":[{"key":"plan.txt","value":"a draft"}]');
  expect(log.text, 'a setting that the rules do not name').not.toContain('secret-');
  const replayed = await profile.tidemark(['replay']);
  expect(replayed.stdout).toMatch(/ 0 divergences; hash chain intact/);
  expect((await profile.tidemark(['what-if'])).stdout).toMatch(/^0 decisions differ/);
  expect((await profile.tidemark(['explain', 'a.txt'])).stdout).toContain('a draft');

  // Other present settings, and none of the facts: those of the log count.
  await withPlugin(profile, rules(first, 'NEVER'), { ending: '.txt', names: [], token: '' });
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences/);

  const next = profile.at('../next.ts');
  const second = `({ name, path }, { ending }, facts) =>
      path === 'film.mov.txt' ? 'a film by another name' : name.endsWith(ending) ? ending : facts.get(name)`;
  await writeFile(next, rules(second, told));
  const other = await profile.tidemark(['what-if', '--plugin', next]);
  expect(other.exitCode, other.text).toBe(0);
  expect(other.stdout.match(/^#\d+ .*$/gm)?.map((line) => line.replace(/^#\d+ +/, ''))).toEqual([
    '"film.mov.txt"',
  ]);
  expect(other.stdout).toMatch(/was: {7}upload "film\.mov\.txt" as a new file: it is new on disk/);
  expect(other.stdout).toMatch(
    /would be: {2}nothing for "film\.mov\.txt": ignored, drafts: a film by another name/,
  );
  expect(other.stdout).toMatch(/^1 decisions differ/m);
});

it('changes nothing before all facts are known, says whom it waits for, and names a source that fails', async () => {
  const profile = await openProfile({ tree, tidemarkConfig: { plugins: './drafts.ts' } });
  const failing = `throwError(() => new Error('the list is away'))`;
  await withPlugin(profile, rules(first, failing).replace('concat, NEVER, of', 'throwError'), {
    ending: '.mov',
    names: [],
    token: '',
  });
  const run = listenTo(profile.start('tidemark', ['sync']));
  await run.said(/Nothing is changed before plugin "drafts" has told its facts/);
  await run.said(/ERROR: Plugin drafts: Cannot go on observing: plugin "drafts" failed: the list is away/);
  run.child.kill('SIGINT');
  await run.ended;
  expect(await profile.local()).toEqual({});
  const status = await profile.tidemark(['status']);
  expect(status.stdout).toContain(
    'As of the last run: nothing is changed before plugin "drafts" has told its facts',
  );
});
