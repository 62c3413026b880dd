/** More items at once than one call can take as arguments: each of these once threw before anything was logged. */
import type { LocalRow, RemoteRow } from '@tidemark/contracts';
import { commandId, seq } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const many = 200_000;
const pageRows = 1000;
const timeoutMs = 120_000;

test(
  '200,000 files that are gone from the disk are 200,000 deletions that wait for a confirmation',
  () => {
    const run = inSync();
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });

    scan(run, []);

    expect(run.state.gate.deletionsOnDrive.pending.size).toBe(many);
    expect(run.state.inFlight.size).toBe(0);
  },
  timeoutMs,
);

test(
  'a folder with 200,000 items that is deleted online takes all of them with it',
  () => {
    const run = inSync();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });

    run.driveShows(goneFromDrive('folder'));
    // Only the next round tells that nothing was moved out of it meanwhile.
    run.driveShows();

    expect(run.state.gate.deletionsOnDisk.pending.size).toBe(many + 1);
    expect(run.state.inFlight.size).toBe(0);
  },
  timeoutMs,
);

test(
  '200,000 new files in one folder on disk are planned as uploads',
  () => {
    const run = new SpecRun();
    run.start();
    run.driveShows();

    scan(run, localFiles());

    expect(run.state.trees.items.size).toBe(many + 2);
    expect(run.command('CreateRemoteFolder').path).toBe('folder');
    const rows = run.log.map(({ event }) => (event.type === 'LocalSeen' ? event.rows.length : 0));
    expect(Math.max(...rows), 'what one event holds fits into a message').toBe(2000);
  },
  timeoutMs,
);

test(
  '200,000 new files in one folder of the drive are planned as downloads',
  () => {
    const run = new SpecRun();
    run.start();
    list(run);

    scan(run, null);

    expect(run.state.trees.items.size).toBe(many + 2);
    expect(run.command('CreateLocalFolder').path).toBe('folder');
  },
  timeoutMs,
);

test(
  '200,000 new files in a folder that is not made yet are each looked at twice, and not with every page',
  () => {
    const run = new SpecRun();
    run.start();
    run.scan([]);
    const { agenda } = run.state;
    let lookedAt = 0;
    run.state.agenda = {
      ...agenda,
      next() {
        lookedAt += 1;
        return agenda.next();
      },
      // Copied, it would stay as it is now.
      get isEmpty() {
        return agenda.isEmpty;
      },
    };

    list(run);
    const { id } = run.command('CreateLocalFolder');
    run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('folder', 'folder', null) });

    expect(run.state.inFlight.size).toBe(run.policy.commandsInFlightMax);
    // When each page woke all that waited for the folder, 20 million, and 20 s of processor time; now 2 s.
    expect(lookedAt).toBeLessThan(many * 2 + 1000);
  },
  timeoutMs,
);

/** Both sides show the same folder, with all the files in it. */
function inSync(): SpecRun {
  const run = new SpecRun();
  run.start();
  list(run);
  scan(run, localFiles());
  return run;
}

/** The drive lists the folder with all the files in it, page by page. */
function list(run: SpecRun): void {
  const command = run.state.remote.look.command?.id ?? commandId(seq(0), 0);
  const rows = [onDrive('folder', 'folder', null), ...remoteFiles()];
  let parts = 0;
  for (let start = 0; start < rows.length; start += pageRows) {
    run.observe({ type: 'RemotePage', command, page: parts, rows: rows.slice(start, start + pageRows) });
    parts += 1;
  }
  run.observe({ type: 'CommandSucceeded', command, look: { parts, cursor: 'cursor' } });
}

/** Two scans meet the folder and these files in it; null: nothing at all. */
function scan(run: SpecRun, files: readonly LocalRow[] | null): void {
  const rows = files === null ? [] : [onDisk('folder', 'folder', null), ...files];
  run.scan(rows);
  if (run.state.local.look.command !== null) run.scan(rows);
}

const numbers = Array.from({ length: many }, (_, index) => index);

const localFiles = (): LocalRow[] =>
  numbers.map((number) => onDisk(`local ${number}`, `file ${number}`, 'text', { in: 'folder' }));

const remoteFiles = (): RemoteRow[] =>
  numbers.map((number) => onDrive(`remote ${number}`, `file ${number}`, 'text', { in: 'folder' }));
