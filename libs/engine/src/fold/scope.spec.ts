import type { Command, LocalRow, Policy, RemoteRow, RemoteTombstone } from '@tidemark/contracts';
import { driveItemId, localId, plainPolicy } from '@tidemark/contracts';
import type { Rules } from '@tidemark/planner';
import { describe, expect, it } from 'vitest';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { explainItems } from '../views/explain/explain.ts';
import { statusOf } from '../views/status.ts';

const filter = (more: Partial<Policy['filter']>): Policy => ({
  ...plainPolicy,
  filter: { ...plainPolicy.filter, ...more },
});
const everything = plainPolicy;
const withoutFilms = filter({ skipDir: 'Films' });
const bytes = (limit: number): Policy => filter({ skipSizeBytes: limit });

/** `skip_dir` by the names on the way, `skip_size` for new files, `.nosync`, `--single-directory`. */
function rulesFor({ filter: { skipDir, skipSizeBytes, singleDirectory, checkNosync } }: Policy): Rules {
  const because = (detail: string) => ({ plugin: 'settings', detail });
  return {
    markers: ['.nosync'],
    ignore({ path, kind, sizeBytes, known, markers }) {
      if (skipDir !== '' && path.split('/').includes(skipDir)) return because(`skip_dir ${skipDir}`);
      if (checkNosync && markers.includes('.nosync')) return because('.nosync');
      if (kind === 'file' && !known && skipSizeBytes > 0 && sizeBytes >= skipSizeBytes)
        return because('skip_size');
      if (singleDirectory !== null && !path.startsWith(singleDirectory))
        return { ...because('outside'), forThisRun: true };
      return null;
    },
    resolve: () => null,
  };
}

const drive = (text = 'pictures'): RemoteRow[] => [
  onDrive('F', 'Films', null),
  onDrive('A', 'a', text, { in: 'F' }),
];
const disk = (text = 'pictures', name = 'Films'): LocalRow[] => [
  onDisk('LF', name, null),
  onDisk('LA', 'a', text, { in: 'LF' }),
];

/** Beside it, always the same. */
const other = { remote: onDrive('O', 'other', 'text'), local: onDisk('LO', 'other', 'text') };

/** Both sides have `Films/a`, and agreed on it. */
function inSync(policy = everything): SpecRun {
  const run = new SpecRun(policy, rulesFor);
  run.start();
  run.driveShows(other.remote, ...drive());
  run.diskShows(other.local, ...disk());
  return run;
}

/** Another run, with other settings; gives what it wants to change. */
function next(run: SpecRun, policy: Policy, rows: readonly RemoteRow[] | 'nothing new', local: LocalRow[]) {
  run.policy = policy;
  run.start();
  return looks(run, rows === 'nothing new' ? [] : rows, local);
}

/** Both sides are looked at, as often as the run wants it. Gives what it wants to change. */
function looks(
  run: SpecRun,
  news: readonly (RemoteRow | RemoteTombstone)[],
  local: readonly LocalRow[],
): string[] {
  const commands: Command[] = [];
  let rows = news;
  for (const { state } = run; state.remote.look.command !== null || state.local.look.command !== null;) {
    if (state.remote.look.command !== null) commands.push(...run.driveShows(...rows));
    if (state.local.look.command !== null) commands.push(...run.diskShows(other.local, ...local));
    rows = [];
  }
  return commands.map(({ type, path }) => `${type} ${path}`).filter((words) => !/^(Read|Scan)/.test(words));
}

/** The same after something has told of changes. */
function looksAgain(run: SpecRun, ...[news, local]: [Parameters<typeof looks>[1], LocalRow[]]): string[] {
  run.observe(hint('remote'), hint('local'));
  return looks(run, news, local);
}

const hint = (side: 'local' | 'remote') => ({ type: 'HintReceived', side, source: 'spec' }) as const;

