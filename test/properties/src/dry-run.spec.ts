/** A dry run is the planner's own output: what it announces is what happens when nobody interferes. */
import type { Command } from '@tidemark/contracts';
import { paceOnce } from '@tidemark/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act } from './history.ts';
import { history, play, userActs } from './history.ts';
import { ModelRun } from './model-run.ts';
import { hasCaseClash, runs } from './verdicts.ts';

describe('a dry run', () => {
  it('comes to an end, announces what a real run then does, and changes nothing', () => {
    fc.assert(
      fc.property(history, history, (before, changes) => {
        const announced = rehearse(before, changes, true);
        const done = rehearse(before, changes, false);
        // Which of two such names the drive takes first, only the drive knows.
        fc.pre(!done.untouched.clash);
        expect(announced.commands).toEqual(done.commands);
        expect(announced.run.world.drive.tree()).toEqual(announced.untouched.drive);
        expect(announced.run.world.disk.tree()).toEqual(announced.untouched.disk);
      }),
      runs(0.3),
    );
  });

  it('announces a move into a folder as it is done, while the folder itself has to move', () => {
    const before: Act[] = [
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'disk', at: 3, name: 0 },
      { do: 'mkdir', on: 'disk', at: 2, name: 0 },
      { do: 'mkdir', on: 'drive', at: 0, name: 3 },
      { do: 'create', on: 'disk', at: 0, name: 2 },
    ];
    const changes: Act[] = [
      { do: 'move', on: 'drive', at: 0, to: 9, name: 3 },
      { do: 'mkdir', on: 'disk', at: 0, name: 1 },
      { do: 'move', on: 'disk', at: 11, to: 9, name: 3 },
      { do: 'move', on: 'drive', at: 2, to: 0, name: 1 },
      { do: 'move', on: 'disk', at: 0, to: 5, name: 0 },
    ];
    expect(rehearse(before, changes, true).commands).toEqual(rehearse(before, changes, false).commands);
  });

  it('announces a download to its place although a kept version was taken for the file that was there', () => {
    const before: Act[] = [
      { do: 'create', on: 'disk', at: 0, name: 3 },
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 4, choice: 731 },
      { do: 'create', on: 'drive', at: 0, name: 1 },
      { do: 'move', on: 'disk', at: 1, to: 0, name: 2 },
      { do: 'work', steps: 6, choice: 0 },
      { do: 'move', on: 'disk', at: 0, to: 0, name: 0 },
    ];
    const changes: Act[] = [
      { do: 'write', on: 'drive', at: 8, name: 0 },
      { do: 'create', on: 'disk', at: 0, name: 3 },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'remove', on: 'disk', at: 7, name: 0 },
      { do: 'move', on: 'disk', at: 8, to: 0, name: 3 },
      { do: 'write', on: 'drive', at: 0, name: 0 },
      { do: 'create', on: 'disk', at: 0, name: 1 },
      { do: 'remove', on: 'disk', at: 0, name: 0 },
    ];
    expect(rehearse(before, changes, true).commands).toEqual(rehearse(before, changes, false).commands);
  });

  it('announces a kept version under a name that no move of the same plan has taken', () => {
    const before: Act[] = [
      { do: 'mkdir', on: 'drive', at: 0, name: 0 },
      { do: 'create', on: 'disk', at: 0, name: 0 },
      { do: 'create', on: 'disk', at: 0, name: 1 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 1 },
    ];
    const changes: Act[] = [
      { do: 'create', on: 'disk', at: 0, name: 2 },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'create', on: 'drive', at: 0, name: 1 },
      { do: 'write', on: 'drive', at: 1, name: 0 },
      { do: 'remove', on: 'disk', at: 0, name: 0 },
      { do: 'write', on: 'disk', at: 0, name: 0 },
      { do: 'move', on: 'disk', at: 5, to: 3, name: 0 },
    ];
    expect(rehearse(before, changes, true).commands).toEqual(rehearse(before, changes, false).commands);
  });
});

function rehearse(before: readonly Act[], changes: readonly Act[], isRehearsal: boolean) {
  const run = prepare(before, changes, isRehearsal);
  const untouched = {
    drive: run.world.drive.tree(),
    disk: run.world.disk.tree(),
    clash: hasCaseClash(run.world.disk),
  };
  const commands: string[] = [];
  run.onPlan = (planned) => commands.push(...planned.filter(isOnItem).map(inWords));
  run.start();
  run.settle();
  return { run, untouched, commands: commands.sort() };
}

/** Both sides agree on `before`, then users change them. */
function prepare(before: readonly Act[], changes: readonly Act[], isRehearsal: boolean): ModelRun {
  const { run } = play(before);
  userActs(run, changes);
  run.isRehearsal = isRehearsal;
  // A dry run is one that ends by itself.
  run.policy = { ...run.policy, pace: paceOnce };
  return run;
}

const isOnItem = ({ type }: Command): boolean => type !== 'ReadRemote' && type !== 'ScanLocal';
const inWords = (command: Command): string =>
  `${command.type} ${command.path}${'toPath' in command ? ` to ${command.toPath}` : ''}`;
