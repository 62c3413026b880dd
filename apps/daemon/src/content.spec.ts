/** Content that a plugin changes on its way, in whole runs over the simulated ports. */
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { createInProcessBus } from '@tidemark/bus';
import type { Drive, RecordedEvent } from '@tidemark/contracts';
import { Failure, plainPolicy } from '@tidemark/contracts';
import { initialState, missingContent, noRules, replay, type State } from '@tidemark/engine';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import {
  createManualClock,
  createMemorySpool,
  createSeededRandom,
  createSimulatedDisk,
  createSimulatedDrive,
} from '@tidemark/testkit';
import { describe, expect, test } from 'vitest';
import { createRun } from './create-run.ts';

/** Each time other bytes: the time in the header is that of the call. */
const gzip = (format = 'gzip'): Plugin =>
  definePlugin({
    name: 'gzip',
    content: {
      format,
      applies: ({ name }) => !name.endsWith('.gz'),
      up: (bytes) => bytes.pipeThrough(new CompressionStream('gzip')),
      down: (bytes) => Readable.fromWeb(bytes as never).compose(createGunzip()),
    },
  });

interface RunOptions {
  readonly plugins?: readonly Plugin[];
  readonly forget?: string;
  /** The drive takes the first upload, and its answer does not arrive. */
  readonly losesAnswer?: true;
}

