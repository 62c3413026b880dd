/** Shows a run: lines in the words of the peer, JSON lines, progress. Reads the log's events and changes nothing. */
import { definePlugin } from '@tidemark/plugin-sdk';
import { finalize, ignoreElements, merge, tap } from 'rxjs';
import { config } from './config.ts';
import { createPrinter } from './printer.ts';

export const reporter = definePlugin({
  name: 'reporter',
  version: '0.1.0',
  needs: { events: true, output: true },
  config,
  observe: ({ events, progress, verdicts, notices, output, config: settings }) => {
    const printer = createPrinter(settings, output);
    return merge(
      events.pipe(tap((batch) => printer.events(batch))),
      progress.pipe(tap((figure) => printer.progress(figure))),
      verdicts.pipe(tap((batch) => printer.verdicts(batch))),
      notices.pipe(tap((told) => printer.notice(told))),
    ).pipe(
      ignoreElements(),
      finalize(() => printer.close()),
    );
  },
});
