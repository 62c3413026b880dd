/** What every handler owes the engine, whatever it does: one suite for all of them. */
import type { CommandType, FailureCode } from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import type { EndedCommand, PluginRun } from '@tidemark/testkit';
import { fieldsFor } from './command-for.ts';
import { startIn } from './run-plugin.ts';
import { type Contents, createWorld, type World } from './world.ts';

export interface HandlerCase {
  readonly type: CommandType;
  /** What the command is about. */
  readonly path: string;
  readonly disk?: Contents;
  readonly drive?: Contents;
}

export interface HandlerCheck {
  readonly title: string;
  /** Rejects with an Error that says what the handler did instead. */
  check(): Promise<void>;
}

/**
 * Checks for any test runner, each in worlds of its own. `cases`: one for each kind of work that the plugin does.
 *
 * @example
 * for (const { title, check } of handlerConformance(plugin, [{ type: 'HashFile', path: 'a.txt', disk: { 'a.txt': 'a' } }]))
 *   test(title, check);
 */
export function handlerConformance(
  plugin: Plugin,
  cases: readonly HandlerCase[],
  config: object = {},
): readonly HandlerCheck[] {
  return cases.flatMap((one) => {
    const trial: Trial = { plugin, config, one };
    const name = `${one.type} "${one.path}"`;
    const checks: readonly HandlerCheck[] = [
      { title: `${name} is carried out`, check: () => isCarriedOut(trial) },
      {
        title: `${name} fails with the failure that it met, and loses nothing`,
        check: () => failsHonestly(trial),
      },
      { title: `${name} ends when the run stops, and loses nothing`, check: () => endsWithTheRun(trial) },
    ];
    return [
      ...checks,
      // Each time it is asked it keeps one copy more, under the next free name: too many are better than none.
      ...(one.type === 'KeepRemoteCopy' || one.type === 'KeepLocalCopy'
        ? []
        : [{ title: `${name} given twice ends like given once`, check: () => mayComeTwice(trial) }]),
      ...(interfering[one.type] === undefined
        ? []
        : [
            {
              title: `${name} leaves alone what changed meanwhile`,
              check: () => keepsToItsPrecondition(trial),
            },
          ]),
    ];
  });
}

interface Trial {
  readonly plugin: Plugin;
  readonly config: object;
  readonly one: HandlerCase;
}

async function isCarriedOut(trial: Trial): Promise<void> {
  const { ended } = await attempt(trial);
  expectThat(ended.type === 'CommandSucceeded', `it ended with ${inWords(ended)}`);
}

async function mayComeTwice(trial: Trial): Promise<void> {
  const { world, run, fields, ended: first } = await attempt(trial, { keepsRunning: true });
  expectThat(first.type === 'CommandSucceeded', `the first time it ended with ${inWords(first)}`);
  const once = sidesOf(world);
  const second = await run.perform({ type: trial.one.type, path: trial.one.path, ...fields });
  await run.stop();
  const twice = sidesOf(world);
  expectThat(twice === once, `the second time changed what was there:\n${once}\nbecame\n${twice}`);
  const isFine = second.type === 'CommandSucceeded' || refusals.has(second.failure.code);
  expectThat(isFine, `the second time it ended with ${inWords(second)}`);
}

/** Each operation of drive and disk fails once, in a world of its own. */
async function failsHonestly(trial: Trial): Promise<void> {
  const { operations } = await attempt(trial);
  for (let index = 0; index < operations.length; index += 1) {
    const when = `when ${operations[index]} failed`;
    const { world, ended, before } = await attempt(trial, { failAt: index });
    const isHonest = ended.type === 'CommandSucceeded' || ended.failure.code !== 'pluginFault';
    expectThat(isHonest, `${when} it ended with ${inWords(ended)}`);
    expectNothingLost(world, before, trial.one.type, when);
  }
}

async function endsWithTheRun(trial: Trial): Promise<void> {
  const { operations } = await attempt(trial);
  for (let index = 0; index < operations.length; index += 1) {
    const when = `when the run stopped at ${operations[index]}`;
    const { world, before } = await attempt(trial, { stopAt: index, when });
    expectNothingLost(world, before, trial.one.type, when);
  }
}

async function keepsToItsPrecondition(trial: Trial): Promise<void> {
  const { type, path } = trial.one;
  const { world, ended } = await attempt(trial, { meanwhile: (there) => interfering[type]?.(there, path) });
  const isRefusal = ended.type === 'CommandFailed' && refusals.has(ended.failure.code);
  expectThat(isRefusal, `it ended with ${inWords(ended)} although another version is there`);
  const isThere = world.diskText(path) === interference || world.driveText(path) === interference;
  expectThat(isThere, `the other version at "${path}" is gone`);
}

interface Attempt {
  readonly world: World;
  readonly run: PluginRun;
  readonly fields: object;
  readonly ended: EndedCommand;
  /** What the handler asked of drive and disk, in order. */
  readonly operations: readonly string[];
  readonly before: Kept;
}

