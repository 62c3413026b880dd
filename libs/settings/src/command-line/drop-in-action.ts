/** Which one thing the peer's switches ask for. */
import type { Action } from './command-line.ts';

/**
 * The peer lets many of these stand together and does one; here the first in this order is done.
 *
 * @returns the action, or what is wrong with it.
 */
export function dropInAction(values: ReadonlyMap<string, string>): Action | string {
  const isGiven = (long: string): boolean => values.get(long) === 'true';
  if (isGiven('help')) return { type: 'help' };
  if (isGiven('version')) return { type: 'version' };
  const misused = misusedModifier(values);
  if (misused !== undefined) return misused;
  if (isGiven('display-config')) return { type: 'displayConfig' };
  if (isGiven('logout')) return { type: 'auth', step: 'logout', output: 'text' };
  const query = queryAction(values);
  if (query !== undefined) return query;
  if (isGiven('sync')) return { type: 'sync', output: 'text' };
  if (isGiven('monitor')) return { type: 'monitor', output: 'text' };
  return { type: 'none' };
}

function queryAction(values: ReadonlyMap<string, string>): Action | undefined {
  for (const [long, toAction] of queries) {
    const value = values.get(long);
    if (value !== undefined && value !== 'false') return toAction(value, values);
  }
  return undefined;
}

type ToAction = (value: string, values: ReadonlyMap<string, string>) => Action;

const queries: readonly (readonly [string, ToAction])[] = [
  ['print-access-token', () => ({ type: 'printAccessToken' })],
  ['display-admin-consent-url', () => ({ type: 'displayAdminConsentUrl' })],
  ['get-sharepoint-drive-id', (siteName) => ({ type: 'getSharepointDriveId', siteName })],
  ['display-sync-status', () => ({ type: 'displaySyncStatus' })],
  ['display-quota', () => ({ type: 'displayQuota' })],
  ['get-file-link', (path) => ({ type: 'getFileLink', path })],
  ['modified-by', (path) => ({ type: 'modifiedBy', path })],
  ['create-share-link', shareLink],
  ['list-shared-items', () => ({ type: 'listSharedItems' })],
  ['create-directory', (path) => ({ type: 'createDirectory', path })],
  ['remove-directory', (path) => ({ type: 'removeDirectory', path })],
  [
    'source-directory',
    (source, values) => ({
      type: 'moveDirectory',
      source,
      destination: values.get('destination-directory') ?? '',
    }),
  ],
  ['download-file', (path) => ({ type: 'downloadFile', path })],
];

function shareLink(path: string, values: ReadonlyMap<string, string>): Action {
  const access = values.get('with-editing-perms') === 'true' ? 'write' : 'read';
  const password = values.get('share-password');
  return { type: 'createShareLink', path, access, ...(password === undefined ? {} : { password }) };
}

function misusedModifier(values: ReadonlyMap<string, string>): string | undefined {
  if (values.has('source-directory') !== values.has('destination-directory')) {
    return '--source-directory and --destination-directory can only be used together';
  }
  const modifier = ['with-editing-perms', 'share-password'].find((long) => values.has(long));
  return modifier !== undefined && !values.has('create-share-link')
    ? `--${modifier} can only be used with --create-share-link`
    : undefined;
}
