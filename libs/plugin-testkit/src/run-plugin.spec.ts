import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import { definePlugin, type FactsReport, Failure, z } from '@tidemark/plugin-sdk';
import { Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createWorld, runPlugin } from './index.ts';

describe('one plugin in a world', () => {
  it('uploads what is on disk and downloads what is on the drive, as in a run', async () => {
    const world = createWorld({
      disk: { 'up.txt': 'from disk' },
      drive: { 'in/down.txt': 'from the drive' },
    });
    world.putOnDisk({ in: null });
    await using up = await runPlugin(uploader, world);
    expect(await up.perform('UploadFile', 'up.txt')).toMatchObject({
      type: 'CommandSucceeded',
      transferredBytes: 9,
    });
    expect(world.driveText('up.txt')).toBe('from disk');
    await using down = await runPlugin(downloader, world, { verifyDownloads: true });
    expect(await down.perform('DownloadFile', 'in/down.txt')).toMatchObject({ type: 'CommandSucceeded' });
    expect(world.diskText('in/down.txt')).toBe('from the drive');
  });

  it.each([
    [delta, 'ReadRemote', 'drive.txt'],
    [delta, 'ReadRemoteItems', 'drive.txt'],
    [watcher, 'ScanLocal', ''],
    [watcher, 'HashFile', 'disk.txt'],
    [uploader, 'UploadFile', 'both.txt'],
    [uploader, 'CreateRemoteFolder', 'folder'],
    [uploader, 'MoveRemote', 'drive.txt'],
    [uploader, 'DeleteRemote', 'drive.txt'],
    [uploader, 'SetRemoteTime', 'drive.txt'],
    [downloader, 'DownloadFile', 'both.txt'],
    [downloader, 'KeepRemoteCopy', 'both.txt'],
    [downloader, 'CreateLocalFolder', 'folder'],
    [downloader, 'MoveLocal', 'disk.txt'],
    [downloader, 'DeleteLocal', 'disk.txt'],
    [downloader, 'SetLocalTime', 'disk.txt'],
  ] as const)('%o is given %s for "%s" as the engine would plan it', async (plugin, type, path) => {
    const both = { 'both.txt': 'on both' };
    const world = createWorld({ disk: { 'disk.txt': 'd', ...both }, drive: { 'drive.txt': 'r', ...both } });
    await using run = await runPlugin(plugin, world);
    expect(await run.perform(type, path)).toMatchObject({ type: 'CommandSucceeded' });
    expect(run.faults).toEqual([]);
  });

  it('tells what it observed, noticed and printed, and moves its clock only when told to', async () => {
    const plugin = definePlugin({
      name: 'ticker',
      needs: { output: true },
      config: z.strictObject({ everyMs: z.number() }),
      observe: ({ clock, config, output, tell, signal }) =>
        new Observable((subscriber) => {
          void clock.sleep(config.everyMs, signal).then(() => {
            output.line('tick');
            tell({ type: 'channelAlive' });
            subscriber.next({ type: 'HintReceived', side: 'remote', source: 'ticker' });
          });
        }),
    });
    const world = createWorld();
    await using run = await runPlugin(plugin, world, { everyMs: 1_000 });
    await world.clock.advance(999);
    expect(world.lines).toEqual([]);
    await world.clock.advance(1);
    expect(await run.until(() => run.observations[0])).toMatchObject({ type: 'HintReceived' });
    expect(run.notices).toEqual([{ type: 'channelAlive' }]);
    expect(world.lines).toEqual(['tick']);
  });

  it('tells how a command failed, and of the plugin what went wrong in it', async () => {
    const plugin = definePlugin({
      name: 'refuser',
      handle: {
        HashFile: async ({ path }) => {
          if (path === 'a.txt') throw new Failure({ code: 'accessDenied', detail: 'Cannot read "a.txt"' });
          throw new Error('out of ideas');
        },
      },
    });
    await using run = await runPlugin(plugin, createWorld({ disk: { 'a.txt': 'a', 'b.txt': 'b' } }));
    expect(await run.perform('HashFile', 'a.txt')).toMatchObject({ failure: { code: 'accessDenied' } });
    expect(run.faults).toEqual([]);
    expect(await run.perform('HashFile', 'b.txt')).toMatchObject({ failure: { code: 'pluginFault' } });
    expect(await run.until(() => run.faults[0])).toContain('out of ideas');
  });

  it('ends a plugin that sleeps, although the test moves time no more', async () => {
    const woke: string[] = [];
    const plugin = definePlugin({
      name: 'sleeper',
      needs: { events: true },
      on: {
        finished: async (_finished, { clock }) => {
          await clock.sleep(5_000);
          woke.push('awake');
        },
      },
    });
    const run = await runPlugin(plugin, createWorld({ disk: { 'a.txt': 'a' } }));
    await run.happen('UploadFile', 'a.txt');
    await run.stop();
    expect(woke).toEqual(['awake']);
  });

  it('asks its rules, with the facts that it has reported', async () => {
    const reports = new Subject<FactsReport>();
    const plugin = definePlugin({
      name: 'private',
      config: z.strictObject({ why: z.string(), token: z.string() }),
      observe: () => reports,
      rules: {
        settings: ['why'],
        facts: true,
        ignore: ({ path, kind }, { why }, facts) => (facts.has(path) ? `${why} ${kind}` : undefined),
      },
    });
    await using run = await runPlugin(plugin, createWorld(), { why: 'a private', token: 's3cret' });
    expect(run.ignores('a')).toBeNull();
    reports.next({ type: 'FactsReported', facts: [{ key: 'a', value: '' }], complete: true });
    await run.until(() => run.observations[0]);
    expect([run.ignores('a'), run.ignores('b')]).toEqual(['a private file', null]);
    expect(run.ignores('a', { kind: 'folder' })).toBe('a private folder');
    reports.next({ type: 'FactsReported', facts: [{ key: 'b', value: '' }], complete: true });
    await run.until(() => run.observations[1]);
    expect([run.ignores('a'), run.ignores('b')]).toEqual([null, 'a private file']);
  });

  it('asks its rules about markers of the folder and about conflicts, and shows what it told', async () => {
    const version = { sizeBytes: 1, modifiedAt: 1 };
    const plugin = definePlugin({
      name: 'marked',
      rules: {
        facts: true,
        markers: ['.private'],
        ignore: ({ markers }) => markers[0],
        resolve: ({ local, remote }) => (local.sizeBytes > remote.sizeBytes ? 'local' : undefined),
      },
      observe: () =>
        of({ type: 'FactsReported', facts: [{ key: 'a', value: 'b' }], complete: true } as const),
    });
    const world = createWorld({ disk: { 'in/.private': '', 'in/a.txt': 'a', 'out/a.txt': 'a' } });
    await using run = await runPlugin(plugin, world);
    expect([run.ignores('in/deep/a.txt'), run.ignores('in', { kind: 'folder' })]).toEqual([
      '.private',
      '.private',
    ]);
    expect(run.ignores('out/a.txt')).toBeNull();
    expect(run.resolves({ path: 'a', local: { ...version, sizeBytes: 2 }, remote: version })).toBe('local');
    expect(run.resolves({ path: 'a', local: version, remote: version })).toBeNull();
    await run.until(() => run.observations[0]);
    expect(run.facts()).toEqual(new Map([['a', 'b']]));
  });

  it('says which rule fails, and why', async () => {
    const plugin = definePlugin({
      name: 'broken',
      rules: {
        ignore: () => {
          throw new Error('no such colour');
        },
      },
    });
    await using run = await runPlugin(plugin);
    expect(() => run.ignores('a')).toThrow('Cannot use the rule "ignore" for "a": no such colour');
  });

  it.each(['local', 'remote'] as const)(
    'shows a conflict in which the %s version keeps the name, and waits for what the plugin sends',
    async (keptName) => {
      const told = definePlugin({
        name: 'told',
        needs: { events: true, request: ['hooks.example.com'] },
        on: {
          conflict: async (conflict, { request }) => {
            await request('https://hooks.example.com/', { method: 'POST', body: JSON.stringify(conflict) });
          },
        },
      });
      const world = createWorld({
        disk: { 'a/b.txt': 'mine' },
        drive: { 'a/b.txt': 'theirs' },
        answer: () => ({ status: 204 }),
      });
      await using run = await runPlugin(told, world);
      await run.conflict('a/b.txt', keptName);
      const { body } = await run.until(() => world.requests[0]);
      expect(JSON.parse(String(body))).toMatchObject({
        ...{ path: 'a/b.txt', keptName },
        other: { in: 'folder', path: 'a/b-host-safeBackup-0001.txt' },
      });
      expect(run.faults).toEqual([]);
    },
  );

  it('fails with what the plugin has done so far when what is waited for never comes', async () => {
    const quiet = definePlugin({ name: 'quiet', setup: ({ say }) => say('here I am') });
    await using run = await runPlugin(quiet);
    await expect(run.until(() => run.observations[0])).rejects.toThrow(
      /^Not found within 5 s\. So far: [^]*here I am/,
    );
  });

  it('says what a test forgot', async () => {
    await using run = await runPlugin(uploader);
    await expect(run.perform('UploadFile', 'a.txt')).rejects.toThrow(
      'the sync folder has no "a.txt": give it to createWorld({ disk })',
    );
    await expect(run.perform('HashFile', 'a.txt')).rejects.toThrow('"uploader" does not handle HashFile');
    await expect(runPlugin(definePlugin({ name: 'x', needs: { listen: 'http' } }))).rejects.toThrow(
      'it needs "listen", which this run does not offer',
    );
  });
});

it('what a plugin passes on with next is done by ours, in the same world', async () => {
  const plugin = definePlugin({
    name: 'slow-uploads',
    config: z.strictObject({ seconds: z.number() }),
    handle: {
      UploadFile: async ({ path }, { next, clock, say, config }) => {
        const startedAt = clock.monotonic();
        const outcome = await next();
        if (clock.monotonic() - startedAt >= config.seconds * 1_000) say(`${path} took long`, 'warning');
        return outcome;
      },
    },
  });
  const world = createWorld({ disk: { 'a.txt': 'hello' } });
  await using run = await runPlugin(plugin, world, { seconds: 0 });
  expect(await run.perform('UploadFile', 'a.txt')).toMatchObject({ type: 'CommandSucceeded' });
  expect(world.driveText('a.txt')).toBe('hello');
  expect(run.notices).toEqual([{ type: 'said', level: 'warning', text: 'a.txt took long' }]);
  expect(run.faults).toEqual([]);
});
