import { definePlugin, type FailureCode, type Finished, z } from '@tidemark/plugin-sdk';
import { createWorld, runPlugin } from '@tidemark/plugin-testkit';
import { ignoreElements, NEVER, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createHost } from './host.ts';
import { createSpecWorld, turn } from './spec-world.ts';

describe('state that lives as long as the run', () => {
  it('is made before anything else of the plugin, given to all of it, and disposed of after everything', async () => {
    const did: string[] = [];
    const plugin = definePlugin({
      name: 'keeper',
      needs: { events: true, disk: 'read' },
      config: z.strictObject({ from: z.number() }),
      setup: async ({ config, signal, disk }) => {
        did.push(`set up, stopping ${signal.aborted}, a.txt is ${(await disk.stat('a.txt'))?.kind}`);
        return { count: config.from };
      },
      observe: ({ state, signal }) => {
        did.push(`observes with ${state.count}`);
        signal.addEventListener('abort', () => did.push('is to stop'));
        return NEVER;
      },
      handle: {
        HashFile: async (_command, { state }) => {
          state.count += 1;
          return {};
        },
      },
      on: { rested: (_happened, { state }) => void did.push(`rests with ${state.count}`) },
      dispose: (state) => void did.push(`disposes of ${state.count}`),
    });
    const world = createWorld({ disk: { 'a.txt': 'a' } });
    const run = await runPlugin(plugin, world, { from: 7 });
    await run.perform('HashFile', 'a.txt');
    await run.happen('DeleteLocal', 'a.txt');
    await run.stop();
    await run.stop();
    expect(did).toEqual([
      'set up, stopping false, a.txt is file',
      'observes with 7',
      'rests with 8',
      'is to stop',
      'disposes of 8',
    ]);
  });

  it('that cannot be made keeps the run from starting, and what others made is disposed of', async () => {
    const did: string[] = [];
    const first = definePlugin({
      name: 'first',
      setup: () => 'one',
      dispose: (state) => void did.push(`disposed of ${state}`),
    });
    const second = definePlugin({
      name: 'second',
      setup: () => {
        throw new Error('no database');
      },
      dispose: () => void did.push('disposed of nothing'),
    });
    const { options } = createSpecWorld();
    const host = createHost({ ...options, plugins: [{ plugin: first }, { plugin: second }] });
    await expect(host.start()).rejects.toThrow(
      'Cannot start plugin "second": its setup failed: no database.',
    );
    await host.stop();
    expect(did).toEqual(['disposed of one']);
  });

  it('may say something while it is made, and those that show it hear it', async () => {
    const heard: unknown[] = [];
    const early = definePlugin({ name: 'early', setup: ({ say }) => say('made a folder') });
    const shows = definePlugin({
      name: 'shows',
      needs: { events: true },
      observe: ({ notices }) =>
        notices.pipe(
          tap(({ plugin, notice }) => heard.push([plugin, notice])),
          ignoreElements(),
        ),
    });
    const { options } = createSpecWorld();
    const host = createHost({ ...options, plugins: [{ plugin: early }, { plugin: shows }] });
    await host.start();
    await turn();
    expect(heard).toEqual([['early', { type: 'said', level: 'info', text: 'made a folder' }]]);
    await host.stop();
  });

  it('is not waited for longer than half a minute', async () => {
    const slow = definePlugin({ name: 'slow', setup: () => new Promise<never>(() => undefined) });
    const { options, clock } = createSpecWorld();
    const started = createHost({ ...options, plugins: [{ plugin: slow }] }).start();
    const said = expect(started).rejects.toThrow('its setup failed: it was not done after 30 s');
    await turn();
    await clock.advance(30_000);
    await said;
  });
});

