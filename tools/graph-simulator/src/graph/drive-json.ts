import type { DriveModel } from '../model/drive-model.ts';
import { driveTypeOf } from '../model/flavour.ts';
import type { Settings } from '../server/settings.ts';
import type { Account } from '../server/world.ts';

/** A drive as Graph shows it; a personal quota has no file count. */
export function driveJson(
  drive: DriveModel,
  account: Account,
  form: Settings['quotaForm'] = 'numbers',
): Record<string, unknown> {
  const isPersonal = drive.flavour === 'personal';
  const { owner } = drive;
  const user = owner ?? {
    email: account.userPrincipalName,
    id: account.id,
    displayName: account.displayName,
  };
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
    ...(form === 'absent' ? {} : { quota: quotaJson(drive, form) }),
  };
}

/** Shared drives and some libraries tell nothing but zeros; `remaining` has been seen as text and below zero. */
function quotaJson(drive: DriveModel, form: Settings['quotaForm']): Record<string, unknown> {
  if (form === 'zeros') return { deleted: 0, remaining: 0, state: 'normal', total: 0, used: 0 };
  const quota = drive.quota();
  const remaining = form === 'negative' ? -1 : quota.totalBytes - quota.usedBytes;
  return {
    deleted: quota.deletedBytes,
    remaining: form === 'text' ? String(remaining) : remaining,
    state: quota.state,
    total: quota.totalBytes,
    used: quota.usedBytes,
    ...(drive.flavour === 'personal' ? {} : { fileCount: drive.itemCount }),
  };
}
