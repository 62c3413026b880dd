/** Leaves alone what `.gitignore` files name, as git does. Their texts are facts, so that a replay decides the same. */
import { definePlugin, type FactsReport, type RecordedEvent, z } from '@tidemark/plugin-sdk';
import { debounce, defer, filter, from, map, merge, of, retry, switchMap, tap } from 'rxjs';
import { findFiles } from './find-files.ts';
import { isIgnored } from './is-ignored.ts';

const config = z.strictObject({
  /** Of the files with patterns. */
  name: z
    .string()
    .regex(/^[^/]+$/, 'is no name of a file')
    .default('.gitignore'),
});

export default definePlugin({
  name: 'gitignore',
  version: '1.0.0',
  sdk: '^1.0.0',
  needs: { disk: 'read', events: true },
  config,
  observe({ disk, events, clock, config: { name }, say, signal }) {
    let ids: ReadonlySet<string> = new Set();
    const changed = events.pipe(
      filter((batch) => batch.some((one) => concerns(one, name, ids))),
      // What belongs together is read once.
      debounce(() => from(clock.sleep(200, signal))),
    );
    // A file may change while it is being read.
    const read = defer(() => findFiles(disk, name, signal, say)).pipe(retry(4));
    return merge(of(null), changed).pipe(
      switchMap(() => read),
      tap((found) => (ids = found.ids)),
      map(({ facts }): FactsReport => ({ type: 'FactsReported', facts, complete: true })),
    );
  },
  rules: {
    settings: ['name'],
    facts: true,
    ignore: ({ path, kind }, { name }, facts) =>
      isIgnored(path, kind === 'folder', name, facts) ? `a pattern in ${name} names it` : undefined,
  },
});

/** Whether the event tells of such a file, or that one of them may be elsewhere now. */
function concerns({ event }: RecordedEvent, name: string, ids: ReadonlySet<string>): boolean {
  const isOne = (row: { readonly id: string; readonly name?: string }): boolean =>
    row.name === name || ids.has(row.id);
  if (event.type === 'LocalSeen') return event.rows.some(isOne);
  if (event.type === 'LocalScanCompleted') return event.unseen.some((id) => ids.has(id));
  return event.type === 'CommandSucceeded' && event.local !== undefined && isOne(event.local);
}
