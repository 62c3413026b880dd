/** Arbitrary histories, as the log would get them: numbered without gaps, in batches. */
import fc from 'fast-check';
import type { Event, RecordedEvent } from '@tidemark/contracts';
import { driveItemId, itemId, localId, seq, commandId } from '@tidemark/contracts';

const remoteSeen: fc.Arbitrary<Event> = fc
  .array(
    fc.record({
      id: fc.string({ unit: 'binary' }).map(driveItemId),
      parentId: fc.string().map(driveItemId),
      name: fc.string({ unit: 'grapheme' }),
      kind: fc.constantFrom('file' as const, 'folder' as const, 'opaque' as const),
      sizeBytes: fc.maxSafeNat(),
      hash: fc.option(fc.string()),
      modifiedAt: fc.maxSafeInteger(),
      eTag: fc.string(),
      cTag: fc.option(fc.string()),
    }),
    { maxLength: 5 },
  )
  .map((rows) => ({ type: 'RemoteSeen', rows }));

const scanCompleted: fc.Arbitrary<Event> = fc
  .array(fc.string().map(localId), { maxLength: 3 })
  .map((unseen) => ({ type: 'LocalScanCompleted', command: commandId(seq(1), 0), unseen, oddities: [] }));

const event: fc.Arbitrary<Event> = fc.oneof(remoteSeen, scanCompleted, fc.constant<Event>({ type: 'Woke' }));

/** Batches of one to eight events that follow `head`, touching items 0 to 5. */
export const recordedBatches = (head = 0): fc.Arbitrary<readonly (readonly RecordedEvent[])[]> =>
  fc
    .array(
      fc.array(
        fc.record({
          at: fc.maxSafeNat(),
          source: fc.constantFrom('engine', 'delta', 'watcher'),
          event,
          items: fc.array(fc.nat({ max: 5 }).map(itemId), { maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((batches) => {
      let last = head;
      return batches.map((batch) => batch.map((one) => ({ ...one, seq: seq(++last) })));
    });

/** `count` events from `first` on; event n touches item n modulo 10. */
export const plainEvents = (first: number, count: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    seq: seq(first + index),
    at: 1_700_000_000_000 + first + index,
    source: 'engine',
    event: { type: 'HintReceived', side: 'remote', source: `hint ${first + index}` },
    items: [itemId((first + index) % 10)],
  }));
