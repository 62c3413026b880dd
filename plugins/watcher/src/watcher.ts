/** Looks at the sync folder: whole scans, and the bytes of single files. Reports what is there, not what happened. */
import { definePlugin, throwIfStopping } from '@tidemark/plugin-sdk';

export const watcher = definePlugin({
  name: 'watcher',
  version: '0.1.0',
  needs: { disk: 'read' },
  handle: {
    ScanLocal: async ({ id }, { disk, report, signal }) => {
      for await (const part of disk.scan({ signal })) {
        throwIfStopping(signal);
        if ('folders' in part) {
          await report({ type: 'LocalListing', command: id, folders: part.folders });
        } else {
          await report({
            type: 'LocalScanEnded',
            command: id,
            unreadable: part.unreadable,
            oddities: part.oddities,
          });
          return {};
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
