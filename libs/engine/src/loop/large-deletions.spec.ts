/** What a deletion of many files costs: the plan asks the rules about each file a few times, however many there are. */
import type { Command } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { noRules } from '../fold/state.ts';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const many = 3000;
const names = Array.from({ length: many }, (_, index) => `file ${index}`);

/** Both sides show one folder with all the files in it. Counts what the rules are asked. */
function inSync() {
  let questions = 0;
  const run = new SpecRun(
    { massDeleteMax: 2 * many, massDeletePercent: 100, commandsInFlightMax: 30 },
    {
      ...noRules,
      ignore() {
        questions += 1;
        return null;
      },
    },
  );
  run.start();
  const onDriveRows = names.map((name) => onDrive(`remote ${name}`, name, 'text', { in: 'folder' }));
  run.driveShows(onDrive('folder', 'folder', null), ...onDriveRows);
  const onDiskRows = names.map((name) => onDisk(`local ${name}`, name, 'text', { in: 'folder' }));
  run.diskShows(onDisk('folder', 'folder', null), ...onDiskRows);
  const asked = (): number => questions;
  return { run, asked };
}

/** Carries out what is planned, until nothing is under way. */
function carryOut(run: SpecRun, outcome: (command: Command) => object): string[] {
  const done: string[] = [];
  while (run.state.inFlight.size > 0) {
    const commands = [...run.state.inFlight.values()];
    done.push(...commands.map(({ type }) => type));
    run.observe(
      ...commands.map(
        (command) => ({ type: 'CommandSucceeded', command: command.id, ...outcome(command) }) as const,
      ),
    );
  }
  return done;
}

const gone = (command: Command): object =>
  command.type === 'DeleteLocal' ? { local: { id: command.expected.id, gone: true } } : {};

test('a folder deleted online, whose files go one after the other, is not judged anew after each of them', () => {
  const { run, asked } = inSync();
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  const before = asked();
  run.driveShows(goneFromDrive('folder'));
  run.driveShows();
  expect(carryOut(run, gone)).toHaveLength(many + 1);
  expect(run.state.trees.items.size).toBe(1);
  expect((asked() - before) / many).toBeLessThan(8);
});
