/** The checks themselves: each law is broken on purpose, and noticed. */
import {
  type Command,
  type Event,
  type FailureDetails,
  type Reason,
  type RuleId,
  commandId,
  driveItemId,
  inodeOf,
  itemId,
  localId,
  type LocalRow,
  type RemoteRow,
  rootItem,
  seq,
} from '@tidemark/contracts';
import type { SimulatedFileSystem } from '@tidemark/testkit';
import type { ItemEntries } from '@tidemark/trees';
import { describe, expect, it } from 'vitest';
import { changes, checkConvergence, checkNoInvention, checkNoLoss } from './checks.ts';
import { LawBroken } from './laws.ts';
import { createCoverage } from './coverage.ts';
import { faultNames } from './faults.ts';
import { createRepetition } from './repetition.ts';
import { createSaves } from './saves.ts';
import { createWorld, type World } from './world.ts';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

it('[L1] notices what only one side has, and what differs', () => {
  const world = createWorld(1, {});
  checkConvergence(world);
  world.disk.user.write('a', text('one'));
  expect(() => checkConvergence(world)).toThrow('a is "one" on disk and nothing on the drive');
  world.drive.user.write('a', text('two'));
  expect(() => checkConvergence(world)).toThrow('a is "one" on disk and "two" on the drive');
  world.drive.user.write('a', text('one'));
  checkConvergence(world);
  world.drive.user.makeFolder('b');
  expect(() => checkConvergence(world)).toThrow('b is nothing on disk and folder on the drive');
});

it('[L2] notices a version that is gone, and not one that a user gave up or that lies in a bin', () => {
  const world = createWorld(1, {});
  const bytes = world.ledger.next();
  expect(() => checkNoLoss(world)).toThrow(LawBroken);
  world.drive.user.write('a', bytes);
  checkNoLoss(world);
  world.drive.user.remove('a');
  checkNoLoss(world);
  const other = world.ledger.next();
  world.disk.user.write('a', other);
  world.disk.user.write('a', text('else'));
  expect(() => checkNoLoss(world)).toThrow('the version "v2');
  world.ledger.dismiss(other);
  checkNoLoss(world);
});

it.each(['replace', 'delete for good'])(
  '[L2] asks no client for what the drive let it %s under a tag that had named another version',
  async (what) => {
    const world = createWorld(1, { ...untroubled, deletesForGood: true });
    const { drive, user } = world.drive;
    user.write('a', world.ledger.again(0));
    const putBack = user.remember();
    user.write('a', text('known to the client'));
    const known = await rowOf(world, 'a');
    putBack();
    user.write('a', world.ledger.next());
    checkNoLoss(world);
    const mine = text('mine');
    const open = async function* (): AsyncIterable<Uint8Array> {
      yield mine;
    };
    const target = { as: 'version', id: known.id, ifMatch: known.eTag } as const;
    if (what === 'replace') await drive.upload(target, { sizeBytes: mine.length, open }, 1);
    else await drive.delete(known.id, known.eTag);
    expect(user.read('a')).toEqual(what === 'replace' ? mine : null);
    checkNoLoss(world);
  },
);

it('[identity] notices that the item on the drive is another one once a program has saved', () => {
  const world = createWorld(1, untroubled);
  world.disk.user.write('a', world.ledger.next());
  let onDrive: string | null = 'a';
  const saves = createSaves({
    ...{ random: world.stream('saves'), ledger: world.ledger, disk: world.disk.user },
    ...{ drive: { ...world.drive.user, pathOf: () => onDrive }, agreedAt: () => driveItemId('A') },
  });
  expect(saves.begin('with a gap')).toMatch('a program deletes a');
  expect([world.disk.user.read('a'), saves.passed(1)]).toEqual([null, null]);
  saves.check();
  expect(saves.finish()).toMatch('a program has saved a');
  expect(saves.dueInMs).toBeNull();
  saves.check();
  onDrive = null;
  expect(() => saves.check()).toThrow('A is not on the drive any more');
  saves.forget();
  saves.check();
  onDrive = 'a';
  expect(saves.begin('beside')).toMatch('a program writes beside a, to rename that over it');
  expect([...world.disk.user.tree().keys()]).toEqual(['a', 'a~new']);
  expect(saves.finish()).toMatch('a program has saved a');
  expect([...world.disk.user.tree().keys()]).toEqual(['a']);
  onDrive = 'a-host-safeBackup-0001';
  expect(() => saves.check()).toThrow('A is now a-host-safeBackup-0001: a program saved a');
});