interface Interference {
  /** The operation of this index fails. */
  readonly failAt?: number;
  /** The run stops at the operation of this index. */
  readonly stopAt?: number;
  readonly when?: string;
  /** Happens between the decision and the command. */
  readonly meanwhile?: (world: World) => void;
  readonly keepsRunning?: boolean;
}

async function attempt({ plugin, config, one }: Trial, interference: Interference = {}): Promise<Attempt> {
  const operations: string[] = [];
  let isWatched = false;
  let stopping: Promise<void> | null = null;
  const fail = (operation: string, about: string) => {
    if (!isWatched) return null;
    operations.push(`${operation} "${about}"`);
    const index = operations.length - 1;
    if (index === interference.stopAt) stopping = run.stop();
    if (index !== interference.failAt) return null;
    return { code: 'offline', detail: `Cannot ${operation} "${about}": the test let it fail` } as const;
  };
  const world = createWorld({ ...one, diskFaults: { fail }, driveFaults: { fail } });
  const fields = await fieldsFor(world, one.type, one.path, {});
  interference.meanwhile?.(world);
  const before = keptOf(world);
  const run = await startIn(world, plugin, config);
  isWatched = true;
  const performed = run.perform({ type: one.type, path: one.path, ...fields });
  const ended =
    interference.stopAt === undefined
      ? await performed
      : await Promise.race([performed, turnsUntilStopped(() => stopping, interference.when ?? '')]);
  isWatched = false;
  if (interference.keepsRunning !== true) await run.stop();
  return { world, run, fields, ended, operations, before };
}

/** Time stands still, so that the host never gives up on a handler: it has to end by itself. */
async function turnsUntilStopped(stopping: () => Promise<void> | null, when: string): Promise<EndedCommand> {
  let isStopped = false;
  for (let turn = 0; turn < turnsMax; turn += 1) {
    void stopping()?.then(() => (isStopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    // What a stopped handler throws is not told: the command is planned again.
    if (isStopped) return { type: 'CommandFailed', command: '' as never, failure: stopped };
  }
  throw new Error(`${when} the handler did not end`);
}

const turnsMax = 1_000;
const stopped = { code: 'offline', detail: 'the run stopped' } as const;

/** Codes with which a handler says that something else is there than what was expected. */
const refusals: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'changedMeanwhile',
  'preconditionFailed',
  'nameTaken',
  'notFound',
  'localGone',
]);

const interference = 'another version, from elsewhere';
const onDisk = (world: World, path: string): void => world.putOnDisk({ [path]: interference });
const onDrive = (world: World, path: string): void => world.putOnDrive({ [path]: interference });

/** How another version comes to be where a command expects the one that it was planned with. */
const interfering: { readonly [Type in CommandType]?: (world: World, path: string) => void } = {
  UploadFile: onDisk,
  MoveLocal: onDisk,
  DeleteLocal: onDisk,
  SetLocalTime: onDisk,
  HashFile: onDisk,
  DownloadFile: onDisk,
  MoveRemote: onDrive,
  DeleteRemote: onDrive,
  SetRemoteTime: onDrive,
};

interface Kept {
  readonly disk: ReadonlySet<string>;
  readonly drive: ReadonlySet<string>;
}

/** Contents of files, wherever they are: in the folder or its trash, on the drive or in its recycle bin. */
function keptOf({ disk: { user: local }, drive: { user: remote } }: World): Kept {
  const files = (tree: ReadonlyMap<string, { readonly kind: string; readonly bytes: Uint8Array }>) =>
    [...tree.values()].filter(({ kind }) => kind === 'file').map(({ bytes }) => bytes);
  return {
    disk: new Set([...files(local.tree()), ...local.trashContents().values()].map(asText)),
    drive: new Set([...files(remote.tree()), ...remote.recycledContents()].map(asText)),
  };
}

/** A new version may replace one of the drive, which keeps it among the item's versions. */
function expectNothingLost(world: World, before: Kept, type: CommandType, when: string): void {
  const now = keptOf(world);
  const mustStay =
    commandEffects[type] === 'writesDrive' ? before.disk : new Set([...before.disk, ...before.drive]);
  for (const content of mustStay)
    expectThat(now.disk.has(content) || now.drive.has(content), `${when} the content "${content}" was lost`);
}

function sidesOf({ disk, drive }: World): string {
  const side = (tree: ReadonlyMap<string, { readonly kind: string; readonly bytes: Uint8Array }>) =>
    [...tree].map(([path, { kind, bytes }]) => `${kind} ${path} "${asText(bytes)}"`).toSorted();
  return [...side(disk.user.tree()), '-', ...side(drive.user.tree())].join('\n');
}

const asText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const inWords = (ended: EndedCommand): string =>
  ended.type === 'CommandSucceeded' ? 'success' : `${ended.failure.code}: ${ended.failure.detail}`;

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
