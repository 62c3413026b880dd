/** Watches the sync folder. Hints only: what became of a file is for the scan to say. */
import type { ObserveContext, SpontaneousObservation } from '@tidemark/plugin-sdk';
import { Observable } from 'rxjs';
import { createHintChanges } from './hint-changes.ts';

export type Watching = Pick<ObserveContext<{ readonly disk: 'read' }, unknown>, 'disk' | 'report' | 'tell'>;

export function observeChanges({ disk, report, tell }: Watching): Observable<SpontaneousObservation> {
  return new Observable((subscriber) => {
    const stopping = new AbortController();
    const changes = createHintChanges(report, (error) => subscriber.error(error));
    disk
      .watch((folders) => changes.told(folders), { signal: stopping.signal })
      .then(
        (found) => {
          if (stopping.signal.aborted) return;
          tell({ type: 'folderWatched', ...found });
          // Nobody was watching until now.
          changes.told(null);
        },
        (error: unknown) => subscriber.error(error),
      );
    return () => stopping.abort();
  });
}
