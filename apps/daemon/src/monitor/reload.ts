/** Taking settings over while running: which may change, and what becomes of the subscription. */
import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '@tidemark/settings';
import type { Profile } from '../profile.ts';

/** They say which account, which drive and which folder; a process that goes on keeps to one of each. */
const fixed = [
  'sync_dir',
  'drive_id',
  'application_id',
  'azure_ad_endpoint',
  'azure_tenant_id',
  'read_only_auth_scope',
  'graph_endpoint',
  'login_endpoint',
  'dry_run',
] as const satisfies readonly (keyof Settings)[];

/** Why the settings cannot be taken over, in lines; null when they can. */
export function refusalOf(before: Profile, after: Profile): readonly string[] | null {
  const changed = fixed.filter((key) => !isDeepStrictEqual(before.settings[key], after.settings[key]));
  if (changed.length === 0) return null;
  return changed.map(
    (key) =>
      `ERROR: Cannot change '${key}' while running. Restart Tidemark to use "${String(after.settings[key])}", or change it back`,
  );
}

export function isSame(before: Profile, after: Profile): boolean {
  return isDeepStrictEqual(before.settings, after.settings) && before.syncListText === after.syncListText;
}

/** A subscription to another address, or to none, is taken down first: the service would go on knocking at the old one. */
export function keepsSubscription({ settings: before }: Profile, { settings: after }: Profile): boolean {
  const url = (settings: Settings): string =>
    settings.webhook_enabled && !settings.upload_only ? settings.webhook_public_url : '';
  return url(before) === '' || url(before) === url(after);
}
