import { describe, expect, it } from 'vitest';
import type { LocalRow } from '@tidemark/contracts';
import { itemId, localId } from '@tidemark/contracts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

describe('outcomes', () => {
  it('[L2] a copy of one version of the drive keeps no other: what came meanwhile is kept as well', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'base'));
    run.diskShows(onDisk('LA', 'a', 'base'));
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([onDisk('LA', 'a', 'mine', { modifiedAt: 300 })]);
    // The upload meets another version.
    const upload = run.command('UploadFile');
    run.observe({
      type: 'CommandFailed',
      command: upload.id,
      failure: { code: 'preconditionFailed', detail: 'spec' },
    });
    run.driveShows(onDrive('A', 'a', 'second', { modifiedAt: 200 }));
    const copy = run.command('KeepRemoteCopy');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'third!', { modifiedAt: 250 }));
    run.observe({
      type: 'CommandSucceeded',
      command: copy.id,
      kept: onDisk('LK', 'a-host-safeBackup-0001', 'second', { modifiedAt: 200 }),
    });
    expect(run.command('KeepRemoteCopy').remote.hash).toBe('third!');
    expect([...run.state.inFlight.values()].filter(({ type }) => type === 'UploadFile')).toMatchObject([
      { path: 'a-host-safeBackup-0001' },
    ]);
  });

  it('what took the name of an upload meanwhile is an item of its own, and not forgotten', () => {
    const run = new SpecRun({ commandsInFlightMax: 1 });
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'mine'));
    const upload = run.command('UploadFile');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    // Ours was renamed before its answer came, and theirs got the name.
    run.driveShows(onDrive('A', 'b', 'mine'), onDrive('B', 'a', 'theirs'));
    run.observe({
      type: 'CommandSucceeded',
      command: upload.id,
      remote: onDrive('A', 'a', 'mine'),
      local: onDisk('LA', 'a', 'mine'),
    });
    const names = [...run.state.trees.items.values()].map(({ remote, local }) => [remote?.name, local?.name]);
    expect(names).toContainEqual(['b', 'a']);
    expect(names).toContainEqual(['a', undefined]);
  });

  /** `a` was the same on both sides. */
  const agreed = (): SpecRun => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'same'), onDrive('X', 'x', 'x'));
    run.diskShows(onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x'));
    return run;
  };
  const hint = (run: SpecRun, side: 'remote' | 'local'): void =>
    void run.observe({ type: 'HintReceived', side, source: 'spec' });
  const underWay = (run: SpecRun): string[] =>
    [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

  describe('a file that was saved again while it was sent', () => {
    /** `a` was saved once more on disk while `sent` was on its way. */
    const savedAgain = (meanwhile: (run: SpecRun) => void): SpecRun => {
      const run = agreed();
      hint(run, 'local');
      run.scan([onDisk('LA', 'a', 'sent'), onDisk('LX', 'x', 'x')]);
      const upload = run.command('UploadFile');
      meanwhile(run);
      run.observe({
        type: 'CommandSucceeded',
        command: upload.id,
        remote: onDrive('A', 'a', 'sent'),
      });
      run.scan([onDisk('LA', 'a', 'again'), onDisk('LX', 'x', 'x')]);
      return run;
    };

    it('is sent once more, as the next version of what it was', () => {
      const run = savedAgain(() => undefined);
      expect(run.command('UploadFile')).toMatchObject({ path: 'a', target: { as: 'version' } });
    });

    it('[L2] is a conflict when the drive has a third version by then: that one was never on disk', () => {
      const run = savedAgain((before) => {
        hint(before, 'remote');
        before.driveShows(onDrive('A', 'a', 'theirs'));
      });
      expect(run.state.trees.items.get(itemId(1))?.synced).toMatchObject({ hash: 'sent' });
      expect(underWay(run)).not.toContain('UploadFile a');
      const [command] = [...run.state.inFlight.values()];
      expect(command).toMatchObject({ path: 'a', reason: { rule: expect.stringContaining('conflict') } });
    });
  });

  describe("while the drive's item is brought to disk", () => {
    const brought = {
      'a folder': { command: 'CreateLocalFolder', text: null },
      'a file': { command: 'DownloadFile', text: 'theirs' },
    } as const;
    const kinds = Object.entries(brought);
    /** `a` is new on the drive; `meanwhile` happens before the disk's answer comes. */
    const bring = (
      { command, text }: (typeof brought)[keyof typeof brought],
      meanwhile: (run: SpecRun) => void,
    ): SpecRun => {
      const run = new SpecRun();
      run.start();
      run.driveShows(onDrive('A', 'a', text));
      run.diskShows();
      const { id } = run.command(command);
      hint(run, 'remote');
      meanwhile(run);
      run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LA', 'a', text) });
      return run;
    };
    const lookAtDisk = (run: SpecRun, text: string | null): void => {
      if (run.state.local.look.command !== null) run.diskShows(onDisk('LA', 'a', text));
    };

    it.each(kinds)(
      'and removed there: %s goes from the disk as well, and does not come back',
      (_kind, what) => {
        const run = bring(what, (before) => before.driveShows(goneFromDrive('A')));
        lookAtDisk(run, what.text);
        expect(underWay(run)).toEqual(['DeleteLocal a']);
      },
    );

    it.each(kinds)(
      'and renamed there: %s gets the new name, and not the drive the old one',
      (_kind, what) => {
        const run = bring(what, (before) => before.driveShows(onDrive('A', 'b', what.text)));
        lookAtDisk(run, what.text);
        expect(run.command('MoveLocal')).toMatchObject({ path: 'a', toPath: 'b' });
      },
    );

    it('[L1] and removed there: a file that the user has changed by then stays, under another name', () => {
      const run = bring(brought['a file'], (before) => before.driveShows(goneFromDrive('A')));
      run.diskShows(onDisk('LA', 'a', 'mine'));
      expect(run.command('MoveLocal')).toMatchObject({ path: 'a', toPath: 'a-host-safeBackup-0001' });
    });

    it('and removed and made again there: the new one is what the disk holds', () => {
      const run = bring(brought['a folder'], (before) =>
        before.driveShows(goneFromDrive('A'), onDrive('B', 'a', null)),
      );
      const { id } = run.command('CreateLocalFolder');
      run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LA', 'a', null) });
      lookAtDisk(run, null);
      expect(underWay(run)).toEqual([]);
      expect([...run.state.trees.items.values()].find(({ remote }) => remote?.id === 'B')).toMatchObject({
        local: { id: 'LA' },
        synced: { name: 'a' },
      });
    });
  });

  it('a file that a look found again elsewhere, while its item was fetched, is an item of its own', () => {
    const run = agreed();
    hint(run, 'remote');
    hint(run, 'local');
    run.driveShows(onDrive('A', 'a', 'theirs', { modifiedAt: 200 }));
    run.diskShows(onDisk('LX', 'x', 'x'));
    const { id } = run.command('DownloadFile');
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: [''] });
    run.scan([onDisk('LA', 'b', 'same'), onDisk('LX', 'x', 'x')]);
    const fetched = onDisk('LN', 'a', 'theirs', { modifiedAt: 200 });
    run.observe({ type: 'CommandSucceeded', command: id, local: fetched });
    expect(underWay(run)).toEqual(['UploadFile b']);
  });

  it('a folder that a look found elsewhere, while its item was made, keeps what is in it: a look says what that is', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('F', 'f', null));
    run.diskShows();
    const { id } = run.command('CreateLocalFolder');
    const look = (...rows: readonly LocalRow[]): void => {
      run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: [''] });
      run.scan(rows);
    };
    const inside = onDisk('LC', 'c', 'text', { in: 'L1' });
    look(onDisk('L1', 'f', null), inside);
    look(onDisk('L1', 'g', null), inside);
    const made = onDisk('L2', 'f', null);
    run.observe({ type: 'CommandSucceeded', command: id, local: made });
    // Not `UploadFile f/c`: the new folder is empty.
    expect(underWay(run)).toEqual([]);
    run.scan([onDisk('L1', 'g', null), inside, made]);
    expect(underWay(run)).toEqual(['CreateRemoteFolder g']);
  });

  describe('while what the disk did is carried out on the drive', () => {
    /** `a` was renamed to `a~` on disk; `meanwhile` happens before the drive's answer comes. */
    const moved = (meanwhile: (run: SpecRun) => void): SpecRun => {
      const run = agreed();
      hint(run, 'local');
      run.scan([onDisk('LA', 'a~', 'same'), onDisk('LX', 'x', 'x')]);
      const { id } = run.command('MoveRemote');
      hint(run, 'local');
      meanwhile(run);
      run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', 'a~', 'same') });
      return run;
    };

    it('and renamed back: the drive follows once more, and not the disk', () => {
      const run = moved((before) => before.diskShows(onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x')));
      expect(run.command('MoveRemote')).toMatchObject({ fromPath: 'a~', path: 'a', toName: 'a' });
    });

    it('and saved anew under the old name, as vim does: the drive goes back to it, for the next version', () => {
      const run = moved((before) => before.diskShows(onDisk('LB', 'a', 'saved'), onDisk('LX', 'x', 'x')));
      const back = run.command('MoveRemote');
      run.observe({ type: 'CommandSucceeded', command: back.id, remote: onDrive('A', 'a', 'same') });
      expect(run.command('UploadFile')).toMatchObject({ path: 'a', target: { as: 'version' } });
    });

    it('and deleted: the drive deletes it as well', () => {
      const run = moved((before) => before.diskShows(onDisk('LX', 'x', 'x')));
      expect(underWay(run)).toEqual(['DeleteRemote a~']);
    });

    it('and renamed on the drive before its answer came: the disk gets that name', () => {
      const run = moved((before) => {
        hint(before, 'remote');
        before.driveShows(onDrive('A', 'b', 'same'));
        before.diskShows(onDisk('LA', 'a~', 'same'), onDisk('LX', 'x', 'x'));
      });
      expect(run.command('MoveLocal')).toMatchObject({ path: 'a~', toPath: 'b' });
    });

    /** The folder `d` is new on disk; `meanwhile` happens before the drive's answer comes. */
    const made = (meanwhile: (run: SpecRun) => void, isNew = true): SpecRun => {
      const run = agreed();
      const rest = [onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x')];
      hint(run, 'local');
      run.scan([onDisk('LD', 'd', null), ...rest]);
      const { id } = run.command('CreateRemoteFolder');
      hint(run, 'local');
      meanwhile(run);
      run.observe({
        type: 'CommandSucceeded',
        command: id,
        remote: onDrive('D', 'd', null),
        ...(isNew && { made: true }),
      });
      return run;
    };

    it('a new folder that was renamed gets its new name on the drive, and not the disk the old one', () => {
      const run = made((before) =>
        before.diskShows(onDisk('LD', 'e', null), onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x')),
      );
      expect(run.command('MoveRemote')).toMatchObject({ fromPath: 'd', path: 'e' });
    });

    it('a folder that the drive had already keeps its name there, whatever the one on disk is called by now', () => {
      const run = made(
        (before) =>
          before.diskShows(onDisk('LD', 'e', null), onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x')),
        false,
      );
      expect(underWay(run)).toEqual(['MoveLocal e']);
    });

    it('a new folder that was deleted is deleted on the drive, and does not come back', () => {
      const run = made((before) => before.diskShows(onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x')));
      expect(underWay(run)).toEqual(['DeleteRemote d']);
    });
  });

  it('a renamed file that steps aside for what bears its new name on the drive keeps that new name on both sides', () => {
    const run = agreed();
    hint(run, 'local');
    hint(run, 'remote');
    // Not a file, so it is another item.
    run.driveShows(onDrive('N', 'n', null));
    run.scan([onDisk('LA', 'n', 'same'), onDisk('LX', 'x', 'x')]);
    const { id, toPath } = run.command('MoveLocal');
    run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LA', toPath, 'same') });
    expect(run.command('MoveRemote')).toMatchObject({ fromPath: 'a', toName: 'n-host-safeBackup-0001' });
  });

  it('what the drive renamed back while the disk was following it is renamed back on disk as well', () => {
    const run = agreed();
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'b', 'same'));
    const { id } = run.command('MoveLocal');
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'a', 'same'));
    run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LA', 'b', 'same') });
    expect(run.command('MoveLocal')).toMatchObject({ path: 'b', toPath: 'a' });
  });

  it('what is made again on the drive while it is deleted on disk is new there, even if it is the same', () => {
    const run = agreed();
    hint(run, 'remote');
    run.driveShows(goneFromDrive('A'));
    const { id } = run.command('DeleteLocal');
    hint(run, 'remote');
    run.driveShows(onDrive('B', 'a', 'same'));
    run.observe({ type: 'CommandSucceeded', command: id, local: { id: localId('LA'), gone: true } });
    expect(underWay(run)).toEqual(['DownloadFile a']);
  });

  it.each(['the answer', 'the feed'] as const)(
    'what is made again on disk while it is deleted on the drive is new there, when %s tells of the deletion first',
    (first) => {
      const run = agreed();
      hint(run, 'local');
      run.diskShows(onDisk('LX', 'x', 'x'));
      const { id } = run.command('DeleteRemote');
      hint(run, 'local');
      run.diskShows(onDisk('LX', 'x', 'x'), onDisk('LB', 'a', 'same'));
      const answer = {
        type: 'CommandSucceeded',
        command: id,
        remote: goneFromDrive('A'),
      } as const;
      if (first === 'the answer') run.observe(answer);
      hint(run, 'remote');
      run.driveShows(goneFromDrive('A'));
      if (first === 'the feed') run.observe(answer);
      expect(underWay(run)).toEqual(['UploadFile a']);
    },
  );

  const interrupted = {
    'a restart': (run: SpecRun) => void run.start(),
    'a failure': (run: SpecRun) =>
      run.observe({
        type: 'CommandFailed',
        command: [...run.state.inFlight.values()][0]?.id ?? run.command('DeleteLocal').id,
        failure: { code: 'timedOut', detail: 'spec' },
      }),
  };

  it.each(Object.entries(interrupted))(
    'what was deleted on disk before %s, and is there again on the drive, is new there',
    (_how, interrupt) => {
      const run = agreed();
      hint(run, 'remote');
      run.driveShows(goneFromDrive('A'));
      run.command('DeleteLocal');
      interrupt(run);
      if (run.state.remote.look.command === null) hint(run, 'remote');
      if (run.state.local.look.command === null) hint(run, 'local');
      run.driveShows(onDrive('B', 'a', 'same'));
      run.diskShows(onDisk('LX', 'x', 'x'));
      run.at += 600_000;
      run.record([{ type: 'Woke' }]);
      expect(underWay(run)).toEqual(['DownloadFile a']);
      expect(run.state.local.unanswered.size).toBe(0);
    },
  );

  it.each(Object.entries(interrupted))(
    'what was deleted on the drive before %s, and is there again on disk, is new there',
    (_how, interrupt) => {
      const run = agreed();
      hint(run, 'local');
      run.diskShows(onDisk('LX', 'x', 'x'));
      run.command('DeleteRemote');
      interrupt(run);
      if (run.state.remote.look.command === null) hint(run, 'remote');
      if (run.state.local.look.command === null) hint(run, 'local');
      run.diskShows(onDisk('LX', 'x', 'x'), onDisk('LB', 'a', 'same'));
      run.driveShows(goneFromDrive('A'));
      run.at += 600_000;
      run.record([{ type: 'Woke' }]);
      expect(underWay(run)).toEqual(['UploadFile a']);
      expect(run.state.remote.unanswered.size).toBe(0);
    },
  );

  it('a deletion that was interrupted and not done is taken up again, and then one by a user counts', () => {
    const run = agreed();
    hint(run, 'local');
    run.diskShows(onDisk('LX', 'x', 'x'));
    run.command('DeleteRemote');
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LX', 'x', 'x'), onDisk('LB', 'a', 'same'));
    expect(underWay(run)).toEqual([]);
    hint(run, 'remote');
    run.driveShows(goneFromDrive('A'));
    expect(underWay(run)).toEqual(['DeleteLocal a']);
  });

  it('what is made in a folder that no scan can look into is tried a few times, not for ever', () => {
    const run = new SpecRun({ attemptsMax: 3 });
    run.start();
    run.driveShows(onDrive('D', 'd', null), onDrive('A', 'a', null, { in: 'D' }));
    run.diskShows(onDisk('LD', 'd', null));
    let attempts = 0;
    while (run.state.inFlight.size > 0 && attempts < 10) {
      attempts++;
      // A user has put another folder in the place of the one that is known, and it cannot be listed.
      const made = onDisk('LA', 'a', null, { in: 'another d' });
      run.observe({ type: 'CommandSucceeded', command: run.command('CreateLocalFolder').id, local: made });
      run.scan([onDisk('LD', 'd', null)]);
      run.at += 600_000;
      run.record([{ type: 'Woke' }]);
    }
    expect(attempts).toBe(3);
    expect([...run.state.activities.values()]).toMatchObject([
      { state: 'problem', failure: { code: 'changedMeanwhile' } },
    ]);
  });

  it('a new file that was deleted before the answer to its upload came is deleted on the drive, and does not come back', () => {
    const run = agreed();
    const others = [onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x')];
    hint(run, 'local');
    run.diskShows(onDisk('LN', 'n', 'new'), ...others);
    const { id } = run.command('UploadFile');
    hint(run, 'local');
    run.diskShows(...others);
    const answer = { remote: onDrive('N', 'n', 'new'), local: onDisk('LN', 'n', 'new') };
    run.observe({ type: 'CommandSucceeded', command: id, ...answer });
    if (run.state.remote.look.command !== null) run.driveShows(onDrive('N', 'n', 'new'));
    if (run.state.local.look.command !== null) run.diskShows(...others);
    expect(underWay(run)).toEqual(['DeleteRemote n']);
  });

  it('an upload that was renamed on the drive before its answer came is renamed on disk as well', () => {
    const run = new SpecRun({ commandsInFlightMax: 1 });
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'mine'));
    const upload = run.command('UploadFile');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'b', 'mine'));
    run.observe({
      type: 'CommandSucceeded',
      command: upload.id,
      remote: onDrive('A', 'a', 'mine'),
      local: onDisk('LA', 'a', 'mine'),
    });
    expect(run.command('MoveLocal')).toMatchObject({ path: 'a', toPath: 'b' });
  });

  it('what is being fetched already is not taken for the upload whose answer comes late', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'mine'));
    const upload = run.command('UploadFile');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    // Ours was renamed and written to before its answer came.
    run.driveShows(onDrive('A', 'b', 'theirs'));
    const download = run.command('DownloadFile');
    run.observe({
      type: 'CommandSucceeded',
      command: upload.id,
      remote: onDrive('A', 'a', 'mine'),
      local: onDisk('LA', 'a', 'mine'),
    });
    run.observe({
      type: 'CommandSucceeded',
      command: download.id,
      local: onDisk('LB', 'b', 'theirs'),
    });
    expect([...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`)).toEqual([
      'DeleteLocal a',
    ]);
    const fetched = run.state.trees.items.get(download.item);
    expect([fetched?.remote?.name, fetched?.local?.name]).toEqual(['b', 'b']);
  });

  it('[L2] what took the name of an upload while the upload itself is being fetched again was never agreed on', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'mine'));
    const upload = run.command('UploadFile');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'b', 'newer'), onDrive('B', 'a', 'theirs'));
    run.command('DownloadFile');
    run.observe({
      type: 'CommandSucceeded',
      command: upload.id,
      remote: onDrive('A', 'a', 'mine'),
      local: onDisk('LA', 'a', 'mine'),
    });
    expect(run.state.trees.items.get(upload.item)).toMatchObject({ remote: { id: 'B' }, synced: null });
  });
});
