/** Does what changes the sync folder. Nothing is replaced before what replaces it has been checked. */
import { definePlugin } from '@tidemark/plugin-sdk';
import { config } from './config.ts';
import { downloadFile } from './download-file.ts';
import { keepLocalCopy } from './keep-local-copy.ts';
import { keepRemoteCopy } from './keep-remote-copy.ts';

export const downloader = definePlugin({
  name: 'downloader',
  version: '0.1.0',
  needs: { drive: 'read', disk: 'write', content: true },
  config,
  handle: {
    DownloadFile: downloadFile,
    KeepRemoteCopy: keepRemoteCopy,
    KeepLocalCopy: keepLocalCopy,
    CreateLocalFolder: async ({ path }, { disk }) => ({ local: await disk.createFolder(path) }),
    MoveLocal: async ({ path, toPath, expected }, { disk }) => ({
      local: await disk.move(path, toPath, expected),
    }),
    DeleteLocal: async ({ path, kind, expected, reason }, { disk, say }) => {
      if (reason.rule === 'edit-kept-already')
        say(
          `Local data is already preserved by an identical safeBackup; reusing existing preservation: ${path}`,
        );
      const isOnlyCopy = reason.rule === 'only-on-disk' || reason.rule === 'conflict-replaced';
      const { trash } = await disk.remove(path, kind, expected, { isOnlyCopy });
      return { local: { id: expected.id, gone: true, ...(trash !== null && { trash }) } };
    },
    SetLocalTime: async ({ path, expected, modifiedAt }, { disk }) => ({
      local: await disk.setModifiedAt(path, expected, modifiedAt),
    }),
  },
});
