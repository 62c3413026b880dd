/** Writes one JSON line for each change that was carried out, and for each that failed. */
import { definePlugin, z } from '@tidemark/plugin-sdk';

export default definePlugin({
  name: 'notifier',
  version: '1.0.0',
  sdk: '^1.0.0',
  needs: { events: true, output: true },
  config: z.strictObject({
    /** Say what failed, too. */
    failures: z.boolean().default(true),
  }),
  on: {
    finished({ at, command: { type: did, path }, outcome }, { output, config }) {
      if (outcome.type === 'CommandSucceeded') output.line(JSON.stringify({ at, did, path }));
      else if (config.failures) output.line(JSON.stringify({ at, did, path, failed: outcome.failure.code }));
    },
  },
});
