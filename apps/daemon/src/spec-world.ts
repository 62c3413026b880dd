/** Whole runs over the simulated ports, with plugins besides the four that sync. */
import { createInProcessBus } from '@tidemark/bus';
import type { Drive, RecordedEvent } from '@tidemark/contracts';
import { Failure, plainPolicy } from '@tidemark/contracts';
import { initialState, type State } from '@tidemark/engine';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import type { Plugin } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import {
  createManualClock,
  createMemorySpool,
  createSeededRandom,
  createSimulatedDisk,
  createSimulatedDrive,
} from '@tidemark/testkit';
import { expect } from 'vitest';
import { createRun } from './create-run.ts';

interface RunOptions {
  readonly plugins?: readonly Plugin[];
  readonly forget?: string;
  /** The drive takes the first upload, and its answer does not arrive. */
  readonly losesAnswer?: true;
}

/** `usual`: plugins of a run that names no others. */
export async function createWorld(usual: () => readonly Plugin[]) {
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

  async function sync({ plugins = usual(), forget, losesAnswer }: RunOptions = {}): Promise<State> {
    const all = [...plugins, delta, watcher, uploader, downloader].map((plugin) => ({ plugin }));
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