it('[L3] notices contents and names that no user made', () => {
  const world = createWorld(1, {});
  world.disk.user.write('a', world.ledger.next());
  checkNoInvention(world);
  world.drive.user.write('b', text('half a ver'));
  expect(() => checkNoInvention(world)).toThrow('which nobody wrote');
  world.drive.user.remove('b');
  world.disk.user.makeFolder('tidemark-swap-1-a');
  expect(() => checkNoInvention(world)).toThrow('a stop in between');
});

it('[L3] counts changes on both sides, and not looks', async () => {
  const world = createWorld(1, { driveFailRate: 0, diskFailRate: 0, driveFailAfterRate: 0 });
  const { rootId } = await world.drive.drive.info();
  expect(changes(world)).toBe(0);
  await world.drive.drive.createFolder(rootId, 'a');
  await world.disk.disk.createFolder('a');
  await world.disk.disk.stat('a');
  expect(changes(world)).toBe(2);
});

const untroubled = {
  driveFailRate: 0,
  diskFailRate: 0,
  driveFailAfterRate: 0,
  interferenceRate: 0,
  rates: {},
};

/** The same file on both sides, and the client knows. */
async function agreedFile(fileSystem: SimulatedFileSystem = {}): Promise<{
  readonly world: World;
  readonly remote: RemoteRow;
  readonly local: LocalRow;
  /** The client decides to delete it on that side. */
  plan(side: 'disk' | 'drive'): void;
  /** An event touches the item, and the client still takes it to be on both sides. */
  touch(row?: LocalRow): void;
  /** The client takes the file on disk for another one of the drive. `lost`: its number is another file's now. */
  takeFor(path: string, lost?: 'lost'): Promise<void>;
}> {
  const world = createWorld(1, { ...untroubled, fileSystem });
  world.disk.user.write('a', text('one'));
  world.drive.user.write('a', text('one'));
  const remote = await rowOf(world, 'a');
  const local = await world.disk.disk.stat('a');
  if (local === null) throw new Error('the file is not there');
  const place = { parent: rootItem, name: 'a', seq: seq(1) };
  const agreed = { ...local, ...place, kind: 'file' as const, localModifiedAt: local.modifiedAt };
  const synced = { ...agreed, remoteHash: null, remoteTag: remote.eTag };
  const item = itemId(1);
  const entries = { id: item, local: { ...local, ...place }, remote: { ...remote, ...place }, synced };
  const learn = (event: Event, shown: ItemEntries = entries): void =>
    world.witness.learn([{ items: event.type === 'Planned' ? [] : [shown.id], event }], {
      trees: { items: new Map([[shown.id, shown]]) },
    });
  const touch = (row = local): void => learn({ type: 'Woke' }, { ...entries, local: { ...row, ...place } });
  touch();
  const common = { id: commandId(seq(1), 0), item, path: 'a', establishes: ['gone'] as const };
  return {
    ...{ world, remote, local, touch },
    async takeFor(path, lost) {
      const id = itemId(2);
      const shown = { ...entries, id, remote: { ...(await rowOf(world, path)), ...place } };
      if (lost !== undefined) shown.local = { ...shown.local, id: localId(`${inodeOf(local.id)}~?${id}`) };
      learn({ type: 'Woke' }, shown);
    },
    plan(side) {
      const command: Command =
        side === 'disk'
          ? {
              ...common,
              type: 'DeleteLocal',
              kind: 'file',
              expected: local,
              reason: because('remote-deleted'),
            }
          : {
              ...{ ...common, type: 'DeleteRemote', driveItemId: remote.id, ifMatch: remote.eTag },
              itemCount: 1,
              reason: because('local-deleted'),
            };
      learn({ type: 'Planned', commands: [command] });
    },
  };
}

