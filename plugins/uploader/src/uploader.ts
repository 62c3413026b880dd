/**
 * Does what changes the drive. Each command carries the version it was decided on; the drive refuses any other, and is then
 * asked about the one item.
 */
import { definePlugin } from '@tidemark/plugin-sdk';
import { onGrounds } from '@tidemark/plugin-sdk/unstable';
import { config } from './config.ts';
import { uploadFile } from './upload-file.ts';

export const uploader = definePlugin({
  name: 'uploader',
  version: '0.1.0',
  needs: { drive: 'write', disk: 'read', content: true },
  config,
  handle: {
    UploadFile: uploadFile,
    CreateRemoteFolder: async ({ parentId, name }, { drive, signal }) => {
      const grounds = { ids: [parentId], free: { parentId, name } };
      const { row, requestIds, made } = await onGrounds(drive, grounds, signal, () =>
        drive.createFolder(parentId, name),
      );
      // A folder that was there already may hold items that no look has seen: no removal on disk may take it along.
      return { remote: row, requestIds, ...(made && { made }) };
    },
    MoveRemote: async ({ driveItemId, ifMatch, toParentId, toName, modifiedAt }, { drive, signal }) => {
      const place = { parentId: toParentId, name: toName, modifiedAt };
      const grounds = { ids: [driveItemId, toParentId], free: place };
      const { row, requestIds } = await onGrounds(drive, grounds, signal, () =>
        drive.move(driveItemId, place, ifMatch),
      );
      return { remote: row, requestIds };
    },
    DeleteRemote: async ({ driveItemId, ifMatch, itemCount }, { drive, signal }) => {
      const { requestIds } = await onGrounds(drive, { ids: [driveItemId] }, signal, () =>
        drive.delete(driveItemId, ifMatch, { isEmpty: itemCount === 1 }),
      );
      return { remote: { id: driveItemId, deleted: true }, requestIds };
    },
    SetRemoteTime: async ({ driveItemId, ifMatch, modifiedAt }, { drive, signal }) => {
      const { row, requestIds } = await onGrounds(drive, { ids: [driveItemId] }, signal, () =>
        drive.setModifiedAt(driveItemId, modifiedAt, ifMatch),
      );
      return { remote: row, requestIds };
    },
  },
});
