/** Does what changes the drive. Each command carries the version it was decided on; the drive refuses any other. */
import { definePlugin } from '@tidemark/plugin-sdk';
import { uploadFile } from './upload-file.ts';

export const uploader = definePlugin({
  name: 'uploader',
  version: '0.1.0',
  needs: { drive: 'write', disk: 'read' },
  handle: {
    UploadFile: uploadFile,
    CreateRemoteFolder: async ({ parentId, name }, { drive }) => {
      const { row, requestIds, made } = await drive.createFolder(parentId, name);
      // What was there already may hold what nobody here has seen: no removal on disk may take it along.
      return { remote: row, requestIds, ...(made && { made }) };
    },
    MoveRemote: async ({ driveItemId, ifMatch, toParentId, toName, modifiedAt }, { drive }) => {
      const place = { parentId: toParentId, name: toName, modifiedAt };
      const { row, requestIds } = await drive.move(driveItemId, place, ifMatch);
      return { remote: row, requestIds };
    },
    DeleteRemote: async ({ driveItemId, ifMatch }, { drive }) => {
      const { requestIds } = await drive.delete(driveItemId, ifMatch);
      return { remote: { id: driveItemId, deleted: true }, requestIds };
    },
    SetRemoteTime: async ({ driveItemId, ifMatch, modifiedAt }, { drive }) => {
      const { row, requestIds } = await drive.setModifiedAt(driveItemId, modifiedAt, ifMatch);
      return { remote: row, requestIds };
    },
  },
});
