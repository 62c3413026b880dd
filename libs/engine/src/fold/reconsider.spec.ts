import { commandId, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';
import { noRules } from './state.ts';

describe('a folder that is going', () => {
  it('goes when what was out of scope in it has gone, however deep that was', () => {
    const rules = {
      ...noRules,
      ignore: ({ path }: { readonly path: string }) =>
        path.endsWith('.tmp') ? { plugin: 'filters', detail: 'skip_file *.tmp' } : null,
    };
    const run = new SpecRun({}, rules);
    run.start();
    run.driveShows(
      onDrive('A', 'a', null),
      onDrive('B', 'b', null, { in: 'A' }),
      onDrive('C', 'c', null, { in: 'B' }),
      onDrive('X', 'x.tmp', 'x', { in: 'C' }),
    );
    const other = onDisk('LO', 'other', 'other');
    run.diskShows(
      onDisk('LA', 'a', null),
      onDisk('LB', 'b', null, { in: 'LA' }),
      onDisk('LC', 'c', null, { in: 'LB' }),
      other,
    );
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(other);
    expect([...run.state.inFlight.values()].map(({ type }) => type)).toEqual(['UploadFile']);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(goneFromDrive('X'));
    expect(run.command('DeleteRemote').path).toBe('a');
  });

  it('may be in a circle with another one between two pages of the drive', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', null), onDrive('B', 'b', null, { in: 'A' }));
    run.diskShows(onDisk('LA', 'a', null), onDisk('LB', 'b', null, { in: 'LA' }));
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    const looking = run.state.remote.look.command;
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows();
    const command = looking?.id ?? commandId(seq(0), 0);
    const inEachOther = onDrive('A', 'a', null, { in: 'B' });
    run.observe({ type: 'RemotePage', command, page: 0, rows: [inEachOther] });
    expect(run.state.inFlight.size).toBe(0);
    const again = onDrive('B', 'b', null);
    run.observe(
      { type: 'RemotePage', command, page: 1, rows: [again] },
      { type: 'CommandSucceeded', command, look: { parts: 2, cursor: 'next' } },
    );
    expect(run.state.trees.items.size).toBe(3);
    // Moved on the drive since: what is gone from disk comes back there.
    expect(run.command('CreateLocalFolder').path).toBe('b');
  });
});
