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
});
