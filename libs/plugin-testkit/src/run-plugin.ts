/** Runs one plugin in a world, in the host that the daemon uses, over the bus that it uses. */
import type {
  Command,
  CommandCompleted,
  CommandFailed,
  CommandSucceeded,
  CommandType,
  Event,
  FailureDetails,
  Reason,
  RecordedEvent,
  RuleId,
  Spool,
} from '@tidemark/contracts';
import { commandId, itemId, seq } from '@tidemark/contracts';
import { completePlugin } from '@tidemark/plugin-host';
import type { AnyPlugin, Plugin, RuleConflict, RuleItem } from '@tidemark/plugin-sdk';
import { createMemorySpool, type PluginRun, startPluginRun } from '@tidemark/testkit';
import { askIgnore, askResolve, factsIn } from './ask-rules.ts';
import { inPieces, wholeOf } from './bytes.ts';
import { type CommandWish, fieldsFor } from './command-for.ts';
import { ownHandlers } from './own-handlers.ts';
import { createWorld, type World } from './world.ts';

export interface RunningPlugin extends Omit<PluginRun, 'perform' | 'content' | 'until'>, AsyncDisposable {
  readonly world: World;
  /**
   * Resolves to what is found, as soon as it is there, in the world as well. Rejects with what the plugin has done so far when it does not
   * come within five seconds of real time.
   */
  until<Found>(find: () => Found | undefined): Promise<Found>;
  /**
   * Gives the plugin a command about what has that path in the world, as the engine would plan it now, and resolves to how it
   * ended. `wish`: fields that are to be otherwise. Throws an Error when the world has nothing there to do it with, and when the
   * plugin does not handle such commands.
   */
  perform<Type extends CommandType>(
    type: Type,
    path?: string,
    wish?: CommandWish<Type>,
  ): Promise<CommandCompleted | CommandFailed>;
  /**
   * Shows the plugin that such a command was planned and ended, as the log tells it: with these facts, or with this failure. Nothing in
   * the world changes. `rule`: why it was planned.
   */
  happen<Type extends CommandType>(type: Type, path: string, how?: HowItEnded): Promise<void>;
  /**
   * Shows the plugin a conflict about a file that both sides of the world have: that version kept the name, and the other one lies beside it.
   * Throws an Error when the drive of the world has no such file.
   */
  conflict(path: string, keptName?: 'local' | 'remote'): Promise<void>;
  /**
   * Asks the plugin's rule whether it leaves alone a file of that path, with the facts that it has reported so far: why, in words, or null.
   * `item`: what is otherwise about it, such as `{ kind: 'folder' }`; `markers` are those of the world's folder. Throws an Error when the
   * plugin has no such rule, and when it fails.
   */
  ignores(path: string, item?: Partial<RuleItem>): string | null;
  /** Asks its rule which version keeps the name; null when it does not say. */
  resolves(conflict: RuleConflict): 'local' | 'remote' | null;
  /** What it has told for its rules so far. */
  facts(): ReadonlyMap<string, string>;
  /**
   * What the drive gets of a file with these bytes; `null` when the plugin leaves files at that path as they are. Throws Failure `contentFailed`
   * when the plugin could not change it.
   */
  up(path: string, bytes: Uint8Array | string): Promise<Uint8Array | null>;
  /** The other way round: what the disk gets. */
  down(path: string, bytes: Uint8Array): Promise<Uint8Array | null>;
}

export interface HowItEnded {
  readonly facts?: Omit<CommandSucceeded, 'type' | 'command'>;
  readonly failure?: FailureDetails;
  readonly rule?: RuleId;
}

/**
 * Throws SetupError when the plugin cannot start: settings that are not valid, needs that a test does not offer.
 *
 * @example
 * await using run = await runPlugin(plugin, createWorld({ disk: { 'a.txt': 'hello' } }));
 * const outcome = await run.perform('HashFile', 'a.txt');
 */
