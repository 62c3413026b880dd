/** Whole runs over the simulated ports, with a log that takes its time. */
import { createInProcessBus } from '@tidemark/bus';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { plainPolicy } from '@tidemark/contracts';
import { initialState } from '@tidemark/engine';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { definePlugin, type HttpRequest, type Plugin } from '@tidemark/plugin-sdk';
import watcher from '@tidemark/plugin-watcher';
import {
  createManualClock,
  createSeededRandom,
  createSimulatedDisk,
  createSimulatedDrive,
} from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { createRun } from './create-run.ts';

interface World {
  readonly files: number;
  readonly append: EventLog['append'];
  readonly plugins?: readonly Plugin[];
  readonly mode?: 'real' | 'rehearse';
  readonly request?: HttpRequest;
}

/** Nothing on disk, and so many files on the drive. */
async function begin({ files, append, mode = 'real', request, ...given }: World) {
  const { plugins = [delta, watcher, downloader] } = given;
  const random = createSeededRandom(1);
  const clock = createManualClock();
  const { drive, user, counts } = createSimulatedDrive({ random: random.fork('drive'), clock });
  const disk = createSimulatedDisk({ random: random.fork('disk'), clock });
  for (let index = 0; index < files; index++) user.write(`file ${index}`, Buffer.from(`${index}`));
  const info = await drive.info();
  const root = await disk.disk.root({ mark: true });
  const interruption = new AbortController();
  const run = await createRun(
    {
      drive,
      disk: disk.disk,
      bus: createInProcessBus(),
      log: { append },
      clock,
      random,
      output,
      ...(request && { capabilities: { request } }),
    },
    {
      state: initialState(),
      driveKey: 'spec',
      plugins: plugins.map((plugin) => ({ plugin })),
      mode,
      monitoring: false,
      interrupted: interruption.signal,
      onFault: ({ details }) => expect.fail(details.detail),
    },
  );
  const policy = { ...plainPolicy, commandsInFlightMax: 100 };
  const ended = run.carryOut({
    started: () => ({
      ...{ type: 'Started', version: 'spec', policy, drive: info, root, plugins: [], forget: null },
    }),
  });
  return { ended, run, disk, pages: () => counts.get('delta') ?? 0, interrupt: () => interruption.abort() };
}

const output = {
  line: () => undefined,
  errorLine: () => undefined,
  status: () => undefined,
  isTerminal: false,
  columns: 80,
};

test('outcomes that come in while a batch is made durable are one batch: 2,000 files take fewer than 300', async () => {
  const batches: (readonly RecordedEvent[])[] = [];
  const { ended, run, disk } = await begin({
    files: 2000,
    append: async (events) => {
      await turnsOfTheEventLoop(20);
      batches.push(events);
    },
  });
  expect(await ended).toBe('finished');
  await run.close();
  expect(disk.user.tree().size).toBe(2000);
  const outcomes = batches.flat().filter(({ event }) => event.type === 'CommandSucceeded');
  expect(outcomes).toHaveLength(2000);
  expect(batches.length).toBeLessThan(300);
});

test('the listing of a drive runs no more than two pages ahead of the log', async () => {
  const durable = Promise.withResolvers<void>();
  let isSlow = false;
  const { ended, run, pages } = await begin({
    files: 4000,
    // The listing begins beside the first batch, and the first page of it waits for that.
    append: async () => (isSlow ? durable.promise : turnsOfTheEventLoop(1)),
    plugins: [delta, watcher],
  });
  isSlow = true;
  await turnsOfTheEventLoop(200);
  // One is being made durable, one waits, one waits to be reported, and one is fetched meanwhile.
  expect(pages()).toBeLessThanOrEqual(4);
  durable.resolve();
  await turnsOfTheEventLoop(500);
  expect(pages()).toBeGreaterThan(19);
  run.handle.leave({ graceMs: 0, takeDown: false });
  await ended;
  await run.close();
});

async function turnsOfTheEventLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test.each([
  ['real', 'sent'],
  ['rehearse', 'accessDenied'],
] as const)('a plugin may send a request in a run that is %s: %s', async (mode, expected) => {
  const said: string[] = [];
  const plugin = definePlugin({
    name: 'caller',
    needs: { request: ['hooks.example.com'] },
    setup: async ({ request }) => {
      const sent = request('https://hooks.example.com/').then(() => 'sent');
      said.push(await sent.catch(({ code }: { code: string }) => code));
    },
  });
  const request: HttpRequest = async () => ({ status: 200, headers: {}, text: '' });
  const append = async (): Promise<void> => undefined;
  const plugins = [delta, watcher, downloader, plugin];
  const { ended, run } = await begin({ files: 0, append, plugins, mode, request });
  await ended;
  await run.close();
  expect(said).toEqual([expected]);
});
