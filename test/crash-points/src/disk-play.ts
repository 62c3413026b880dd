/** Plays a scenario on a real disk adapter, cuts the power after each step, and recovers from everything that may be left. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { buildState, filesBelow } from './build-state.ts';
import { type DiskScenario, type Promised, type Way, ways } from './disk-scenarios.ts';
import type { Played } from './played.ts';
import { statesAfter, type Step } from './page-cache.ts';
import { asItWas, type Hearing, record } from './recording.ts';
import { real } from './watched-calls.ts';

// Behind the watched calls: it takes the functions when it is loaded.
const { createDisk } = await import('@tidemark/disk');
type Disk = ReturnType<typeof createDisk>;

/** @throws what says after which step, and with what left, a promise was broken */
export async function playDisk(
  folder: string,
  scenario: DiskScenario,
  way: Way,
  heard: Hearing<Promised> = asItWas,
): Promise<Played> {
  await prepare(folder, scenario, way);
  const recording = await record<Promised>({
    folder,
    async work(note) {
      save(fs, folder, scenario.saves ?? {});
      await onDisk('work', folder, scenario, way, (disk) => scenario.run(disk, note));
    },
  });
  const { top, steps } = heard(recording);
  const [known, knownInRecovery] = [new Set<string>(), new Set<string>()];
  for (let count = 0; count <= steps.length; count++) {
    const promised = promisedAfter(scenario, steps.slice(0, count));
    const told = Object.entries(promised)
      .map(([path, content]) => `${path}: ${String(content)}`)
      .join();
    for (const { seen, digest } of statesAfter(top, steps, count)) {
      if (isKnown(known, `${told} ${digest}`)) continue;
      buildState(folder, seen);
      try {
        const recovery = await record<never>({
          folder,
          work: () => onDisk('recovery', folder, scenario, way, recover),
        });
        expectSafe(folder, scenario, promised);
        await onDisk('next', folder, scenario, way, (disk) => scenario.run(disk, () => undefined));
        expectSafe(folder, scenario, scenario.end);
        for (let at = 1; at < recovery.steps.length; at++)
          for (const { seen: left, digest: digestLeft } of statesAfter(
            recovery.top,
            recovery.steps,
            at,
            'extremes',
          )) {
            if (isKnown(knownInRecovery, `${told} ${digestLeft}`)) continue;
            buildState(folder, left);
            await onDisk('second recovery', folder, scenario, way, recover);
            expectSafe(folder, scenario, promised);
          }
      } catch (error) {
        const names = steps
          .slice(0, count)
          .map(({ type }) => type)
          .join(', ');
        throw new Error(
          `${scenario.name} (${way}), power cut after step ${count} (${names}), left ${digest}`,
          { cause: error },
        );
      }
    }
  }
  return { steps: steps.length, states: known.size, statesInRecovery: knownInRecovery.size };
}

function isKnown(known: Set<string>, one: string): boolean {
  if (known.has(one)) return true;
  known.add(one);
  return false;
}

export async function prepare(folder: string, scenario: DiskScenario, way: Way): Promise<void> {
  for (const path of ['root', 'state']) real.mkdirSync(join(folder, path), { recursive: true });
  save(real, folder, scenario.saved);
  if (scenario.isFirstUse !== true) await onDisk('before', folder, scenario, way, recover);
}

/** @param by the functions as they were: what is saved is durable, for it was there before the recording */
function save(
  by: Pick<typeof fs, 'mkdirSync' | 'writeFileSync'>,
  folder: string,
  files: Readonly<Record<string, string>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    const at = join(folder, 'root', path);
    by.mkdirSync(dirname(at), { recursive: true });
    by.writeFileSync(at, content);
    real.utimesSync(at, 1_500_000_000, 1_500_000_000);
  }
}

export async function onDisk(
  seed: string,
  folder: string,
  { recycleBin }: DiskScenario,
  way: Way,
  work: (disk: Disk) => Promise<void>,
): Promise<void> {
  let drawn = 0;
  const disk = createDisk({
    root: join(folder, 'root'),
    stateFolder: join(folder, 'state'),
    ...(recycleBin === undefined ? {} : { recycleBin: join(folder, recycleBin) }),
    fileMode: 0o600,
    folderMode: 0o700,
    setPermissions: true,
    reservedBytes: 0,
    clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => undefined },
    random: {
      bytes: (count) => createHash('sha256').update(`${seed} ${drawn++}`).digest().subarray(0, count),
      uuid: () => crypto.randomUUID(),
      fraction: () => 0.5,
    },
    rootMarks: 'never',
    ...ways[way],
  });
  await disk.root({ mark: false });
  try {
    await work(disk);
  } finally {
    await disk.close();
  }
}

/** The first use of the workspace puts in order what is left. */
export const recover = async (disk: Disk): Promise<void> => (await disk.stage('something else', 0)).discard();

function promisedAfter({ saved }: DiskScenario, steps: readonly Step<Promised>[]): Promised {
  return Object.assign(
    {},
    saved,
    ...steps.flatMap((step) => (step.type === 'fact' ? [step.fact] : [])),
  ) as Promised;
}

export function expectSafe(folder: string, scenario: DiskScenario, promised: Promised): void {
  const inRoot = filesBelow(join(folder, 'root'));
  // A disk that refuses a trial has another place for it.
  const inTrash = new Map([...filesBelow(folder)].filter(([path]) => /(?:^|\/)trash\//.test(path)));
  const inBin =
    scenario.recycleBin === undefined
      ? new Map<string, string>()
      : filesBelow(join(folder, scenario.recycleBin, 'files'));
  const kept = new Set([...inRoot.values(), ...inTrash.values(), ...inBin.values()]);
  for (const [path, content] of Object.entries(scenario.saved))
    if (!kept.has(content)) throw new Error(`what the user saved as ${path} is lost:`);
  const whole = new Set([
    ...[scenario.saved, scenario.saves ?? {}].flatMap((files) => Object.values(files)),
    ...(scenario.offered ?? []),
  ]);
  // A program that flushes nothing makes no promise, and neither do we before the file is up.
  const isUnpromised = (path: string): boolean =>
    scenario.saves?.[path] !== undefined && promised[path] === undefined;
  for (const [path, content] of inRoot)
    if (!isUnpromised(path) && !whole.has(content))
      throw new Error(`nobody saved what is in ${path}: ${JSON.stringify(content)}`);
  for (const [path, content] of Object.entries(promised)) {
    if (typeof content === 'symbol') continue;
    const isFolder = path.endsWith('/');
    const there = isFolder ? real.existsSync(join(folder, 'root', path)) : (inRoot.get(path) ?? null);
    const wanted = isFolder ? content !== null : content;
    if (there !== wanted) throw new Error(`${path} is told to be ${String(wanted)} and is ${String(there)}`);
  }
}
