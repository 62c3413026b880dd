/** Plugins that pass commands on to ours, in runs of the built command. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

async function addPlugins(profile: TestProfile, plugins: Readonly<Record<string, string>>): Promise<void> {
  const paths: string[] = [];
  for (const [name, text] of Object.entries(plugins)) {
    paths.push(join(profile.folder, `${name}.ts`));
    await writeFile(
      paths.at(-1) ?? '',
      `import { definePlugin, Failure, z } from '@tidemark/plugin-sdk';\n${text}\n`,
    );
  }
  const line = `plugins = "${paths.join('|')}"\n`;
  await writeFile(join(profile.configFolder, 'tidemark.conf'), line, { flag: 'a' });
}

const wrapping = (name: string, more = ''): string => `export default definePlugin({
  name: '${name}', version: '1.0.0', ${more}
  handle: {
    UploadFile: async (command, { next, tell }) => {
      const outcome = await next();
      tell({ type: '${name}/passed', text: 'passed ' + command.path, data: { bytes: command.sizeBytes } });
      return outcome;
    },
  },
});`;

it('each passes uploads on to the next, ours do them, and one outcome is in the log, which replays', async () => {
  const profile = await openProfile();
  await addPlugins(profile, {
    inner: wrapping('inner', `order: 'last',`),
    outer: wrapping('outer'),
  });
  await profile.write('a.txt', 'hello');
  const { text } = await profile.sync();
  await expectEqualSides(profile);
  const lines = text.split('\n').filter((line) => line.includes('passed'));
  expect(lines).toEqual(['inner: passed a.txt', 'outer: passed a.txt']);

  const ended = await profile.tidemark(['log', '--json', '--plugin', 'outer']);
  expect(ended.stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({ event: { type: 'CommandSucceeded' } });
  expect((await profile.tidemark(['log', '--json', '--plugin', 'uploader'])).stdout).toBe('');
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
  const why = await profile.tidemark(['plugin', 'why', 'outer']);
  expect(why.stdout).toBe(
    'outer 1.0.0, in the log: no monitor runs\n  handled   UploadFile: 1 done, 0 failed\n  last      nothing failed\n',
  );
  const check = await profile.tidemark(['plugin', 'check', 'outer', '--json']);
  expect(JSON.parse(check.stdout)).toMatchObject({
    name: 'outer',
    isInUse: true,
    handles: [{ type: 'UploadFile', alsoHandledBy: ['uploader', 'inner'] }],
  });
  const config = join(profile.configFolder, 'tidemark.conf');
  await writeFile(config, (await readFile(config, 'utf8')).replace(/^plugins = .*$/m, ''));
  await startDaemon(profile);
  const beside = await profile.tidemark(['plugin', 'why', 'outer']);
  expect(beside.stdout).toContain('outer 1.0.0, in the log: the monitor that runs does not have it\n');
});

it('each plugin of ours can be checked by the name that the list shows, also one in a process of its own', async () => {
  const elsewhere = { bus: 'nats://127.0.0.1:1', bus_nkey_file: '/none', plugin_process: 'uploader' };
  const profile = await openProfile({ tidemarkConfig: elsewhere });
  const listed = await profile.tidemark(['plugin', 'list', '--json']);
  const names = listed.stdout
    .trim()
    .split('\n')
    .map((line) => String(JSON.parse(line).name));
  expect(names).toEqual(expect.arrayContaining(['settings', 'uploader', 'downloader']));
  for (const name of names) {
    const { stdout, text } = await profile.tidemark(['plugin', 'check', name, '--json']);
    expect(stdout, text).not.toBe('');
    const stays = name === 'settings' ? expect.stringContaining('it has rules') : null;
    expect(JSON.parse(stdout)).toMatchObject({ name, isInUse: true, staysHere: stays });
  }
});

it('one that fails after ours were done loses nothing: both sides are looked at again', async () => {
  const profile = await openProfile();
  await mkdir(join(profile.configFolder, 'plugins'));
  await writeFile(join(profile.configFolder, 'plugins/clumsy.json'), '{ "times": 1 }');
  await addPlugins(profile, {
    clumsy: `export default definePlugin({ name: 'clumsy', config: z.strictObject({ times: z.number() }) }, ({ times }) => {
      let left = times;
      return {
        handle: {
          UploadFile: async (command, { next }) => {
            const outcome = await next();
            if (left-- > 0) throw new Failure({ code: 'timedOut', detail: 'Cannot write it down: too slow' });
            return outcome;
          },
        },
      };
    });`,
  });
  await profile.write('a.txt', 'hello');
  await profile.tidemark(['sync']);
  await profile.sync();
  await expectEqualSides(profile);
  expect(await profile.whereIs('hello')).toEqual(['folder:/a.txt', 'drive:/a.txt']);
  const why = await profile.tidemark(['plugin', 'why', 'clumsy']);
  expect(why.stdout).toMatch(/last {6}\S+Z timedOut: Cannot write it down: too slow/);
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
});