describe('what is out of scope', () => {
  it('may be removed on disk: included again, it comes back', () => {
    const run = inSync();
    expect(next(run, withoutFilms, 'nothing new', disk())).toEqual([]);
    expect(next(run, withoutFilms, 'nothing new', [])).toEqual([]);
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  it('may be removed on disk while no run is on, although it is included again by the next run', () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  describe('and may be removed on disk, where the scan that compares it may not look', () => {
    const [folder, file] = disk() as [LocalRow, LocalRow];
    function comparedUnseen(): SpecRun {
      const run = inSync();
      next(run, withoutFilms, 'nothing new', disk());
      run.policy = everything;
      run.start();
      run.driveShows();
      run.scan([other.local, folder], [folder]);
      return run;
    }

    it('found gone later, it comes back', () => {
      expect(looksAgain(comparedUnseen(), [], [folder])).toEqual(['DownloadFile Films/a']);
    });

    it('found gone after it was seen there, it goes on the drive', () => {
      const run = comparedUnseen();
      expect(looksAgain(run, [], [folder, file])).toEqual([]);
      expect(looksAgain(run, [], [folder])).toEqual(['DeleteRemote Films/a']);
    });

    it('is still there, and that survives a snapshot', async () => {
      const { state } = comparedUnseen();
      expect(state.unproven.size).toBe(2);
      expect((await deserialise(serialise(state), rulesFor))?.unproven).toEqual(state.unproven);
    });
  });

  it('may be removed on the drive: included again, it goes up', () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    run.policy = withoutFilms;
    run.start();
    run.driveShows(goneFromDrive('A'), goneFromDrive('F'));
    run.diskShows(other.local, ...disk());
    expect(next(run, everything, 'nothing new', disk())).toEqual(['CreateRemoteFolder Films']);
  });

  it('is agreed again at once when nothing happened to it', () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    expect(next(run, everything, 'nothing new', disk())).toEqual([]);
    for (const item of run.state.trees.items.values()) expect(item.synced).not.toBeNull();
  });

  it('is a conflict when both sides differ, although only one of them has changed', () => {
    const run = inSync();
    next(run, withoutFilms, drive('longer pictures'), disk());
    expect(next(run, everything, 'nothing new', disk())).toEqual(['DownloadFile Films/a']);
    expect(run.command('DownloadFile').reason.rule).toBe('conflict-remote-keeps-name');
  });

  it('is found out for folders that were moved into each other, one on disk and the other on the drive', () => {
    const run = new SpecRun(everything, rulesFor);
    run.start();
    run.driveShows(onDrive('A', 'a', null), onDrive('B', 'b', null));
    run.diskShows(onDisk('LA', 'a', null), onDisk('LB', 'b', null));
    run.start();
    run.driveShows(onDrive('A', 'a', null, { in: 'B' }));
    run.diskShows(onDisk('LA', 'a', null), onDisk('LB', 'b', null, { in: 'LA' }));
    expect(run.state.outOfScope.size).toBe(0);
  });

  it('stays so through equal observations', () => {
    const run = inSync(withoutFilms);
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  it('may be a folder that was renamed to an excluded name, and removed then', () => {
    const run = new SpecRun(withoutFilms, rulesFor);
    run.start();
    run.driveShows(other.remote, onDrive('F', 'Pictures', null), onDrive('A', 'a', 'pictures', { in: 'F' }));
    run.diskShows(other.local, ...disk('pictures', 'Pictures'));
    next(run, withoutFilms, 'nothing new', disk('pictures', 'Films'));
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Pictures']);
  });

  it.each(['noticed', 'unnoticed'])(
    'is moved out of it on disk: the drive follows (%s before)',
    (noticed) => {
      const run = inSync();
      if (noticed === 'noticed') next(run, withoutFilms, 'nothing new', disk());
      const moved = [onDisk('LF', 'Films', null), onDisk('LA', 'a', 'pictures')];
      expect(next(run, withoutFilms, 'nothing new', moved)).toEqual(['MoveRemote a']);
    },
  );

  it('is renamed on disk to a name that is in scope: the drive follows, with everything in it', () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    expect(next(run, withoutFilms, 'nothing new', disk('pictures', 'Pictures'))).toEqual([
      'MoveRemote Pictures',
    ]);
  });

  describe('and comes back while a run goes on', () => {
    const pictures = [onDrive('F', 'Pictures', null), onDrive('A', 'a', 'pictures', { in: 'F' })];
    /** `Pictures/a` was agreed on, and its folder has got an excluded name on disk. */
    function renamed(): SpecRun {
      const run = new SpecRun(withoutFilms, rulesFor);
      run.start();
      run.driveShows(other.remote, ...pictures);
      run.diskShows(other.local, ...disk('pictures', 'Pictures'));
      looksAgain(run, [], disk('pictures', 'Films'));
      expect(run.state.outOfScope.size).toBe(2);
      return run;
    }

    it('by a rename on disk: what was deleted online before the next look is no deletion on disk', () => {
      const run = renamed();
      run.observe(hint('local'));
      const back = disk('pictures', 'Pictures');
      run.scan([other.local, ...back]);
      expect(looksAgain(run, [goneFromDrive('A'), goneFromDrive('F')], back)).toEqual([
        'CreateRemoteFolder Pictures',
      ]);
    });

    it('since its .nosync is gone: the same', () => {
      const run = inSync(filter({ checkNosync: true }));
      looksAgain(run, [], [...disk(), onDisk('LN', '.nosync', '', { in: 'LF' })]);
      expect(run.state.outOfScope.size).toBe(2);
      run.observe(hint('local'));
      run.diskShows(other.local, ...disk());
      expect(looksAgain(run, [goneFromDrive('A'), goneFromDrive('F')], disk())).toEqual([
        'CreateRemoteFolder Films',
      ]);
    });
  });

  it('was never synced, and its folder gets a name in scope while a run goes on: it is synced with it', () => {
    const run = new SpecRun(withoutFilms, rulesFor);
    run.start();
    run.driveShows(other.remote, ...drive());
    run.diskShows(other.local);
    expect(looksAgain(run, [onDrive('F', 'Pictures', null)], [])).toEqual(['CreateLocalFolder Pictures']);
    const { id: command } = run.command('CreateLocalFolder');
    const made = onDisk('LF', 'Pictures', null);
    const planned = run.observe({ type: 'CommandSucceeded', command, local: made });
    expect(planned.map(({ type, path }) => `${type} ${path}`)).toEqual(['DownloadFile Pictures/a']);
  });

  it('may hold what was moved into it on the drive: on disk that stays where it is, and waits for nothing', () => {
    const run = inSync(withoutFilms);
    const moved = onDrive('O', 'other', 'text', { in: 'F' });
    expect(next(run, withoutFilms, [moved], [])).toEqual([]);
    const { notAtRest } = statusOf(run.state);
    expect(notAtRest.map(({ path, standing }) => `${path}: ${standing}`)).toContain('other: ignored');
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  it('may be a folder that got a .nosync, and was removed with it', () => {
    const policy = filter({ checkNosync: true });
    const run = inSync(policy);
    const marked = [...disk(), onDisk('LN', '.nosync', '', { in: 'LF' })];
    expect(next(run, policy, 'nothing new', marked)).toEqual([]);
    expect(next(run, policy, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  it('is back in scope when its .nosync goes', () => {
    const policy = filter({ checkNosync: true });
    const run = inSync(policy);
    next(run, policy, 'nothing new', [...disk(), onDisk('LN', '.nosync', '', { in: 'LF' })]);
    expect(next(run, policy, 'nothing new', disk())).toEqual([]);
    for (const item of run.state.trees.items.values()) expect(item.synced).not.toBeNull();
  });

  it('is what a new skip_size excludes, known files too; a known file that grows stays in', () => {
    const run = inSync(bytes(100));
    expect(next(run, bytes(100), drive('p'.repeat(200)), disk())).toEqual(['DownloadFile Films/a']);
    const small = inSync();
    next(small, bytes(5), 'nothing new', disk());
    next(small, bytes(5), 'nothing new', [onDisk('LF', 'Films', null)]);
    expect(next(small, everything, 'nothing new', [onDisk('LF', 'Films', null)])).toEqual([
      'DownloadFile Films/a',
    ]);
  });

  it('is not what --single-directory leaves out: what was removed there is removed', () => {
    const run = inSync();
    next(run, filter({ singleDirectory: 'Work' }), 'nothing new', disk());
    expect(next(run, everything, 'nothing new', [])).toEqual(['DeleteRemote Films']);
  });

  it('stays out during a run with --single-directory that no filter excludes it from', () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    next(run, filter({ singleDirectory: 'Work' }), 'nothing new', []);
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  it('is asked of plugins at each start, since their verdicts are no part of the policy', () => {
    let excludes = false;
    const run = new SpecRun({}, () => ({
      ignore: ({ path }) => (excludes && path.startsWith('Films') ? { plugin: 'own', detail: 'no' } : null),
      resolve: () => null,
      mayChange: true,
    }));
    run.start();
    run.driveShows(other.remote, ...drive());
    run.diskShows(other.local, ...disk());
    excludes = true;
    next(run, everything, 'nothing new', disk());
    excludes = false;
    expect(next(run, everything, 'nothing new', [])).toEqual(['CreateLocalFolder Films']);
  });

  it('is told by explain, with the rule and the way back', async () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    next(run, everything, 'nothing new', []);
    const item = run.state.trees.byRemoteId.get(driveItemId('F'));
    if (item === undefined) throw new Error('no item');
    const read = async function* () {
      yield* run.batches;
    };
    const { explanations } = await explainItems([item], { read, rulesFor });
    expect(explanations[0]?.timeline.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'It left the scope of the sync (settings: skip_dir Films), which ended the agreement: what happens to it on one side is not repeated on the other',
        'It is in the scope of the sync again, so both sides are compared anew',
      ]),
    );
  });

  it('survives a snapshot', async () => {
    const run = inSync();
    next(run, withoutFilms, 'nothing new', disk());
    const restored = await deserialise(serialise(run.state), rulesFor);
    if (restored === null) throw new Error('no snapshot');
    expect([...serialise(restored)]).toEqual([...serialise(run.state)]);
    const id = restored.trees.byLocalId.get(localId('LA'));
    expect(id === undefined ? id : restored.outOfScope.get(id)).toMatchObject({ detail: 'skip_dir Films' });
  });
});
