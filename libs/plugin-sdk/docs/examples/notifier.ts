/** Writes one JSON line for each change that was carried out, and for each that failed. */
import { commandEffects, definePlugin, z } from '@tidemark/plugin-sdk';
import type { Command, CommandId, RecordedEvent } from '@tidemark/plugin-sdk';
import { ignoreElements, mergeMap, tap } from 'rxjs';

export default definePlugin({
  name: 'notifier',
  version: '1.0.0',
  needs: { events: true, output: true },
  config: z.strictObject({
    /** Say what failed, too. */
    failures: z.boolean().default(true),
  }),
  observe: ({ events, output, config }) => {
    const planned = new Map<CommandId, Command>();
    let lastSeq = 0;
    const show = ({ seq, at, event }: RecordedEvent): void => {
      // A batch can come twice. One can also be missing, so nothing here counts on having seen everything.
      if (seq <= lastSeq) return;
      lastSeq = seq;
      if (event.type === 'Started') planned.clear();
      if (event.type === 'Planned') for (const command of event.commands) planned.set(command.id, command);
      if (event.type !== 'CommandSucceeded' && event.type !== 'CommandFailed') return;
      const command = planned.get(event.command);
      planned.delete(event.command);
      if (command === undefined || !commandEffects[command.type].startsWith('writes')) return;
      const { type: did, path } = command;
      if (event.type === 'CommandSucceeded') output.line(JSON.stringify({ at, did, path }));
      else if (config.failures) output.line(JSON.stringify({ at, did, path, failed: event.failure.code }));
    };
    return events.pipe(
      mergeMap((batch) => batch),
      tap(show),
      ignoreElements(),
    );
  },
});
