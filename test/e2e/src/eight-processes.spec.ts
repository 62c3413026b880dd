/**
 * The whole client as eight processes: the engine, six plugins of ours and the NATS server between them. Both sides change all the
 * time, and each process is killed in turn. `TIDEMARK_PROCESS_CHANGES` and `TIDEMARK_PROCESS_KILLS` make it as long as wanted.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { complete, launchDaemon, webhookSettings, type Daemon } from './daemon.ts';
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
    await running.get('reporter')?.says(complete);

    const changes = createChanges(profile);
    const victims = [...running.keys(), 'nats-server'];
    const batch = Math.ceil(changesMax / (victims.length * killsEach) / 2);
    for (let round = 0; round < killsEach; round += 1) {
      for (const name of victims) {
        changes.make(batch);
        if (name === 'nats-server') {
          await server.restart();
          changes.make(batch);
          continue;
        }
        const before = running.get(name);
        before?.signal('SIGKILL');
        await before?.ended;
        changes.make(batch);
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
      await engine?.ask('POST', '/v1/look', '{}');
      await engine?.atRest();
    } while (
      !(isDeepStrictEqual(profile.remote(), wanted) && isDeepStrictEqual(await profile.local(), wanted)) &&
      performance.now() < deadline
    );
    expect(profile.remote()).toEqual(wanted);
    expect(await profile.local()).toEqual(wanted);

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

interface Changes {
  /** On either side, as many as that on each. */
  make(count: number): void;
  made(): number;
  /** What both sides hold in the end: paths with their contents. */
  expected(): Readonly<Record<string, string>>;
}

/** Each side has a folder of its own, so that what both hold in the end is known. */
function createChanges(profile: TestProfile): Changes {
  let number = 0;
  const { drive, at } = profile;
  const disk = createFiles('mine', {
    write: (path, content) => {
      mkdirSync(at(folderOf(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    rename: (path, to) => renameSync(at(path), at(to)),
    remove: (path) => rmSync(at(path)),
  });
  const online = createFiles('theirs', {
    write: (path, content) => void drive.create(`/${path}`, content),
    rename: (path, to) => void drive.move(`/${path}`, `/${to}`),
    remove: (path) => drive.remove(`/${path}`),
  });
  return {
    make(count) {
      for (let index = 0; index < count; index += 1) {
        number += 1;
        disk.change(number);
        online.change(number);
      }
    },
    made: () => number * 2,
    expected() {
      const all = [...disk.files, ...online.files];
      return Object.fromEntries([
        ...[...disk.folders, ...online.folders].map((path) => [`/${path}`, 'folder'] as const),
        ...all.map(([path, content]) => [`/${path}`, hashOf(content)] as const),
      ]);
    },
  };
}

interface Side {
  write(path: string, content: string): void;
  rename(path: string, to: string): void;
  remove(path: string): void;
}

function createFiles(
  top: string,
  side: Side,
): {
  readonly files: ReadonlyMap<string, string>;
  readonly folders: ReadonlySet<string>;
  change(number: number): void;
} {
  const files = new Map<string, string>();
  const folders = new Set([top]);
  const write = (path: string, content: string): void => {
    side.write(path, content);
    files.set(path, content);
    folders.add(folderOf(path));
  };
  return {
    ...{ files, folders },
    /** Of ten changes five are new files, two new contents, two new names, and one is a removal. */
    change(number) {
      const content = `${top} ${number}`;
      const kind = number % 10;
      const known = [...files.keys()];
      const path = known[(number * 7) % Math.max(1, known.length)];
      if (path === undefined || kind < 5)
        return write(`${top}/folder ${number % 7}/file ${number}.txt`, content);
      if (kind < 7) return write(path, content);
      const held = files.get(path) ?? '';
      files.delete(path);
      if (kind === 9) return side.remove(path);
      const to = [...folders].filter((folder) => folder !== top)[number % (folders.size - 1)] ?? top;
      side.rename(path, `${to}/renamed ${number}.txt`);
      files.set(`${to}/renamed ${number}.txt`, held);
    },
  };
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
