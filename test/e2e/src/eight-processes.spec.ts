/**
 * The whole client as eight processes: the engine, six plugins of ours and the NATS server between them. Both sides change all the
 * time, and each process is killed in turn. `TIDEMARK_PROCESS_CHANGES` and `TIDEMARK_PROCESS_KILLS` make it as long as wanted.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { complete, launchDaemon, statusOf, webhookSettings, type Daemon, type Status } from './daemon.ts';
import { openPluginProcesses } from './plugin-processes.ts';
import { hashOf, type TestProfile } from './profile.ts';

const changesMax = Number(process.env['TIDEMARK_PROCESS_CHANGES'] ?? 200);
const killsEach = Number(process.env['TIDEMARK_PROCESS_KILLS'] ?? 1);
const plugins = ['delta', 'watcher', 'uploader', 'downloader', 'webhook', 'reporter'] as const;
const limitMs = 240_000 + changesMax * killsEach * 300;

it(
  'eight processes, each killed in turn while both sides change, lose nothing and double nothing',
  { timeout: limitMs },
  async () => {
    const { profile, startPlugin, server } = await openPluginProcesses(plugins, {
      config: await webhookSettings(),
      settings: { notificationDelayMs: 0 },
    });
    const lifetime = { limitMs };
    const start = (name: string): Daemon =>
      name === 'engine'
        ? launchDaemon(profile, ['--monitor', '--verbose'], lifetime)
        : startPlugin(name, lifetime);
    const works = async (name: string, one: Daemon): Promise<unknown> =>
      name === 'engine' ? undefined : one.says(/^Plugin \w+ \S+ works for drive /);
    const running = new Map(['engine', ...plugins].map((name) => [name, start(name)]));
    for (const [name, one] of running) await works(name, one);
    const shown = running.get('reporter');
    await shown?.says('Created new subscription');
    await shown?.says(complete);

    const victims = [...running.keys(), 'nats-server'];
    const batch = Math.ceil(changesMax / (victims.length * killsEach) / 4);
    const changes = createChanges(profile);
    const change = async (): Promise<void> => {
      const equal = changes.equal();
      changes.rest(equal, await notAtRest(running.get('engine')));
      changes.make(batch);
    };
    for (let round = 0; round < killsEach; round += 1) {
      for (const name of victims) {
        await change();
        if (name === 'nats-server') {
          await server.restart();
          await change();
          continue;
        }
        const before = running.get(name);
        before?.signal('SIGKILL');
        await before?.ended;
        await change();
        const next = start(name);
        running.set(name, next);
        await works(name, next);
      }
    }
    expect(changes.made()).toBeGreaterThanOrEqual(changesMax);

    const engine = running.get('engine');
    const wanted = changes.expected();
    const deadline = performance.now() + limitMs / 2;
    do {
      expect((await engine?.ask('POST', '/v1/look'))?.status).toBe(202);
      await engine?.atRest();
    } while (
      !(isDeepStrictEqual(profile.remote(), wanted) && isDeepStrictEqual(await profile.local(), wanted)) &&
      performance.now() < deadline
    );
    expect(profile.remote()).toEqual(wanted);
    expect(await profile.local()).toEqual(wanted);

    const { daemon } = await statusOf(profile);
    expect(daemon).toMatchObject({ isWatching: true, channel: { type: 'webhook' } });
    for (const [name, one] of running) {
      const { exitCode } = await one.stop();
      expect(exitCode, `${name}: ${one.text()}`).toBe(0);
    }
    const replayed = await profile.tidemark(['replay']);
    expect(replayed.stdout).toMatch(/ 0 divergences; hash chain intact/);
    const files = Object.keys(wanted).filter((path) => path.includes('.txt'));
    for (let index = 0; index < files.length; index += Math.ceil(files.length / 20)) {
      const path = (files[index] ?? '').slice(1);
      const explained = await profile.tidemark(['explain', path]);
      expect(explained.exitCode, explained.text).toBe(0);
      expect(explained.stdout).toMatch(/in sync|at rest|both sides/i);
    }
  },
);

/** What the engine does not know to be the same on both sides; null while it does not answer, or has more to tell than it shows. */
async function notAtRest(engine: Daemon | undefined): Promise<ReadonlySet<string> | null> {
  const answer = await engine?.ask('GET', '/v1/status').catch(() => null);
  if (answer?.status !== 200) return null;
  const status = JSON.parse(answer.body) as Status;
  return status.notShown > 0 ? null : new Set(status.notAtRest.map(({ path }) => path));
}

