/** Whole runs over the simulated ports, what users do between them, and the changes that they ask for. */
import { createInProcessBus } from '@tidemark/bus';
import type { EventOf, EventType, Policy } from '@tidemark/contracts';
import { plainPolicy } from '@tidemark/contracts';
import { createMemoryLog } from '@tidemark/event-log';
import type { Conflict, DriveKind, State, UndoPlan, UndoTarget } from '@tidemark/engine';
import { ConflictFinder } from '@tidemark/engine';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { createHost } from '@tidemark/plugin-host';
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
import { createConfirmation, type Wanted } from '../confirmation.ts';
import { createRun } from '../create-run.ts';
import { createRulesFor } from '../rules-for.ts';
import { stateFromLog } from '../state-from-log.ts';
import { carryOut, planUserChanges } from './carry-out.ts';
import type { DropEqualCopiesOptions } from './drop-equal-copies.ts';
import { dropEqualCopies } from './drop-equal-copies.ts';
import { findSpan, undoPlan } from './undo-plan.ts';
import { unfinishedChanges } from './unfinished.ts';

export const bytes = (text: string): Uint8Array => Buffer.from(text);
const rulesFor = createRulesFor();

export class Killed extends Error {}

/** `changing`: a plugin that changes content. */
export async function createWorld(
  kind: 'personal' | 'business' = 'personal',
  policy: Partial<Policy> = {},
  changing: readonly Plugin[] = [],
) {
  const random = createSeededRandom(1);
  const clock = createManualClock();
  let stepsLeft = Infinity;
  const step = (): null => {
    if (stepsLeft-- <= 0) throw new Killed('kill -9');
    return null;
  };
  const drive = createSimulatedDrive({
    ...{ random: random.fork('drive'), clock, kind },
    faults: { fail: (operation) => (operation === 'restore' ? step() : null) },
  });
  const disk = createSimulatedDisk({
    ...{ random: random.fork('disk'), clock },
    faults: {
      fail: (operation) => (['place', 'move', 'remove', 'createFolder'].includes(operation) ? step() : null),
    },
  });
  const spool = createMemorySpool();
  const log = createMemoryLog();
  const info = await drive.drive.info();
  await disk.disk.root({ mark: true });
  const host = createHost({
    ...{ clock, random, output, spool, bus: createInProcessBus(), driveKey: 'spec' },
    plugins: changing.map((plugin) => ({ plugin })),
  });
  await host.start();
  const { content } = host;
  const stateNow = async (): Promise<State> => (await stateFromLog(log, rulesFor)).state;

  async function sync(wanted: Wanted = 'nothing'): Promise<string> {
    const root = await disk.disk.root({ mark: true });
    const state = await stateNow();
    const run = await createRun(
      { drive: drive.drive, disk: disk.disk, bus: createInProcessBus(), log, clock, random, output, spool },
      {
        ...{ state, driveKey: 'spec', mode: 'real', monitoring: false },
        plugins: [delta, watcher, uploader, downloader, ...changing].map((plugin) => ({ plugin })),
        confirmation: createConfirmation(wanted),
        interrupted: new AbortController().signal,
        onFault: ({ details }) => expect.fail(details.detail),
      },
    );
    let isOver = false;
    const ended = run.carryOut({
      started: (_elsewhere, formats) => ({
        ...{ type: 'Started', version: 'spec', drive: info, root, forget: null },
        plugins: [...formats].map(([name, content]) => ({ name, version: '1', content })),
        policy: { ...plainPolicy, commandsInFlightMax: 100, ...policy },
      }),
    });
    void ended.finally(() => (isOver = true)).catch(() => undefined);
    // What waits for a moment to pass need not.
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(100);
    }
    await run.close();
    return ended;
  }

  async function planFor(target: UndoTarget, driveKind: DriveKind = kind): Promise<UndoPlan> {
    const span = await findSpan(log, target);
    if (typeof span === 'string') throw new Error(span);
    const state = await stateNow();
    return undoPlan({ log, disk: disk.disk, state, driveKind, span, rulesFor });
  }

  const parts = async () => ({
    ...{ log, state: await stateNow(), clock, source: 'undo' },
    ...{ disk: disk.disk, drive: drive.drive, content },
  });

  const pathsOf = ({ changes }: Pick<UndoPlan, 'changes'>): ReadonlySet<string> =>
    new Set(changes.flatMap((one) => ('toPath' in one ? [one.path, one.toPath] : [one.path])));

  return {
    ...{ drive, disk, log, sync, planFor },
    /** @param killAt the process dies before the change with this number */
    async undo(target: UndoTarget = { by: 'run', run: 'last' }, killAt = Infinity) {
      const plan = await planFor(target);
      stepsLeft = killAt;
      const end = await planUserChanges(await parts(), { asked: 'undo', changes: plan.changes }).finally(
        () => {
          stepsLeft = Infinity;
        },
      );
      return { plan, end, cause: await sync({ paths: pathsOf(plan) }) };
    },
    now: () => clock.now(),
    /** Their numbers. */
    async eventsOf<Type extends EventType>(
      type: Type,
      isMeant: (event: EventOf<Type>) => boolean,
    ): Promise<readonly number[]> {
      const found: number[] = [];
      for await (const batch of log.read())
        for (const { seq, event } of batch)
          if (event.type === type && isMeant(event as EventOf<Type>)) found.push(seq);
      return found;
    },
    async conflicts(): Promise<readonly Conflict[]> {
      const finder = new ConflictFinder();
      for await (const batch of log.read()) for (const recorded of batch) finder.take(recorded);
      return finder.conflictsIn((await stateNow()).trees);
    },
    async make(plan: Parameters<typeof planUserChanges>[1]) {
      const end = await planUserChanges(await parts(), plan);
      return { end, cause: await sync({ paths: pathsOf(plan) }) };
    },
    /** What it said. */
    async dropEqual({
      killAt = Infinity,
      settings = { download_only: false, upload_only: false },
      commandLine = {},
      mode = 'real',
      forget = null,
    }: Partial<DropEqualCopiesOptions['profile'] & Pick<DropEqualCopiesOptions, 'mode'>> & {
      readonly killAt?: number;
      readonly forget?: string | null;
    } = {}): Promise<readonly string[]> {
      const said: string[] = [];
      const { state, disk: sides, drive: remote } = await parts();
      const unfinished = await unfinishedChanges(log.read());
      stepsLeft = killAt;
      await dropEqualCopies({
        ...{ clock, mode, drive: remote, profile: { settings, commandLine } },
        opened: { log, state, disk: sides, forget, unfinished },
        say: (line) => said.push(line),
        warn: (line) => said.push(`WARNING: ${line}`),
      }).finally(() => {
        stepsLeft = Infinity;
      });
      return said;
    },
    trashed: (): readonly string[] =>
      [...disk.user.trashContents().values()].map((held) => Buffer.from(held).toString()),
    async finish() {
      const unfinished = await unfinishedChanges(log.read());
      if (unfinished === null) return null;
      const end = await carryOut(await parts(), unfinished);
      return { end, cause: await sync({ paths: pathsOf(unfinished.planned) }) };
    },
    /** Text of each file by path, null for a folder; the same on both sides. */
    tree(): Record<string, string | null> {
      const onDisk = shown(disk.user.tree());
      expect(shown(drive.user.tree())).toEqual(onDisk);
      return onDisk;
    },
  };
}

const shown = (tree: ReadonlyMap<string, { readonly kind: string; readonly bytes: Uint8Array }>) =>
  Object.fromEntries(
    [...tree]
      .map(([path, { kind, bytes: held }]): [string, string | null] => [
        path,
        kind === 'file' ? Buffer.from(held).toString() : null,
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );

const output = {
  ...{ line: () => undefined, errorLine: () => undefined, status: () => undefined },
  ...{ isTerminal: false, columns: 80 },
};

export type World = Awaited<ReturnType<typeof createWorld>>;
