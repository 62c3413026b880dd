/** Lines about files that go from the trash for good: how many and why for everybody who asks, which ones for who wants all. */
import type { EventOf } from '@tidemark/plugin-sdk';
import type { PruneReason } from '@tidemark/plugin-sdk/unstable';
import { pruneReasonTexts } from '@tidemark/plugin-sdk/unstable';
import { shortAmount } from './amounts.ts';
import type { Line } from './line.ts';
import { debug, verbose } from './line.ts';
import type { View } from './view.ts';

export function renderPruning(_view: View, { files }: EventOf<'PruningPlanned'>): readonly Line[] {
  const sums = new Map<PruneReason, { count: number; sizeBytes: number }>();
  for (const { why, sizeBytes } of files) {
    const sum = sums.get(why) ?? { count: 0, sizeBytes: 0 };
    sums.set(why, { count: sum.count + 1, sizeBytes: sum.sizeBytes + sizeBytes });
  }
  return [
    ...[...sums].map(([why, { count, sizeBytes }]) =>
      verbose(
        `Removing for good from the trash: ${count === 1 ? 'a file' : `${count} files`} (${shortAmount(sizeBytes)}), because ${pruneReasonTexts[why]}`,
      ),
    ),
    ...files.map(({ trash }) => debug(`Removing for good from the trash: ${trash}`)),
  ];
}