async function createWorld() {
  const random = createSeededRandom(1);
  const clock = createManualClock();
  const drive = createSimulatedDrive({ random: random.fork('drive'), clock });
  const disk = createSimulatedDisk({ random: random.fork('disk'), clock });
  const spool = createMemorySpool();
  const info = await drive.drive.info();
  const root = await disk.disk.root({ mark: true });
  const state = initialState();
  const log: RecordedEvent[][] = [];
  const moved: string[] = [];

  async function sync({ plugins = [gzip()], forget, losesAnswer }: RunOptions = {}): Promise<State> {
    const all = [delta, watcher, uploader, downloader, ...plugins].map((plugin) => ({ plugin }));
    const run = await createRun(
      {
        ...{ disk: disk.disk, clock, random, output, spool, bus: createInProcessBus() },
        drive: losesAnswer === true ? losingAnswer(drive.drive) : drive.drive,
        log: { append: async (events) => void log.push([...events]) },
      },
      {
        ...{ state, plugins: all, driveKey: 'spec', mode: 'real', monitoring: false },
        interrupted: new AbortController().signal,
        onFault: ({ details }) => expect.fail(details.detail),
      },
    );
    moved.length = 0;
    const ended = run.carryOut({
      started: (_elsewhere, formats) => ({
        ...{
          type: 'Started',
          version: 'spec',
          policy: plainPolicy,
          drive: info,
          root,
          forget: forget ?? null,
        },
        plugins: all.map(({ plugin: { name } }) => {
          const content = formats.get(name);
          return { name, version: '1', ...(content !== undefined && { content }) };
        }),
      }),
      onRecorded(events) {
        for (const { event } of events)
          if (event.type === 'CommandSucceeded' && event.transferredBytes !== undefined)
            moved.push(`${event.content ?? 'as it is'}`);
      },
    });
    let isOver = false;
    void ended.finally(() => (isOver = true));
    // Streams of the platform need turns of the event loop; whoever waits for another attempt needs the clock.
    while (!isOver) {
      for (let turn = 0; turn < 20 && !isOver; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (clock.sleeping.length > 0) await clock.advance(1_000);
    }
    await run.close();
    await clock.advance(60_000);
    return state;
  }
  return { ...{ drive: drive.user, disk: disk.user, spool, log, moved, sync, state } };
}

function losingAnswer(drive: Drive): Drive {
  let isLost = false;
  return {
    ...drive,
    async upload(...given) {
      const answer = await drive.upload(...given);
      if (isLost) return answer;
      isLost = true;
      throw new Failure({ code: 'offline', detail: 'spec' });
    },
  };
}

const output = {
  ...{ line: () => undefined, errorLine: () => undefined, status: () => undefined },
  isTerminal: false,
  columns: 80,
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

describe('a plugin that compresses', () => {
  test('goes between both sides: what is on disk is compressed on the drive, and the other way round', async () => {
    const { disk, drive, moved, spool, sync } = await createWorld();
    disk.write('up.txt', bytesOf('up '.repeat(100)));
    drive.write('down.txt', new Uint8Array(gzipSync('down '.repeat(100))));
    disk.write('as-it-is.gz', bytesOf('raw'));
    await sync();
    expect(textOf(gunzipSync(drive.read('up.txt') ?? ''))).toBe('up '.repeat(100));
    expect(textOf(disk.read('down.txt'))).toBe('down '.repeat(100));
    expect(textOf(drive.read('as-it-is.gz'))).toBe('raw');
    expect(moved.toSorted()).toEqual(['as it is', 'gzip', 'gzip']);
    expect(spool.keys()).toEqual([]);
    await sync();
    expect(moved).toEqual([]);
  });

  test('changes on either side follow, and a rename is a rename', async () => {
    const { disk, drive, moved, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    disk.write('b.txt', bytesOf('two'));
    await sync();
    disk.write('a.txt', bytesOf('one more'));
    drive.write('b.txt', new Uint8Array(gzipSync('two more')));
    await sync();
    expect(textOf(gunzipSync(drive.read('a.txt') ?? ''))).toBe('one more');
    expect(textOf(disk.read('b.txt'))).toBe('two more');
    disk.rename('a.txt', 'c.txt');
    drive.move('b.txt', 'd.txt');
    await sync();
    expect(moved).toEqual([]);
    expect([...disk.tree().keys()].toSorted()).toEqual(['c.txt', 'd.txt']);
    expect([...drive.tree().keys()].toSorted()).toEqual(['c.txt', 'd.txt']);
  });

  test('a resync transfers nothing, though disk and drive hold other bytes', async () => {
    const { disk, drive, moved, sync } = await createWorld();
    disk.write('up.txt', bytesOf('up '.repeat(100)));
    drive.write('down.txt', new Uint8Array(gzipSync('down')));
    await sync();
    await sync({ forget: 'the user asked for it' });
    expect(moved).toEqual([]);
    await sync();
    expect(moved).toEqual([]);
    expect([...disk.tree().keys()].toSorted()).toEqual(['down.txt', 'up.txt']);
  });

  test('an edit before a resync is kept beside the version of the drive, though it has the size that was agreed', async () => {
    const { disk, drive, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    await sync();
    disk.write('a.txt', bytesOf('two'));
    await sync({ forget: 'the user asked for it' });
    await sync();
    const onDisk = [...disk.tree().keys()].map((path) => textOf(disk.read(path)));
    const onDrive = [...drive.tree().keys()].map((path) => textOf(gunzipSync(drive.read(path) ?? '')));
    expect(onDisk.toSorted()).toEqual(['one', 'two']);
    expect(onDrive.toSorted()).toEqual(['one', 'two']);
  });

  test('an upload whose answer is lost is known again by what the drive shows, without a transfer', async () => {
    const { disk, drive, moved, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    await sync({ losesAnswer: true });
    expect(moved).toEqual([]);
    expect([...disk.tree().keys()]).toEqual(['a.txt']);
    expect([...drive.tree().keys()]).toEqual(['a.txt']);
  });

  test('a file that is there on both sides already is compared by what the plugin makes of it, and stays one', async () => {
    const { disk, drive, sync } = await createWorld();
    disk.write('a.txt', bytesOf('the same'));
    drive.write('a.txt', new Uint8Array(gzipSync('the same')));
    await sync();
    await sync();
    expect([...disk.tree().keys()]).toEqual(['a.txt']);
    expect([...drive.tree().keys()]).toEqual(['a.txt']);
  });

  test('what it did not make fails by name: nothing changes on either side, and the rest goes on', async () => {
    const { disk, drive, log, sync } = await createWorld();
    disk.write('a.txt', bytesOf('mine'));
    await sync();
    drive.write('a.txt', bytesOf('not compressed at all'));
    drive.write('b.txt', new Uint8Array(gzipSync('two')));
    await sync();
    expect(textOf(disk.read('a.txt'))).toBe('mine');
    expect(textOf(drive.read('a.txt'))).toBe('not compressed at all');
    expect(textOf(disk.read('b.txt'))).toBe('two');
    expect([...disk.trashContents()]).toEqual([]);
    const failures = log
      .flat()
      .flatMap(({ event }) => (event.type === 'CommandFailed' ? [event.failure] : []));
    expect(failures).toMatchObject([
      { code: 'contentFailed', detail: expect.stringContaining('"a.txt": plugin "gzip"') },
    ]);
  });

  test('a run without it, or with another format of it, is told; one that forgets is not', async () => {
    const { disk, sync } = await createWorld();
    disk.write('a.txt', bytesOf('one'));
    const state = await sync();
    const used = (content?: string) => [
      { name: 'gzip', version: '1', ...(content !== undefined && { content }) },
    ];
    expect(missingContent(state, used('gzip'))).toBeNull();
    expect(missingContent(state, [])).toEqual({ plugin: 'gzip', format: 'gzip', now: null });
    expect(missingContent(state, used())).toEqual({ plugin: 'gzip', format: 'gzip', now: null });
    expect(missingContent(state, used('other key'))).toMatchObject({ now: 'other key' });
    await sync({ plugins: [], forget: 'the user asked for it' });
    expect(missingContent(state, [])).toBeNull();
  });

  test('a replay of the log decides the same', async () => {
    const { disk, drive, log, sync } = await createWorld();
    disk.write('up.txt', bytesOf('up'));
    drive.write('down.txt', new Uint8Array(gzipSync('down')));
    await sync();
    await sync({ forget: 'the user asked for it' });
    const report = await replay({ batches: Readable.from(log), rulesFor: () => noRules });
    expect(report.divergences).toEqual([]);
  });
});
