import type { LocalRow, Policy, RemoteRow } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { replay } from '../loop/replay.ts';
import { statusOf } from '../views/status.ts';
import { evolve } from './evolve.ts';
import { noRules } from './state.ts';
import { heldPlan } from './gate.ts';

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
const remote = (index: number, text = 'text'): RemoteRow => onDrive(`R${index}`, `f${index}`, text);
const local = (index: number, text = 'text'): LocalRow => onDisk(`L${index}`, `f${index}`, text);

/** So many files that both sides agree on. */
function inSync(files: number, policy: Partial<Policy>): SpecRun {
  const run = new SpecRun({ massDeletePercent: 100, commandsInFlightMax: 1000, ...policy });
  run.start();
  run.driveShows(...numbers(0, files).map((index) => remote(index)));
  run.diskShows(...numbers(0, files).map((index) => local(index)));
  return run;
}

/** A look shows the disk with these files only. Gives how many deletions follow. */
function diskKeeps(run: SpecRun, left: readonly number[]): number {
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  const commands = run.diskShows(...left.map((index) => local(index)));
  return commands.filter(({ type }) => type === 'DeleteRemote').length;
}

/** Everything under way succeeds. */
function carryOut(run: SpecRun): void {
  for (const command of [...run.state.inFlight.values()]) {
    if (command.type === 'DeleteRemote')
      run.observe({
        type: 'CommandSucceeded',
        command: command.id,
        remote: goneFromDrive(command.driveItemId),
      });
    else if (command.type === 'DeleteLocal')
      run.observe({
        type: 'CommandSucceeded',
        command: command.id,
        local: { id: command.expected.id, gone: true },
      });
    else if (command.type === 'UploadFile' && command.target.as === 'version') {
      const row = remote(Number(command.path.slice(1)), `new ${command.path}`);
      run.observe({ type: 'CommandSucceeded', command: command.id, remote: row });
    }
  }
  closingRead(run);
}

/** A run that changed the drive reads its feed once more. */
function closingRead(run: SpecRun): void {
  if (run.state.remote.look.command !== null) run.driveShows();
}

describe('the gate', () => {
  it('holds files that were edited here and deleted online where nothing preserves them, and names them', () => {
    const run = inSync(4, { massDeleteMax: 3, bypassPreservation: true });
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.diskShows(...numbers(0, 4).map((index) => local(index, 'edited')));
    run.driveShows(...numbers(0, 4).map((index) => goneFromDrive(`R${index}`)));
    expect(heldPlan(run.state)).toMatchObject({ deletionsOnDisk: 4 });
    run.observe({ type: 'DeletionsConfirmed', hash: heldPlan(run.state)?.hash ?? '' });
    expect([...run.state.inFlight.values()].map(({ type }) => type)).toEqual(Array(4).fill('DeleteLocal'));
  });

  it('does not hold those that step aside, and names only what would be lost', () => {
    const run = inSync(5, { massDeleteMax: 3 });
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.diskShows(local(0, 'edited'), ...numbers(1, 5).map((index) => local(index)));
    run.driveShows(...numbers(0, 5).map((index) => goneFromDrive(`R${index}`)));
    expect(heldPlan(run.state)).toMatchObject({ deletionsOnDisk: 4 });
    expect([...run.state.inFlight.values()].map(({ type }) => type)).toEqual(['MoveLocal']);
  });

  it('holds 300 deletions in batches of 60 as it holds 300 at once', () => {
    const run = inSync(400, { massDeleteMax: 200 });
    for (const batch of [1, 2, 3]) {
      expect(diskKeeps(run, numbers(batch * 60, 400))).toBe(60);
      carryOut(run);
    }
    expect(diskKeeps(run, numbers(240, 400))).toBe(0);
    expect(statusOf(run.state).held).toMatchObject({ deletionsOnDrive: 60, deletionsOnDisk: 0 });

    const atOnce = inSync(400, { massDeleteMax: 200 });
    expect(diskKeeps(atOnce, numbers(300, 400))).toBe(0);
    expect(statusOf(atOnce.state).held).toMatchObject({ deletionsOnDrive: 300 });
  });

  it('holds as many as the policy names, and not one fewer', () => {
    expect(diskKeeps(inSync(50, { massDeleteMax: 20 }), numbers(19, 50))).toBe(19);
    expect(diskKeeps(inSync(50, { massDeleteMax: 20 }), numbers(20, 50))).toBe(0);
  });

  it('holds a share of the tree in batches as well, of the tree as it was', () => {
    const run = inSync(400, { massDeletePercent: 50 });
    for (const batch of [1, 2, 3]) {
      expect(diskKeeps(run, numbers(batch * 60, 400))).toBe(60);
      carryOut(run);
    }
    expect(diskKeeps(run, numbers(240, 400))).toBe(0);
  });

  it('forgets what went through long ago, but not while it holds something', () => {
    const window = 3_600_000;
    const run = inSync(400, { massDeleteMax: 100, massDeleteWindowMs: window });
    diskKeeps(run, numbers(60, 400));
    carryOut(run);
    run.at += window + 10_000;
    expect(diskKeeps(run, numbers(120, 400))).toBe(60);
    carryOut(run);
    expect(diskKeeps(run, numbers(180, 400))).toBe(0);
    run.at += window + 10_000;
    expect(diskKeeps(run, numbers(180, 400))).toBe(0);
    expect(heldPlan(run.state)).not.toBeNull();
  });

  it('holds the other direction by its own count', () => {
    const run = inSync(400, { massDeleteMax: 200 });
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    const commands = run.driveShows(...numbers(0, 250).map((index) => goneFromDrive(`R${index}`)));
    expect(commands.filter(({ type }) => type === 'DeleteLocal')).toEqual([]);
    expect(statusOf(run.state).held).toMatchObject({ deletionsOnDrive: 0, deletionsOnDisk: 250 });
    // Ten deletions on disk are no part of it.
    expect(diskKeeps(run, numbers(0, 390))).toBe(10);
  });

  it('does not count what was moved', () => {
    const run = inSync(400, { massDeleteMax: 200 });
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    const commands = run.diskShows(
      onDisk('LF', 'folder', null),
      ...numbers(0, 400).map((index) => onDisk(`L${index}`, `f${index}`, 'text', { in: 'LF' })),
    );
    expect(commands.some(({ type }) => type === 'CreateRemoteFolder')).toBe(true);
    expect(heldPlan(run.state)).toBeNull();
  });
});

