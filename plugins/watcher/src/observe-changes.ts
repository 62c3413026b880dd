/** Watches the sync folder. Hints only: what became of a file is for the scan to say. */
import type { ObserveContext, SpontaneousObservation, WatchReport } from '@tidemark/plugin-sdk';
import { Observable } from 'rxjs';
import { createHintChanges } from './hint-changes.ts';

export type Watching = Pick<
  ObserveContext<{ readonly disk: 'read' }, { readonly gatherMs: number }>,
  'disk' | 'report' | 'tell' | 'clock' | 'config'
>;

export function observeChanges({
  disk,
  report,
  tell,
  clock,
  config,
}: Watching): Observable<SpontaneousObservation> {
  return new Observable((subscriber) => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const changes = createHintChanges(
      report,
      (error) => subscriber.error(error),
      () => (config.gatherMs === 0 ? null : clock.sleep(config.gatherMs, signal)),
    );
    const watched = (found: WatchReport): void => tell({ type: 'folderWatched', ...found });
    disk
      .watch((folders) => changes.told(folders), { signal, limited: watched })
      .then(
        (found) => {
          if (signal.aborted) return;
          watched(found);
          // Nothing was watched until now.
          changes.told(null);
        },
        (error: unknown) => subscriber.error(error),
      );
    return () => stopping.abort();
  });
}
