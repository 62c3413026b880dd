import type { PrunedFile, PruneReason } from '@tidemark/contracts';
import { itemId } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../../testing/spec-run.ts';
import { explainItems } from './explain.ts';
import { pathKey } from './pruned.ts';

const pruned = (path: string, why: PruneReason, trash: string): PrunedFile => ({
  ...{ trash, sizeBytes: 5, pathKey: pathKey(path), why },
});

it('tells which versions of an item go from the trash for good and why, also of the paths that it had before', async () => {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('D1', 'a.txt', 'hello'));
  run.diskShows(onDisk('L1', 'a.txt', 'hello'));
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  run.driveShows(onDrive('D1', 'b.txt', 'hello'));
  run.observe({
    type: 'CommandSucceeded',
    command: run.command('MoveLocal').id,
    local: onDisk('L1', 'b.txt', 'hello'),
  });
  run.observe({
    type: 'PruningPlanned',
    files: [
      pruned('a.txt', 'overdue', '2026-11-01/1/a.txt'),
      pruned('c.txt', 'overdue', '2026-11-01/2/c.txt'),
      { ...pruned('a.txt', 'full', '2026-11-02/3/a.txt'), pathKey: null },
      ...['4', '5', '6', '7', '8'].map((day) => pruned('b.txt', 'full', `2026-11-0${day}/b.txt`)),
    ],
  });
  const { batches, rulesFor } = run;
  const read = async function* (): AsyncGenerator<(typeof batches)[number]> {
    yield* batches;
  };
  const { explanations } = await explainItems([itemId(1)], { read, rulesFor });
  expect(explanations[0]?.timeline.at(-1)?.sentence).toBe(
    'Decided to remove from the trash for good "2026-11-01/1/a.txt", because it was there for longer than trash_days; ' +
      'and "2026-11-04/b.txt", "2026-11-05/b.txt", "2026-11-06/b.txt" and 2 more, because the trash held more than trash_size',
  );
});