async function rowOf(world: World, name: string): Promise<RemoteRow> {
  const { rows } = await world.drive.drive.delta(null);
  const row = rows.find((one): one is RemoteRow => 'name' in one && one.name === name);
  if (row === undefined) throw new Error(`the drive has no ${name}`);
  return row;
}

const because = (rule: RuleId): Reason => ({ rule, differs: '', causes: [] });

it('[deletion] notices a deletion on disk of what the drive still has, and not of what is gone there', async () => {
  const { world, local, plan } = await agreedFile();
  plan('disk');
  await world.witness.disk(world.disk.disk).remove('a', 'file', local);
  expect(world.witness.broken?.message).toContain('"a" was deleted on disk while the drive has it');

  const other = await agreedFile();
  other.world.drive.user.remove('a');
  other.plan('disk');
  await other.world.witness.disk(other.world.disk.disk).remove('a', 'file', other.local);
  expect(other.world.witness.broken).toBeNull();
});

it('[deletion] takes what the drive told gone for gone, until it shows it again', async () => {
  const deletedAfter = async (heard: 'gone' | 'gone and back'): Promise<string | undefined> => {
    const { world, local, plan } = await agreedFile();
    const drive = world.witness.drive(world.drive.drive);
    const { deltaLink } = await drive.delta(null);
    const restore = world.drive.user.remember();
    world.drive.user.remove('a');
    await drive.delta(deltaLink);
    restore();
    if (heard === 'gone and back') await drive.delta(null);
    plan('disk');
    await world.witness.disk(world.disk.disk).remove('a', 'file', local);
    return world.witness.broken?.message;
  };
  expect(await deletedAfter('gone')).toBeUndefined();
  expect(await deletedAfter('gone and back')).toContain('was deleted on disk while the drive has it');
});

it('[deletion] notices a deletion on the drive of what the disk still has, wherever it was moved', async () => {
  const { world, remote, plan } = await agreedFile();
  world.disk.user.makeFolder('b');
  world.disk.user.rename('a', 'b/c');
  plan('drive');
  await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
  expect(world.witness.broken?.message).toContain('was deleted on the drive while the disk has it: "b/c"');

  const other = await agreedFile();
  other.world.disk.user.remove('a');
  other.plan('drive');
  await other.world.witness.drive(other.world.drive.drive).delete(other.remote.id, other.remote.eTag);
  expect(other.world.witness.broken).toBeNull();
});

it('[deletion] follows no file under a mount, although the mount is away again when the deletion is planned', async () => {
  const { world, remote, plan } = await agreedFile();
  const { user } = world.disk;
  user.makeFolder('b');
  user.rename('a', 'b/c');
  user.mount('b', 'another disk');
  user.unmount('b');
  plan('drive');
  await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
  expect(world.witness.broken).toBeNull();
});

it('[deletion] takes a file for the one that the client took it for last', async () => {
  const { world, remote, plan, takeFor } = await agreedFile();
  world.drive.user.write('b', text('one'));
  await takeFor('b');
  plan('drive');
  await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
  expect(world.witness.broken).toBeNull();
});

it('[deletion] takes another file of the client for the item, and the one that it had for none', async () => {
  const { world, plan, touch } = await agreedFile();
  world.disk.user.rename('a', 'b');
  world.disk.user.write('a', text('one'));
  const [moved, other] = [await world.disk.disk.stat('b'), await world.disk.disk.stat('a')];
  if (moved === null || other === null) throw new Error('a file is not there');
  touch(other);
  plan('disk');
  await world.witness.disk(world.disk.disk).remove('b', 'file', moved);
  expect(world.witness.broken).toBeNull();
});

