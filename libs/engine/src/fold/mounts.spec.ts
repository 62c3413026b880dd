import type { LocalOddity, LocalRow, NestedMount } from '@tidemark/contracts';
import { localId, paceOnce } from '@tidemark/contracts';
import { beforeEach, expect, it } from 'vitest';
import { byFolder, goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const mount: NestedMount = { path: 'mnt', id: localId('mark:M'), fileSystem: 'ext4' };
const folder = onDisk('LD', 'mnt', null);
const inside = onDisk('LX', 'x', 'one', { in: 'LD' });
let run: SpecRun;

const look = (
  rows: readonly LocalRow[],
  met: readonly NestedMount[] = [],
  unreadable = met.length === 0 ? [] : [localId('root')],
  oddities: readonly LocalOddity[] = [],
) => {
  const command = run.state.local.look.command?.id ?? ('' as never);
  return run.observe(
    { type: 'LocalListing', command, part: 0, folders: byFolder(rows) },
    {
      type: 'CommandSucceeded',
      command,
      look: { parts: 1, unreadable, oddities, mounts: met },
    },
  );
};
const expectedBy = () => {
  const { command: looking } = run.state.local.look;
  return looking?.type === 'ScanLocal' ? looking.mounts : null;
};

beforeEach(() => {
  run = new SpecRun();
  run.start();
});

it('[I-10] what is mounted somewhere is expected there by every scan from then on, in later runs as well', () => {
  run.driveShows();
  look([], [mount]);
  expect(expectedBy()).toEqual([mount]);
  run.start();
  run.driveShows();
  expect(expectedBy()).toEqual([mount]);
  run.start('a resync was asked for');
  run.driveShows();
  expect(expectedBy()).toBeUndefined();
});

it('[I-10] what is mounted over a folder with agreed content is not expected: the folder under it is', () => {
  run.driveShows(onDrive('D', 'mnt', null), onDrive('X', 'x', 'one', { in: 'D' }));
  run.diskShows(folder, inside);
  run.start();
  run.driveShows();
  look([], [mount]);
  expect(expectedBy()).toEqual([{ path: 'mnt', id: localId('LD'), fileSystem: null }]);
  expect(run.state.local.unseen.size, 'nothing is missed').toBe(0);
});

it('what a link leads to on another disk is expected there, also in the place of a folder with agreed content', () => {
  run.driveShows(onDrive('D', 'mnt', null), onDrive('X', 'x', 'one', { in: 'D' }));
  run.diskShows(folder, inside);
  run.start();
  run.driveShows();
  const linked = { ...mount, target: '/other/mnt' };
  look([], [linked]);
  expect(expectedBy()).toEqual([linked]);
  expect(run.state.local.unseen.size, 'nothing is missed').toBe(0);
});

it('what is mounted on an empty folder is expected there', () => {
  run.driveShows(onDrive('D', 'mnt', null));
  run.diskShows(folder);
  run.start();
  run.driveShows();
  look([], [mount]);
  expect(expectedBy()).toEqual([mount]);
});

it('[I-10] what is mounted on an empty folder goes on as that folder, which was moved a moment before', () => {
  run.driveShows(onDrive('D', 'before', null));
  run.diskShows(onDisk('LD', 'before', null));
  run.start();
  run.driveShows();
  run.diskShows(folder);
  run.command('MoveRemote');
  run.start();
  run.driveShows();
  look([], [mount]);
  const mounted = onDisk('mark:M', 'mnt', null);
  look([mounted]);
  if (run.state.local.look.command !== null) look([mounted]);
  expect([...run.state.inFlight.values()]).toMatchObject([{ type: 'MoveRemote', path: 'mnt' }]);
});

it('a mount that was synced by a version that did not keep mounts is expected', () => {
  const known = onDisk('mark:old', 'mnt', null);
  run.driveShows(onDrive('D', 'mnt', null), onDrive('X', 'x', 'one', { in: 'D' }));
  run.diskShows(known, onDisk('mark:X', 'x', 'one', { in: 'mark:old' }));
  run.start();
  run.driveShows();
  look([], [mount]);
  expect(expectedBy()).toEqual([mount]);
});

it('[I-10] a folder that the disk cannot tell of is not gone, though no look meets it', () => {
  run.driveShows(onDrive('D', 'mnt', null));
  run.diskShows(folder);
  run.start();
  run.driveShows();
  look([], [], [localId('LD')]);
  expect(run.state.local.unseen.size, 'nothing is missed').toBe(0);
  expect(run.state.inFlight.size, 'nothing is deleted').toBe(0);
});

it('a folder that is missed while what is in it cannot be told of is not looked for again and again', () => {
  const pace = { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 } as const;
  run = new SpecRun({ pace });
  run.start();
  run.driveShows(onDrive('O', 'outer', null), onDrive('D', 'mnt', null, { in: 'O' }));
  run.diskShows(onDisk('LO', 'outer', null), onDisk('LD', 'mnt', null, { in: 'LO' }));
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  look([], [], [localId('LD')]);
  look([], [], [localId('LD')]);
  expect(run.state.local.look.state).toBe('current');
  expect(run.state.inFlight.size, 'nothing is deleted').toBe(0);
});

it('[I-10] nothing is planned for what is in a mount that is away, until it is back', () => {
  const inMount = onDisk('LX', 'x', 'one', { in: 'mark:M' });
  const mounted = onDisk('mark:M', 'mnt', null);
  run.driveShows(onDrive('D', 'mnt', null), onDrive('X', 'x', 'one', { in: 'D' }));
  look([], [mount]);
  look([mounted, inMount]);
  run.start();
  run.driveShows(goneFromDrive('X'), goneFromDrive('D'));
  look([mounted], [], [mount.id], [{ path: 'mnt', code: 'unreadable', detail: 'it is missing' }]);
  expect([...run.state.inFlight.values()]).toEqual([]);
  run.start();
  run.driveShows();
  look([mounted, inMount]);
  expect([...run.state.inFlight.values()]).toMatchObject([{ type: 'DeleteLocal', path: 'mnt/x' }]);
});

it('[I-10] a mount that went along with the folder above it stays the item it was, with what is in it', () => {
  const [top, moved] = ['place', 'other'].map((place) => localId(`${place}:2.birth`));
  if (top === undefined || moved === undefined) throw new Error('there are two');
  const inMount = (place: string, above: string) => [
    onDisk('LA', above, null),
    onDisk(`${place}:2.birth`, 'mnt', null, { in: 'LA' }),
    onDisk(`${place}:d.birth`, 'd', null, { in: `${place}:2.birth` }),
    onDisk(`${place}:x.birth`, 'x', 'x', { in: `${place}:d.birth` }),
  ];
  run.driveShows(
    ...[onDrive('A', 'above', null), onDrive('M', 'mnt', null, { in: 'A' })],
    ...[onDrive('D', 'd', null, { in: 'M' }), onDrive('X', 'x', 'x', { in: 'D' })],
  );
  look([onDisk('LA', 'above', null)], [{ ...mount, path: 'above/mnt', id: top }]);
  look(inMount('place', 'above'));
  run.start();
  run.driveShows();
  const [above] = inMount('other', 'beside');
  look([above as LocalRow], [{ ...mount, path: 'beside/mnt', id: moved }], [top, localId('LA')]);
  expect(expectedBy()).toEqual([{ ...mount, path: 'beside/mnt', id: moved }]);
  while (run.state.local.look.command !== null) look(inMount('other', 'beside'));
  expect([...run.state.inFlight.values()]).toMatchObject([{ type: 'MoveRemote', driveItemId: 'A' }]);
});

it('a mount that is away is expected where the folder above it went', () => {
  const inner = { ...mount, path: 'above/mnt' };
  const mounted = onDisk('mark:M', 'mnt', null, { in: 'LA' });
  run.driveShows();
  look([onDisk('LA', 'above', null)], [inner]);
  look([onDisk('LA', 'above', null), mounted]);
  run.start();
  look([onDisk('LA', 'beside', null)], [], [mount.id]);
  expect(expectedBy()).toEqual([{ ...mount, path: 'beside/mnt' }]);
});

it('[I-10] nothing is planned for a folder that was removed while what is mounted in it was away, until it is back', () => {
  const above = onDisk('LA', 'above', null);
  const mounted = onDisk('mark:M', 'mnt', null, { in: 'LA' });
  run.driveShows(onDrive('A', 'above', null), onDrive('D', 'mnt', null, { in: 'A' }));
  look([above], [{ ...mount, path: 'above/mnt' }]);
  look([above, mounted]);
  run.start();
  run.driveShows(onDrive('A', 'beside', null), onDrive('N', 'new', 'one', { in: 'A' }));
  look([], [], [mount.id]);
  look([], [], [mount.id]);
  expect(run.state.local.look.command, 'a third look would say the same').toBeNull();
  expect(run.state.local.oddities, 'the mount is named').toMatchObject([{ path: 'above/mnt' }]);
  expect([...run.state.inFlight.values()]).toEqual([]);
  run.start();
  run.driveShows();
  look([above, mounted]);
  expect([...run.state.inFlight.values()]).toMatchObject([{ type: 'MoveLocal', toPath: 'beside' }]);
});

it('what was moved out of a folder that went with an absent mount, or deleted in it, goes online', () => {
  const above = onDisk('LA', 'above', null);
  const mounted = onDisk('mark:M', 'mnt', null, { in: 'LA' });
  const [moved, deleted] = ['moved', 'deleted'].map((name) => onDisk(name, name, name, { in: 'LA' }));
  if (moved === undefined || deleted === undefined) throw new Error('there are two');
  run.driveShows(
    ...[onDrive('A', 'above', null), onDrive('D', 'mnt', null, { in: 'A' })],
    ...['moved', 'deleted'].map((name) => onDrive(name, name, name, { in: 'A' })),
  );
  look([above, moved, deleted], [{ ...mount, path: 'above/mnt' }]);
  look([above, moved, deleted, mounted]);
  run.start();
  run.driveShows();
  look([onDisk('moved', 'moved', 'moved')], [], [mount.id]);
  look([onDisk('moved', 'moved', 'moved')], [], [mount.id]);
  expect([...run.state.inFlight.values()]).toMatchObject([
    { type: 'MoveRemote', path: 'moved' },
    { type: 'DeleteRemote', path: 'above/deleted' },
  ]);
});

it('[I-10] the bare place of a mount that is away is nothing of its own where a folder above was renamed', () => {
  const mounted = onDisk('mark:M', 'mnt', null, { in: 'LA' });
  run.driveShows(onDrive('A', 'above', null), onDrive('D', 'mnt', null, { in: 'A' }));
  look([onDisk('LA', 'above', null)], [{ ...mount, path: 'above/mnt' }]);
  look([onDisk('LA', 'above', null), mounted]);
  run.start();
  run.driveShows();
  const beside = onDisk('LA', 'beside', null);
  look([beside, onDisk('bare', 'mnt', null, { in: 'LA' })], [], [mount.id]);
  while (run.state.local.look.command !== null)
    look(
      [beside, mounted],
      [],
      [mount.id, localId('bare')],
      [{ path: 'beside/mnt', code: 'unreadable', detail: 'it is missing' }],
    );
  const { id } = run.command('MoveRemote');
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', 'beside', null) });
  expect([...run.state.inFlight.values()]).toEqual([]);
});
