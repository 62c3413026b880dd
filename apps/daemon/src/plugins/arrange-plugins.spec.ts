import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin } from '@tidemark/plugin-sdk';
import { afterAll, describe, expect, it } from 'vitest';
import type { Profile } from '../profile.ts';
import { arrangePlugins } from './arrange-plugins.ts';

const folder = await mkdtemp(join(tmpdir(), 'tidemark-plugins-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;

/** A file with this text after `export default`. */
async function plugin(text: string): Promise<string> {
  files += 1;
  const path = join(folder, `plugin-${files}.js`);
  await writeFile(path, `export default ${text};\n`, { mode: 0o600 });
  return path;
}

const done = async (): Promise<object> => ({});
const ours = [
  {
    plugin: definePlugin({
      name: 'watcher',
      needs: { disk: 'read' },
      handle: { HashFile: done, ScanLocal: done },
    }),
  },
  {
    plugin: definePlugin({ name: 'reporter', needs: { events: true, output: true } }),
    config: { json: true },
  },
];

async function arranged(
  plugins: readonly string[],
  remote: readonly string[] = [],
  own: readonly string[] = [],
) {
  const settings = { plugins, remote_plugins: remote, plugin_process: own };
  const locations = { directory: folder, home: folder };
  const { here, elsewhere } = await arrangePlugins(ours, { settings, locations } as unknown as Profile);
  return {
    here: here.map(({ plugin: { name, handle = {} } }) => [name, ...Object.keys(handle)].join(' ')),
    elsewhere,
  };
}

describe('plugins of a run', () => {
  it('are ours when the settings name no others', async () => {
    expect(await arranged([])).toEqual({
      here: ['settings', 'watcher HashFile ScanLocal', 'reporter'],
      elsewhere: [],
    });
  });

  it('follow ours in the order of the settings, and ours keep what they handle for the end', async () => {
    const hasher = await plugin(`{ name: 'hasher', handle: { HashFile: async () => ({}) } }`);
    const quiet = await plugin(`{ name: 'quiet' }`);
    expect((await arranged([quiet, hasher])).here).toEqual([
      ...['settings', 'watcher HashFile ScanLocal', 'reporter', 'quiet', 'hasher HashFile'],
    ]);
  });

  it('are made by their function of the settings', async () => {
    const path = await plugin(
      `{ name: 'some', config: (await import('@tidemark/plugin-sdk')).z.object({ on: (await import('@tidemark/plugin-sdk')).z.boolean().default(true) }), work: ({ on }) => ({ handle: on ? { HashFile: async () => ({}) } : {} }) }`,
    );
    expect((await arranged([path])).here).toContain('some HashFile');
    await mkdir(join(folder, 'plugins'), { recursive: true });
    await writeFile(join(folder, 'plugins/some.json'), '{ "on": false }');
    expect((await arranged([path])).here).toContain('some');
  });

  it('leave for another process by name: ours, those of the settings, and those that nobody here knows', async () => {
    const hasher = await plugin(`{ name: 'hasher', handle: { HashFile: async () => ({}) } }`);
    expect(
      await arranged([hasher], ['hasher', 'reporter', 'far:CreateSubscription, DeleteSubscription']),
    ).toEqual({
      here: ['settings', 'watcher ScanLocal'],
      elsewhere: [
        { name: 'hasher', handles: ['HashFile'] },
        { name: 'reporter', handles: [] },
        { name: 'far', handles: ['CreateSubscription', 'DeleteSubscription'] },
      ],
    });
  });

  it('of ours may all have processes of their own, with everything that they handle', async () => {
    expect(await arranged([], [], ['watcher', 'uploader'])).toEqual({
      here: ['settings', 'reporter'],
      elsewhere: [{ name: 'watcher', handles: ['HashFile', 'ScanLocal'], isOurs: true }],
    });
    expect((await arranged([], ['far:HashFile'], ['watcher'])).elsewhere).toEqual([
      { name: 'watcher', handles: ['ScanLocal'], isOurs: true },
      { name: 'far', handles: ['HashFile'] },
    ]);
  });

  it('are found from the configuration directory and from home', async () => {
    await mkdir(join(folder, 'more'), { recursive: true });
    await writeFile(join(folder, 'more/a.js'), `export default { name: 'a' };\n`);
    expect((await arranged(['./more/a.js'])).here).toContain('a');
    expect((await arranged(['~/more/a.js'])).here).toContain('a');
  });

  it('cannot share a command with a process of its own, which does not give it to the next', async () => {
    const hasher = await plugin(`{ name: 'hasher', handle: { HashFile: async () => ({}) } }`);
    await expect(arranged([hasher], ['far:HashFile'])).rejects.toThrow(
      /"hasher": it handles HashFile, and so does plugin "far" in another process/,
    );
  });

  it.each([
    [['one:HashFile', 'two:HashFile'], /"two": it is to take HashFile, and so is plugin "one"/],
    [['one:ScanLocal'], /"ScanLocal", which is not carried out in another process/],
    [['one:'], /gives it "", which is not carried out/],
    [['No Name'], /"No Name": remote_plugins cannot name it so/],
    [['watcher'], /"watcher": it cannot run in another process, because it needs "disk"/],
    [
      ['reporter:HashFile'],
      /"reporter": remote_plugins gives it other commands than it handles. Write "reporter"/,
    ],
  ])('cannot leave as %j', async (remote, reason) => {
    await expect(arranged([], remote)).rejects.toThrow(reason);
  });

  it.each([
    [`{ name: 'x', needs: { moon: true } }`, /needs: Unrecognized key: "moon"/],
    [`{ name: 'x', needs: { request: [{ host: 'a' }] } }`, /needs\.request\.0: Invalid input/],
    [`{ name: 'x', observe: 1 }`, /observe: is no function/],
    [`{ name: 'x', config: {} }`, /config: is no schema/],
    [`{ name: 'x', rules: { prefer: () => 1 } }`, /rules: Unrecognized key: "prefer"/],
    [
      `() => ({ name: 'x' })`,
      /its default export is a function, .* Write: export default definePlugin\(\{ name, config \}/,
    ],
    [`42`, /its default export is no plugin/],
    [`{ name: 'x', order: 'middle' }`, /order: Invalid option/],
    [
      `{ name: 'x', work: () => ({ handle: { EraseDrive: async () => ({}) } }) }`,
      /there is no command EraseDrive/,
    ],
    [
      `{ name: 'x', work: () => { throw new Error('no such colour') } }`,
      /"x": its function of the settings failed: no such colour/,
    ],
    [`{ name: 'x', sdk: 1 }`, /sdk: Invalid input: expected string/],
    [
      `{ name: 'x', sdk: '^99.0.0', needs: { moon: true } }`,
      /"x": it fits @tidemark\/plugin-sdk \^99\.0\.0, and this Tidemark has .*\. Update Tidemark/,
    ],
  ])('are refused as %s', async (text, reason) => {
    await expect(arranged([await plugin(text)])).rejects.toThrow(reason);
  });

  it('are checked against their settings before anything is opened, and told where those are', async () => {
    const path = await plugin(`{ name: 'plain' }`);
    await mkdir(join(folder, 'plugins'), { recursive: true });
    const settings = join(folder, 'plugins/plain.json');
    await writeFile(settings, '{ "loud": true }');
    await expect(arranged([path])).rejects.toThrow('Cannot start plugin "plain": it has no setting "loud"');
    await writeFile(settings, '{ loud }');
    await expect(arranged([path])).rejects.toThrow(`its settings in ${settings} cannot be read: `);
    await rm(settings);
    expect((await arranged([path])).here).toContain('plain');
  });

  it('are not loaded from a file that everybody can change', async () => {
    const path = await plugin(`{ name: 'open' }`);
    await chmod(path, 0o606);
    await expect(arranged([path])).rejects.toThrow(`Run: chmod o-w '${path}'`);
  });
});