interface Changes {
  /** On either side, as many as that on each. */
  make(count: number): void;
  made(): number;
  /** Files that are the same on both sides, whether the engine knows it or not. */
  equal(): readonly string[];
  /** Of those, all but `notAtRest` have come to rest. */
  rest(equal: readonly string[], notAtRest: ReadonlySet<string> | null): void;
  /** What both sides hold in the end: paths with their contents. */
  expected(): Readonly<Record<string, string>>;
}

/**
 * Each side has a folder of its own, so that what both hold in the end is known. New contents and removals are for files of which the
 * engine knows that they are the same on both sides: of a file that changes again after the answer to its upload was lost, both
 * versions are kept, and one that goes from the drive after the answer to its download was lost comes back. Renames come at any time.
 */
function createChanges(profile: TestProfile): Changes {
  let number = 0;
  const { drive, at } = profile;
  const atRest = new Set<string>();
  const disk = createFiles('mine', atRest, {
    write: (path, content) => {
      mkdirSync(at(folderOf(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    rename: (path, to) => renameSync(at(path), at(to)),
    remove: (path) => rmSync(at(path)),
  });
  const online = createFiles('theirs', atRest, {
    write: (path, content) => void drive.create(`/${path}`, content),
    rename: (path, to) => void drive.move(`/${path}`, `/${to}`),
    remove: (path) => drive.remove(`/${path}`),
  });
  const isEqual = (path: string): boolean =>
    existsSync(at(path)) &&
    drive.stat(`/${path}`) !== undefined &&
    readFileSync(at(path)).equals(drive.read(`/${path}`));
  const all = () => [...disk.contents(), ...online.contents()];
  return {
    make(count) {
      for (let index = 0; index < count; index += 1) {
        number += 1;
        disk.change(number);
        online.change(number);
      }
    },
    made: () => number * 2,
    equal: () =>
      all()
        .map(([path]) => path)
        .filter((path) => !atRest.has(path) && isEqual(path)),
    rest(equal, notAtRest) {
      if (notAtRest === null) return;
      for (const path of equal) if (!notAtRest.has(path)) atRest.add(path);
    },
    expected: () =>
      Object.fromEntries([
        ...[...disk.folders, ...online.folders].map((path) => [`/${path}`, 'folder'] as const),
        ...all().map(([path, content]) => [`/${path}`, hashOf(content)] as const),
      ]),
  };
}

interface Side {
  write(path: string, content: string): void;
  rename(path: string, to: string): void;
  remove(path: string): void;
}

/** @param atRest paths of files of both sides; a file that changes leaves it */
function createFiles(
  top: string,
  atRest: Set<string>,
  side: Side,
): {
  readonly folders: ReadonlySet<string>;
  contents(): readonly (readonly [string, string])[];
  change(number: number): void;
} {
  const files = new Map<string, string>();
  const folders = new Set([top]);
  const write = (path: string, number: number): void => {
    side.write(path, `${top} ${number}`);
    files.set(path, `${top} ${number}`);
    atRest.delete(path);
    folders.add(folderOf(path));
  };
  return {
    folders,
    contents: () => [...files],
    /** Of ten changes five are new files, two new contents, two new names, and one is a removal. */
    change(number) {
      const kind = number % 10;
      const known = [...files];
      const [path, content] = known[(number * 7) % Math.max(1, known.length)] ?? [];
      const made = `${top}/folder ${number % 7}/file ${number}.txt`;
      if (path === undefined || content === undefined || kind < 5) return write(made, number);
      if (kind !== 7 && kind !== 8 && !atRest.has(path)) return write(made, number);
      if (kind < 7) return write(path, number);
      atRest.delete(path);
      files.delete(path);
      if (kind === 9) return side.remove(path);
      const folder = [...folders].filter((one) => one !== top)[number % (folders.size - 1)] ?? top;
      const to = `${folder}/renamed ${number}.txt`;
      side.rename(path, to);
      files.set(to, content);
    },
  };
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