export async function runPlugin(
  given: AnyPlugin,
  world: World = createWorld(),
  config: object = {},
): Promise<RunningPlugin> {
  const { clock } = world;
  const plugin = completePlugin(given, config);
  const run = await startIn(world, plugin, config);
  const asked = { plugin, config, world, observations: run.observations };
  let shown = 0;
  const recorded = (event: Event): RecordedEvent => {
    shown += 1;
    return { seq: seq(shown), at: clock.now(), source: 'engine', event, items: [] };
  };
  /** A plugin that sleeps would otherwise keep a test from ending, since time moves for it alone. */
  const stop = async (): Promise<void> => {
    let isOver = false;
    const stopped = run.stop().finally(() => (isOver = true));
    while (!isOver) {
      for (let turn = 0; turn < turnsBeforeTimeMoves && !isOver; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
      if (!isOver) await clock.advance(clock.sleeping[0] ?? 0);
    }
    await stopped;
  };
  const happen: RunningPlugin['happen'] = async (
    type,
    path,
    { facts = {}, failure, rule = 'run-started' } = {},
  ) => {
    const id = commandId(seq(shown + 1), 0);
    const fields = await fieldsFor(world, type, path, {});
    const reason: Reason = { rule, differs: '', causes: [] };
    const command = { ...fields, type, id, item: itemId(0), path, reason } as unknown as Command;
    await run.show([recorded({ type: 'Planned', commands: [command] })]);
    await run.show([
      recorded(
        failure === undefined
          ? { ...facts, type: 'CommandSucceeded', command: id }
          : { type: 'CommandFailed', command: id, failure },
      ),
    ]);
  };
  const { content, until: _until, ...others } = run;
  return {
    ...others,
    world,
    until: (find) => comes(find, () => soFar(run, world)),
    conflict(path, keptName = 'remote') {
      const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.[^.]*)?$/, '-host-safeBackup-0001$1');
      const facts = { kept: { name } } as unknown as NonNullable<HowItEnded['facts']>;
      return keptName === 'remote'
        ? happen('DownloadFile', path, { facts, rule: 'conflict-remote-keeps-name' })
        : happen('KeepRemoteCopy', path, { facts, rule: 'conflict-local-keeps-name' });
    },
    async up(path, bytes) {
      const given = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
      const change = content.of(path);
      return change === null ? null : wholeOf((await change.up(path, null, () => inPieces(given))).open(0));
    },
    async down(path, bytes) {
      const change = content.of(path);
      return change === null ? null : wholeOf(change.down(path, inPieces(bytes)));
    },
    happen,
    async perform(type, path = '', wish = {}) {
      if (plugin.handle?.[type] === undefined)
        throw new Error(`plugin "${plugin.name}" does not handle ${type}`);
      return run.perform({ type, path, ...(await fieldsFor(world, type, path, wish)) });
    },
    stop,
    ignores: (path, item = {}) => askIgnore(asked, { path, ...item }),
    resolves: (conflict) => askResolve(asked, conflict),
    facts: () => factsIn(run.observations),
    [Symbol.asyncDispose]: stop,
  };
}

/** What ends without time comes to its end first. */
const turnsBeforeTimeMoves = 20;

const waitMaxMs = 5_000;

/** Looks after each turn: what a plugin has sent is seen in the world alone. */
async function comes<Found>(find: () => Found | undefined, seen: () => string): Promise<Found> {
  const begunAt = performance.now();
  for (let turn = 0; ; turn += 1) {
    const found = find();
    if (found !== undefined) return found;
    if (performance.now() - begunAt > waitMaxMs)
      throw new Error(`Not found within ${waitMaxMs / 1_000} s. So far: ${seen()}`);
    await new Promise((resolve) => void (turn < 100 ? setImmediate(resolve) : setTimeout(resolve, 5)));
  }
}

const soFar = ({ observations, notices, faults }: PluginRun, { requests }: World): string =>
  JSON.stringify({ observations, notices, faults, requests }, null, 2);

/** Throws SetupError. */
export function startIn(
  world: World,
  plugin: Plugin,
  config: object,
  spool: Spool = createMemorySpool(),
): Promise<PluginRun> {
  const { clock, random, output, request, secrets, store, showOnDesktop, wantsFileActions, files } = world;
  return startPluginRun({
    ...{ plugin, config, clock, random: random.fork('plugin'), others: ownHandlers(plugin.name) },
    capabilities: {
      ...{ drive: world.drive.drive, disk: world.disk.disk, output, request, secrets, store, spool },
      ...{ showOnDesktop, wantsFileActions, files },
    },
  });
}