describe('a confirmation', () => {
  const held = (): { run: SpecRun; hash: string } => {
    const run = inSync(400, { massDeleteMax: 200 });
    diskKeeps(run, numbers(250, 400));
    return { run, hash: heldPlan(run.state)?.hash ?? '' };
  };

  it('lets exactly the plan go on whose hash it names', () => {
    const { run, hash } = held();
    const commands = run.observe({ type: 'DeletionsConfirmed', hash });
    expect(commands.filter(({ type }) => type === 'DeleteRemote')).toHaveLength(250);
    expect(heldPlan(run.state)).toBeNull();
  });

  it('of a plan that has changed is refused, and the new plan has another hash', () => {
    const { run, hash } = held();
    diskKeeps(run, numbers(251, 400));
    expect(run.observe({ type: 'DeletionsConfirmed', hash })).toEqual([]);
    expect(run.log.some(({ event }) => event.type === 'DeletionsConfirmed')).toBe(false);
    expect(heldPlan(run.state)?.hash).not.toBe(hash);
    expect(statusOf(run.state).held).toMatchObject({ deletionsOnDrive: 251 });
  });

  it('of a plan that holds other files is refused, though it holds as many', () => {
    const { run, hash } = held();
    diskKeeps(run, [0, ...numbers(251, 400)]);
    expect(statusOf(run.state).held).toMatchObject({ deletionsOnDrive: 250 });
    expect(heldPlan(run.state)?.hash).not.toBe(hash);
  });

  it('ends with its plan: the next mass of deletions is held again', () => {
    const { run, hash } = held();
    run.observe({ type: 'DeletionsConfirmed', hash });
    carryOut(run);
    expect(diskKeeps(run, numbers(260, 400))).toBe(10);
    carryOut(run);
    const other = inSync(800, { massDeleteMax: 200 });
    diskKeeps(other, numbers(250, 800));
    other.observe({ type: 'DeletionsConfirmed', hash: heldPlan(other.state)?.hash ?? '' });
    carryOut(other);
    expect(diskKeeps(other, numbers(500, 800))).toBe(0);
    expect(heldPlan(other.state)).not.toBeNull();
  });

  it('of something that was restored and deleted again does not hold any more', () => {
    const { run, hash } = held();
    // The answers take their time, so the drive still has everything.
    run.observe({ type: 'DeletionsConfirmed', hash });
    const confirmed = run.state.gate.deletionsOnDrive.confirmed.size;
    expect(confirmed).toBe(250);
    diskKeeps(run, numbers(0, 400));
    expect(run.state.gate.deletionsOnDrive.confirmed.size).toBe(0);
  });

  it('is in the log and in a snapshot: both give the same state', async () => {
    const { run, hash } = held();
    run.observe({ type: 'DeletionsConfirmed', hash });
    const restored = await deserialise(serialise(run.state), () => noRules);
    expect(restored === null ? null : [...serialise(restored)]).toEqual([...serialise(run.state)]);
    const report = await replay({ batches: asynchronously(run.batches), rulesFor: () => noRules });
    expect(report.divergences).toEqual([]);
    expect([...serialise(report.state)]).toEqual([...serialise(run.state)]);
  });
});