describe('reactions', () => {
  const reactor = (happened: unknown[], fail: (path: string) => boolean = () => false) =>
    definePlugin({
      name: 'reactor',
      needs: { events: true },
      on: {
        finished: async ({ command, outcome }: Finished) => {
          if (fail(command.path)) throw new Error('no answer');
          happened.push(
            `${command.type} ${command.path} ${outcome.type === 'CommandFailed' ? outcome.failure.code : 'done'}`,
          );
        },
        conflict: ({ path, keptName, other }) =>
          void happened.push(`conflict ${path} ${keptName} ${other.path}`),
        rested: ({ succeeded, failed }) => void happened.push(`rest ${succeeded}/${failed}`),
      },
    });
  const files = { disk: { 'a.txt': 'a', 'b.txt': 'b' }, drive: { 'a.txt': 'A' } };

  it('are called with each change and its outcome, in order, and not with looks', async () => {
    const happened: unknown[] = [];
    await using run = await runPlugin(reactor(happened), createWorld(files));
    await run.happen('HashFile', 'a.txt');
    await run.happen('UploadFile', 'a.txt');
    const failure = { code: 'driveFull' as never, detail: 'Cannot upload "b.txt"' };
    await run.happen('UploadFile', 'b.txt', { failure });
    expect(happened).toEqual(['UploadFile a.txt done', 'rest 1/0', 'UploadFile b.txt driveFull', 'rest 0/1']);
  });

  it('are told of a conflict with the place of the other version', async () => {
    const happened: unknown[] = [];
    const world = createWorld(files);
    await using run = await runPlugin(reactor(happened), world);
    const kept = { ...(await world.disk.disk.stat('a.txt')), name: 'a-copy.txt' } as never;
    await run.happen('DownloadFile', 'a.txt', { rule: 'conflict-remote-keeps-name', facts: { kept } });
    await run.happen('KeepRemoteCopy', 'a.txt', { rule: 'conflict-local-keeps-name', facts: { kept } });
    expect(happened.filter((one) => String(one).startsWith('conflict'))).toEqual([
      'conflict a.txt remote a-copy.txt',
      'conflict a.txt local a-copy.txt',
    ]);
  });

  it('are told of what waits for a person: failures that do not mend themselves, and what is held', async () => {
    const happened: unknown[] = [];
    const plugin = definePlugin({
      name: 'bell',
      needs: { events: true },
      on: {
        problem: ({ path, failure }) => void happened.push(`${failure.code} ${path}`),
        held: ({ hash, deletionsOnDrive }) => void happened.push(`${deletionsOnDrive} wait, ${hash}`),
      },
    });
    await using run = await runPlugin(plugin, createWorld(files));
    const fail = (type: 'UploadFile' | 'ReadRemote', code: FailureCode): Promise<void> =>
      run.happen(type, 'a.txt', { failure: { code, detail: 'Cannot' } });
    for (const code of ['offline', 'accessDenied', 'changedMeanwhile'] as const)
      await fail('UploadFile', code);
    await fail('ReadRemote', 'loginRequired');
    await fail('UploadFile', 'ofANewerVersion' as FailureCode);
    const held = { deletionsOnDrive: 40, deletionsOnDisk: 0, replacementsOnDrive: 0 };
    for (const hash of ['3f', '3f', '4a']) {
      await run.showNotice({ type: 'confirmationWanted', hash, ...held });
      await run.showNotice({ type: 'signalReceived', count: 1 }, 'webhook');
    }
    expect(happened).toEqual(['accessDenied a.txt', 'loginRequired null', '40 wait, 3f', '40 wait, 4a']);
  });

  it('are not told twice, and one that throws is named and does not keep the next from being called', async () => {
    const happened: unknown[] = [];
    const world = createWorld(files);
    await using run = await runPlugin(
      reactor(happened, (path) => path === 'a.txt'),
      world,
    );
    const batches: unknown[] = [];
    const { unsubscribe } = await run.bus.subscribe('sync.home.event', (batch) => void batches.push(batch));
    await run.happen('DeleteLocal', 'a.txt');
    await run.happen('DeleteLocal', 'b.txt');
    await unsubscribe();
    expect(batches).toHaveLength(4);
    for (const batch of batches) await run.show(batch as never);
    expect(happened).toEqual(['rest 1/0', 'DeleteLocal b.txt done', 'rest 1/0']);
    expect(run.faults).toEqual(['Cannot react ("finished"): plugin "reactor" failed: no answer']);
  });

  it('that are slow are waited for at the end of a run', async () => {
    const happened: string[] = [];
    const slow = definePlugin({
      name: 'slow',
      needs: { events: true },
      on: {
        finished: async ({ command }, { clock }) => {
          await clock.sleep(1_000);
          happened.push(command.path);
        },
      },
    });
    const world = createWorld(files);
    const run = await runPlugin(slow, world);
    await run.happen('DeleteLocal', 'a.txt');
    await run.happen('DeleteLocal', 'b.txt');
    const stopped = run.stop();
    await turn();
    await world.clock.advance(2_000);
    await stopped;
    expect(happened).toEqual(['a.txt', 'b.txt']);
  });

  it('are heard to their last word', async () => {
    const heard: unknown[] = [];
    const chatty = definePlugin({
      name: 'chatty',
      needs: { events: true },
      observe: ({ notices }) =>
        notices.pipe(
          tap(({ notice }) => heard.push(notice)),
          ignoreElements(),
        ),
      on: {
        finished: async (_happened, { clock, say }) => {
          await clock.sleep(1_000);
          say('and that was all', 'debug');
        },
      },
    });
    const world = createWorld(files);
    const run = await runPlugin(chatty, world);
    await run.happen('DeleteLocal', 'a.txt');
    const stopped = run.stop();
    await turn();
    await world.clock.advance(1_000);
    await stopped;
    expect(heard).toEqual([{ type: 'said', level: 'debug', text: 'and that was all' }]);
  });

  it('need events, in the types and at run time', async () => {
    const plugin = definePlugin({
      name: 'peeping',
      // @ts-expect-error it does not declare that it needs events
      on: { rested: () => undefined },
    });
    await expect(runPlugin(plugin)).rejects.toThrow('does not declare that it needs "events"');
  });
});
