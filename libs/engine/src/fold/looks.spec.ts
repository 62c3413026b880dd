import { localId, paceOnce } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

it('a suspended side is looked at at once when a user asks, however long it was to wait', () => {
  const run = new SpecRun({
    pace: { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 },
  });
  run.start();
  run.driveShows(onDrive('A', 'a', 'one'));
  run.diskShows(onDisk('LA', 'a', 'one'));
  run.observe({ type: 'HintReceived', side: 'local', source: 'watcher' });
  run.observe({
    type: 'CommandFailed',
    command: run.state.local.look.command?.id ?? ('' as never),
    failure: { code: 'rootSuspended', detail: 'spec' },
  });
  expect(run.state.local.look.state).toBe('suspended');
  run.observe({ type: 'HintReceived', side: 'local', source: 'watcher' });
  expect(run.state.local.look.command).toBeNull();
  run.observe({ type: 'HintReceived', side: 'local', source: 'user' });
  run.scan([onDisk('LA', 'a', 'one')]);
  expect(run.state.local.look.state).toBe('current');
});

it('what a look into its folder misses may have been moved elsewhere: a complete scan tells', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
  run.diskShows(onDisk('LD', 'd', null), onDisk('LB', 'b', 'two', { in: 'LD' }));
  run.observe({ type: 'HintReceived', side: 'local', source: 'watcher', folders: ['d'] });
  const command = run.state.local.look.command?.id ?? ('' as never);
  run.observe(
    { type: 'LocalListing', command, part: 0, folders: [{ id: localId('LD'), rows: [] }] },
    { type: 'CommandSucceeded', command, look: { parts: 1, unreadable: [], oddities: [] } },
  );
  expect(run.state.inFlight.size).toBe(0);
  expect(run.state.local.look).toMatchObject({ state: 'confirming', command: { folders: null } });
  run.scan([onDisk('LD', 'd', null), onDisk('LB', 'b', 'two')]);
  expect(run.command('MoveRemote').path).toBe('b');
});
