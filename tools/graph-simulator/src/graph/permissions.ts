import { jsonReply, type Reply } from '../server/reply.ts';
import { itemAt } from './graph-path.ts';
import type { ItemRequest } from './item-requests.ts';

/** An account is told of its own permissions only. */
export function replyPermissions({ world, drive, path }: ItemRequest): Reply {
  const item = itemAt(drive, path);
  const isReadOnly = world.settings.sharedDriveAccess === 'readOnly';
  const role = drive.owner === undefined ? 'owner' : isReadOnly ? 'read' : drive.sharing.roleAt(item);
  return jsonReply(200, { value: [{ id: 'permission', roles: [role] }] });
}
