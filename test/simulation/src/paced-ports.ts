/** Ports that wait for their turn before they act and again before they tell of it, so that anything may come in between. */
import type { Bus, ByteSource, Disk, Drive, Spool, Staged } from '@tidemark/contracts';
import type { SeededRandom } from '@tidemark/testkit';
import type { Faults } from './faults.ts';
import type { Life } from './schedule.ts';

/** Waits for a turn. */
export type Turn = (label: string) => Promise<void>;

async function paced<Value>(turn: Turn, label: string, work: () => Promise<Value>): Promise<Value> {
  await turn(label);
  try {
    return await work();
  } finally {
    await turn(`${label} ends`);
  }
}

export function pacedDrive(drive: Drive, turn: Turn): Drive {
  return {
    info: () => paced(turn, 'drive.info', () => drive.info()),
    delta: (link, options) => paced(turn, 'drive.delta', () => drive.delta(link, options)),
    item: (id) => paced(turn, `drive.item ${id}`, () => drive.item(id)),
    items: (ids, options) => paced(turn, `drive.items ${ids.join(' ')}`, () => drive.items(ids, options)),
    child: (parentId, name) => paced(turn, `drive.child ${name}`, () => drive.child(parentId, name)),
    createFolder: (parentId, name) =>
      paced(turn, `drive.createFolder ${name}`, () => drive.createFolder(parentId, name)),
    upload: (target, source, modifiedAt, options) =>
      paced(turn, `drive.upload ${target.as === 'new' ? target.name : target.id}`, () =>
        drive.upload(target, source, modifiedAt, options),
      ),
    download: (id, sink, options) =>
      paced(turn, `drive.download ${id}`, () => drive.download(id, sink, options)),
    move: (id, to, ifMatch) =>
      paced(turn, `drive.move ${id} to ${to.name}`, () => drive.move(id, to, ifMatch)),
    setModifiedAt: (id, modifiedAt, ifMatch) =>
      paced(turn, `drive.setModifiedAt ${id}`, () => drive.setModifiedAt(id, modifiedAt, ifMatch)),
    delete: (id, ifMatch, expected) =>
      paced(turn, `drive.delete ${id}`, () => drive.delete(id, ifMatch, expected)),
    authors: (id, options) => paced(turn, `drive.authors ${id}`, () => drive.authors(id, options)),
    restore: (id, to) => paced(turn, `drive.restore ${id}`, () => drive.restore(id, to)),
    earlierVersions: (id) => paced(turn, `drive.earlierVersions ${id}`, () => drive.earlierVersions(id)),
    downloadVersion: (id, version, sink, options) =>
      paced(turn, `drive.downloadVersion ${id}`, () => drive.downloadVersion(id, version, sink, options)),
    close: () => drive.close(),
  };
}

export function pacedDisk(disk: Disk, turn: Turn, life: Life): Disk {
  return {
    ...disk,
    root: (options) => paced(turn, 'disk.root', () => disk.root(options)),
    async *scan(options) {
      await turn('disk.scan');
      for await (const part of disk.scan(options)) {
        await turn('disk.scan goes on');
        yield part;
      }
    },
    watch(told, options) {
      return disk.watch((folders) => {
        if (life.alive) told(folders);
      }, options);
    },
    stat: (path) => paced(turn, `disk.stat ${path}`, () => disk.stat(path)),
    read: (path, expected) =>
      paced(turn, `disk.read ${path}`, async () => pacedSource(await disk.read(path, expected), turn, path)),
    hash: (path, expected, options) =>
      paced(turn, `disk.hash ${path}`, () => disk.hash(path, expected, options)),
    stage: (key, sizeBytes) =>
      paced(turn, `disk.stage ${key}`, async () => pacedStaged(await disk.stage(key, sizeBytes), turn)),
    createFolder: (path) => paced(turn, `disk.createFolder ${path}`, () => disk.createFolder(path)),
    move: (path, toPath, expected) =>
      paced(turn, `disk.move ${path} to ${toPath}`, () => disk.move(path, toPath, expected)),
    remove: (path, kind, expected) =>
      paced(turn, `disk.remove ${path}`, () => disk.remove(path, kind, expected)),
    setModifiedAt: (path, expected, modifiedAt) =>
      paced(turn, `disk.setModifiedAt ${path}`, () => disk.setModifiedAt(path, expected, modifiedAt)),
  };
}

type Source = ByteSource & { finish(): Promise<void> };

function pacedSource(source: Source, turn: Turn, path: string): Source {
  return {
    sizeBytes: source.sizeBytes,
    async *open(offset) {
      for await (const chunk of source.open(offset)) {
        await turn(`disk.read ${path} goes on`);
        yield chunk;
      }
    },
    finish: () => paced(turn, `disk.read ${path} finishes`, () => source.finish()),
  };
}

function pacedStaged(staged: Staged, turn: Turn): Staged {
  return {
    get offset() {
      return staged.offset;
    },
    async write(chunk) {
      // The reader may use its chunk again.
      const own = chunk.slice();
      await turn('staged.write');
      await staged.write(own);
    },
    read: () => staged.read(),
    restart: () => staged.restart(),
    finish: () => staged.finish(),
    place: (path, options) => paced(turn, `staged.place ${path}`, () => staged.place(path, options)),
    placeAs: (folder, keepAs, modifiedAt) =>
      paced(turn, `staged.placeAs ${folder}`, () => staged.placeAs(folder, keepAs, modifiedAt)),
    discard: () => staged.discard(),
  };
}

export function pacedSpool(spool: Spool, turn: Turn): Spool {
  return {
    find: (key) => paced(turn, 'spool.find', () => spool.find(key)),
    async create(key, path) {
      const writer = await paced(turn, `spool.create ${path}`, () => spool.create(key, path));
      return {
        async write(chunk) {
          await turn(`spool.write ${path}`);
          await writer.write(chunk);
        },
        finish: (note) => paced(turn, `spool.finish ${path}`, () => writer.finish(note)),
        discard: () => paced(turn, `spool.discard ${path}`, () => writer.discard()),
      };
    },
  };
}

export interface BusTrouble {
  readonly repeatRate: number;
  readonly delayRate: number;
}

/** As weak as the contract lets it be: messages come late, or again some time later. */
export function weakBus(
  bus: Bus,
  turn: Turn,
  random: SeededRandom,
  faults: Pick<Faults, 'strike'>,
  trouble: () => BusTrouble,
): Bus {
  return {
    ...bus,
    async publish(subject, payload) {
      const { repeatRate, delayRate } = trouble();
      if (random.happens(delayRate)) {
        faults.strike('message-late');
        await turn('bus delivers late');
      }
      await bus.publish(subject, payload);
      if (!random.happens(repeatRate)) return;
      faults.strike('message-repeated');
      void turn('bus delivers again').then(() => bus.publish(subject, payload).catch(() => undefined));
    },
  };
}