it('what one event took away is the same from a snapshot, whatever the order in which the names came', async () => {
  const run = new SpecRun();
  const inside = (name: string, folder = 'D'): RemoteRow => onDrive(name, name, name, { in: folder });
  run.start();
  run.driveShows(remote(0), onDrive('D', 'd', null), inside('a'), inside('b'), inside('c'));
  const disk = (folderOfA: string): LocalRow[] => [
    local(0),
    onDisk('LD', 'd', null),
    onDisk('La', 'a', 'a', { in: folderOfA }),
    ...['b', 'c'].map((name) => onDisk(`L${name}`, name, name, { in: 'LD' })),
  ];
  run.diskShows(...disk('LD'));
  // Out and back again on both sides: it is the last name in the folder now, and not the last item.
  for (const [folder, onDiskIn] of [
    ['root', 'root'],
    ['D', 'LD'],
  ] as const) {
    run.observe(
      { type: 'HintReceived', side: 'remote', source: 'spec' },
      { type: 'HintReceived', side: 'local', source: 'spec' },
    );
    run.driveShows({ ...inside('a', folder), eTag: `in ${folder}` });
    run.diskShows(...disk(onDiskIn));
  }
  expect(run.state.inFlight.size).toBe(0);
  const restored = await deserialise(serialise(run.state), () => noRules);
  if (restored === null) throw new Error('no snapshot');
  const from = run.log.length;
  diskKeeps(run, [0]);
  carryOut(run);
  expect(run.state.gate.deletionsOnDrive.recent.size).toBe(4);
  for (const recorded of run.log.slice(from)) evolve(restored, recorded, () => noRules);
  expect([...serialise(restored)]).toEqual([...serialise(run.state)]);
});

describe('files that are rewritten', () => {
  const rewritten = (index: number): LocalRow =>
    onDisk(`L${index}`, `f${index}`, `new f${index}`, { hash: `new f${index}` });
  const diskHas = (run: SpecRun, rows: readonly LocalRow[]): number => {
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    return run.diskShows(...rows).filter(({ type }) => type === 'UploadFile').length;
  };
  const some = (count: number): LocalRow[] => [
    ...numbers(0, count).map(rewritten),
    ...numbers(count, 300).map((index) => local(index)),
  ];

  it('are held when they are most of the tree, and go up when that is confirmed', () => {
    const run = inSync(300, {});
    expect(diskHas(run, some(200))).toBe(0);
    expect(statusOf(run.state).held).toMatchObject({ replacementsOnDrive: 200, deletionsOnDrive: 0 });
    const hash = heldPlan(run.state)?.hash ?? '';
    const commands = run.observe({ type: 'DeletionsConfirmed', hash });
    expect(commands.filter(({ type }) => type === 'UploadFile')).toHaveLength(200);
  });

  it('are held in batches as well', () => {
    const run = inSync(300, {});
    expect(diskHas(run, some(100))).toBe(100);
    carryOut(run);
    expect(diskHas(run, some(180))).toBe(0);
    expect(statusOf(run.state).held).toMatchObject({ replacementsOnDrive: 80 });
  });

  it('under another extension are held from a hundred on, however large the tree is', () => {
    const run = inSync(1000, {});
    const locked = (count: number): LocalRow[] => [
      ...numbers(0, count).map((index) => ({ ...rewritten(index), name: `f${index}.locked` })),
      ...numbers(count, 1000).map((index) => local(index)),
    ];
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    const few = run.diskShows(...locked(60)).filter(({ type }) => type === 'MoveRemote');
    expect(few).toHaveLength(60);
    expect(statusOf(run.state).held).toBeNull();
    for (const command of few) {
      const number = Number(command.path.slice(1).split('.')[0]);
      const row = { ...remote(number), name: `f${number}.locked`, eTag: `moved ${number}` };
      run.observe({ type: 'CommandSucceeded', command: command.id, remote: row });
    }
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(...locked(120));
    expect(run.state.gate.replacementsOnDrive.disguised.size).toBe(120);
    expect(statusOf(run.state).held?.replacementsOnDrive).toBeGreaterThan(0);
    expect([...run.state.inFlight.values()].filter(({ path }) => path === 'f100.locked')).toMatchObject([
      { type: 'MoveRemote' },
    ]);
  });

  it('one file that is saved again and again is one file', () => {
    const run = inSync(300, {});
    for (let save = 0; save < 200; save++) {
      const text = `save ${save}`;
      const rows = [onDisk('L0', 'f0', text), ...numbers(1, 300).map((index) => local(index))];
      expect(diskHas(run, rows)).toBe(1);
      const { id } = run.command('UploadFile');
      run.observe({ type: 'CommandSucceeded', command: id, remote: remote(0, text) });
      closingRead(run);
    }
  });

  it('are let go by themselves when reading them shows that only their times are new', () => {
    const run = inSync(300, {});
    const touched = numbers(0, 300).map((index) =>
      onDisk(`L${index}`, `f${index}`, 'text', { stamp: 'touched', hash: null }),
    );
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    const commands = run.diskShows(...touched).filter(({ type }) => type === 'HashFile');
    expect(commands).toHaveLength(300);
    for (const { id, path } of commands) {
      const row = touched.find(({ name }) => name === path);
      if (row !== undefined)
        run.observe({ type: 'CommandSucceeded', command: id, local: { ...row, hash: 'text' } });
    }
    expect(heldPlan(run.state)).toBeNull();
    expect(run.state.gate.replacementsOnDrive.pending.size).toBe(0);
  });

  it('are not held with mass_rewrite_fraction 100', () => {
    expect(diskHas(inSync(300, { massRewritePercent: 100 }), some(300))).toBe(300);
  });
});

async function* asynchronously<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}
