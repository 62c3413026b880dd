/** Looks at the sync folder: whole scans, named folders, the bytes of single files. Reports what is there, not what happened. */
import { definePlugin, throwIfStopping, z } from '@tidemark/plugin-sdk';
import { EMPTY } from 'rxjs';
import { partsOf } from './listing-parts.ts';
import { observeChanges } from './observe-changes.ts';

export const watcher = definePlugin({
  name: 'watcher',
  version: '0.2.0',
  needs: { disk: 'read' },
  config: z.strictObject({
    /** Hint at changes as they happen, for runs that go on. */
    watch: z.boolean().default(false),
    /** What happens within so many milliseconds is told at once, at their end. */
    gatherMs: z.number().min(0).default(0),
  }),
  observe: (context) => (context.config.watch ? observeChanges(context) : EMPTY),
  handle: {
    ScanLocal: async ({ id, folders, mounts = [] }, { disk, report, signal }) => {
      const look = folders === null ? disk.scan({ mounts, signal }) : disk.list(folders, { mounts, signal });
      let parts = 0;
      for await (const found of look) {
        throwIfStopping(signal);
        if ('folders' in found) {
          for (const part of partsOf(found.folders)) {
            await report({ type: 'LocalListing', command: id, part: parts, folders: part });
            parts += 1;
          }
        } else {
          const { unreadable, oddities, mounts: met } = found;
          return { look: { parts, unreadable, oddities, ...(met === undefined ? {} : { mounts: met }) } };
        }
      }
      throwIfStopping(signal);
      // Without its end a scan proves nothing: absence would be read as deletion.
      throw new Error('the scan broke off without saying what was unreadable');
    },
    HashFile: async ({ path, expected }, { disk, signal }) => ({
      local: await disk.hash(path, expected, { signal }),
    }),
  },
});
