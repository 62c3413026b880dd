/** A plugin that does what the path of its command says, so that a test can ask for each way in which a plugin may behave. */
import { definePlugin, Failure, throwIfStopping, z } from '@tidemark/plugin-sdk';
import type { AbortSignalLike, LocalRow } from '@tidemark/plugin-sdk';
import { map, merge, mergeMap, of } from 'rxjs';

let runs = 0;

export default definePlugin({
  name: 'probe',
  version: '1.2.3',
  needs: { events: true },
  config: z.strictObject({
    /** The source of the hint with which it begins. */
    greeting: z.string().default('hello'),
  }),
  observe: ({ events, config }) =>
    merge(
      of(hint(config.greeting)),
      events.pipe(
        mergeMap((batch) => batch),
        map(({ seq, event }) => hint(`saw ${event.type} at ${seq}`)),
      ),
    ),
  handle: {
    HashFile: async ({ path, expected, id }, { report, tell, signal, ...rest }) => {
      runs += 1;
      const local: LocalRow = {
        ...{ id: expected.id, stamp: expected.stamp, name: path, kind: 'file', sizeBytes: 1, modifiedAt: 1 },
        parentId: expected.id,
        hash: 'YRDDGAAAAAAAAAAAAwAAAAAAAAA=',
      };
      switch (path) {
        case 'failure':
          throw new Failure({ code: 'changedMeanwhile', detail: 'Cannot hash "failure": it changed' });
        case 'fault':
          throw new Error('something broke');
        case 'stays':
          await aborted(signal);
          throwIfStopping(signal);
          break;
        case 'reports':
          await report(hint('halfway'));
          break;
        case 'reports what it must not':
          await report({ type: 'RemotePage', command: id, page: 0, rows: [] });
          break;
        case 'tells':
          tell({ type: 'signalReceived', count: 7 });
          break;
        case 'too large':
          return { local: { ...local, name: 'x'.repeat(2 << 20) } };
        case 'capabilities':
          tell({ type: 'listenerStarted', address: Object.keys(rest).toSorted().join(' ') });
          break;
      }
      return { local, transferredBytes: runs };
    },
  },
});

const hint = (source: string) => ({ type: 'HintReceived', side: 'local', source }) as const;

const aborted = (signal: AbortSignalLike): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
