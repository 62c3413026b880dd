import type { DriveModel } from '../model/drive-model.ts';
import { driveTypeOf } from '../model/flavour.ts';
import type { Account } from '../server/world.ts';

/** A drive as Graph shows it; a personal quota has no file count. */
export function driveJson(drive: DriveModel, account: Account): Record<string, unknown> {
  const quota = drive.quota();
  const isPersonal = drive.flavour === 'personal';
  const user = { email: account.userPrincipalName, id: account.id, displayName: account.displayName };
  return {
    id: drive.driveId,
    name: drive.name,
    driveType: driveTypeOf(drive.flavour),
    createdDateTime: '2024-01-01T00:00:00Z',
    lastModifiedDateTime: new Date(drive.root.modifiedAtMs).toISOString(),
    webUrl: isPersonal
      ? `https://onedrive.live.com?cid=${drive.driveId}`
      : 'https://contoso-my.sharepoint.com/Documents',
    owner:
      drive.flavour === 'library' ? { group: { id: account.tenantId, displayName: drive.name } } : { user },
    quota: {
      deleted: quota.deletedBytes,
      remaining: quota.totalBytes - quota.usedBytes,
      state: quota.state,
      total: quota.totalBytes,
      used: quota.usedBytes,
      ...(isPersonal ? {} : { fileCount: drive.itemCount }),
    },
  };
}