describe('[deletion] without birth times', () => {
  const weak = { birthTimes: false };

  it('takes a file for none that has lost its number to another', async () => {
    const { world, remote, plan, takeFor } = await agreedFile(weak);
    world.drive.user.write('b', text('one'));
    await takeFor('b', 'lost');
    plan('drive');
    await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
    expect(world.witness.broken?.message).toContain('was deleted on the drive while the disk has it: "a"');
  });

  it('lets what no look has seen be gone from its path', async () => {
    const { world, remote, plan, touch } = await agreedFile(weak);
    world.disk.user.replace('a', text('two'));
    touch();
    world.disk.user.rename('a', 'b');
    plan('drive');
    await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
    expect(world.witness.broken).toBeNull();
  });

  it('takes a file for no item that a user made with a freed number after the last look', async () => {
    const { world, remote, plan, touch } = await agreedFile(weak);
    world.disk.user.remove('a');
    world.disk.user.write('a', text('two'));
    touch();
    plan('drive');
    await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
    expect(world.witness.broken).toBeNull();
  });

  it('notices a deletion on the drive of what is still at its path, whatever its number is now', async () => {
    const { world, remote, plan, touch } = await agreedFile(weak);
    world.disk.user.makeFolder('b');
    world.disk.user.renumber();
    touch();
    plan('drive');
    await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
    expect(world.witness.broken?.message).toContain('was deleted on the drive while the disk has it: "a"');
  });

  it('takes nothing for the file that has its number by now', async () => {
    const { world, remote, plan, touch } = await agreedFile(weak);
    world.disk.user.remove('a');
    world.disk.user.makeFolder('b');
    touch();
    plan('drive');
    await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
    expect(world.witness.broken).toBeNull();
  });
});

it('[deletion] notices a deletion on the drive of what was removed on disk while it was out of scope', async () => {
  const { world, remote, plan } = await agreedFile();
  world.witness.spare(['a']);
  world.disk.user.remove('a');
  plan('drive');
  await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
  expect(world.witness.broken?.message).toContain('on disk it was out of scope');
});

it('[deletion] lets go what was moved out of scope and removed there before a look could show it', async () => {
  const { world, remote, plan } = await agreedFile();
  world.disk.user.rename('a', 'b');
  world.witness.spare(['b']);
  world.disk.user.remove('b');
  plan('drive');
  await world.witness.drive(world.drive.drive).delete(remote.id, remote.eTag);
  expect(world.witness.broken).toBeNull();
});

describe('[repetition] notices a command that is planned and answered in the same way again and again', () => {
  const start = (failure?: FailureDetails) => {
    const repetition = createRepetition();
    const again = (number: number, ifMatch: string): void => {
      const id = commandId(seq(1), number);
      const command: Command = {
        ...{ type: 'SetRemoteTime', id, item: itemId(1), path: 'a', establishes: [], modifiedAt: 1, ifMatch },
        driveItemId: driveItemId('d1'),
        reason: { rule: 'local-time', differs: '', causes: [seq(number)] },
      };
      repetition.heed({ type: 'Planned', commands: [command] });
      if (failure === undefined) repetition.heed({ type: 'CommandSucceeded', command: id });
      else repetition.heed({ type: 'CommandFailed', command: id, failure });
    };
    const lookDue: Command = {
      ...{ type: 'ReadRemote', id: commandId(seq(2), 0), item: rootItem, path: '', cursor: null },
      reason: { rule: 'look-due', differs: '', causes: [] },
    };
    return { again, look: () => repetition.heed({ type: 'Planned', commands: [lookDue] }) };
  };
  const often = (times: number, deed: (number: number) => void): void => {
    for (let number = 1; number <= times; number += 1) deed(number);
  };
  const failure: FailureDetails = { code: 'diskDenied', detail: 'spec' };

  it.each([undefined, failure])('answered with %s', (answer) => {
    const { again } = start(answer);
    often(40, (number) => again(number, `another ${number}`));
    expect(() => often(40, (number) => again(number, 'the same'))).toThrow(
      '[repetition] 13 times in one run',
    );
  });

  it('also when a look was due in between, unless it failed and the look gave it another chance', () => {
    for (const answer of [undefined, failure]) {
      const { again, look } = start(answer);
      const attempts = (): void =>
        often(40, (number) => {
          again(number, 'the same');
          look();
        });
      if (answer === undefined) expect(attempts).toThrow('[repetition] 13 times in one run');
      else expect(attempts).not.toThrow();
    }
  });
});

it('names the faults that never struck', () => {
  const coverage = createCoverage();
  coverage.add(new Map(faultNames.slice(1).map((name) => [name, 1])));
  expect(coverage.missing()).toEqual(faultNames.slice(0, 1));
  expect(coverage.table()).toHaveLength(faultNames.length + 1);
});
