/** Watches the sync folder. Hints only: what became of a file is for the scan to say. */
import type { ObserveContext, SpontaneousObservation, WatchReport } from '@tidemark/plugin-sdk';
import { Observable } from 'rxjs';
import { createHintChanges } from './hint-changes.ts';

export type Watching = Pick<ObserveContext<{ readonly disk: 'read' }, unknown>, 'disk' | 'report' | 'tell'>;

export function observeChanges({ disk, report, tell }: Watching): Observable<SpontaneousObservation> {
  return new Observable((subscriber) => {
    const stopping = new AbortController();
    const changes = createHintChanges(report, (error) => subscriber.error(error));
    const watched = (found: WatchReport): void => tell({ type: 'folderWatched', ...found });
    disk
      .watch((folders) => changes.told(folders), { signal: stopping.signal, limited: watched })
      .then(
        (found) => {
          if (stopping.signal.aborted) return;
          watched(found);
          // Nothing was watched until now.
          changes.told(null);
        },
        (error: unknown) => subscriber.error(error),
      );
    return () => stopping.abort();
  });
}
