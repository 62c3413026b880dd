import { expect, it } from 'vitest';
import type { MigrationReport } from './migration-report.ts';
import { backText, reportText } from './migration-text.ts';

const report: MigrationReport = {
  directory: '/home/me/.config/onedrive',
  login: { isStored: true, path: '/home/me/.config/onedrive/refresh_token', isOfOwnApplication: false },
  config: null,
  syncList: null,
  syncFolder: '/home/me/OneDrive',
  believed: { files: 3, folders: 1, changed: [], missing: [] },
  unreadable: null,
  interrupted: 0,
  stateFolder: '/home/me/.config/onedrive/tidemark',
  inSyncFolder: [],
  isTakenOver: false,
};
const text = (change: Partial<MigrationReport>): string => reportText({ ...report, ...change }).join('\n');

it('says of a profile that is in order no more than what is taken over', () => {
  expect(text({})).toContain('3 files and 1 folder: hints, not believed');
  expect(text({})).not.toMatch(/WARNING|Better|interrupted|before/);
});

it('names what the client has not carried over, and what happens with it', () => {
  const changed = Array.from({ length: 12 }, (_, index) => `${index}.txt`);
  const said = text({ believed: { files: 20, folders: 0, changed, missing: ['gone.txt'] } });
  expect(said).toMatch(/12 files saved since.*:\n {17}"0\.txt"/);
  expect(said).toMatch(/"9\.txt"\n {17}and 2 more\n.*1 item gone since/);
  expect(said).toContain('Better let it carry these over before');
});

it('warns of a sync folder in which nothing of it is', () => {
  const said = text({ believed: { files: 1, folders: 1, changed: [], missing: ['a', 'a/b'] } });
  expect(said).toContain('WARNING: The sync folder holds nothing of what that client synced');
  expect(said).not.toContain('Better');
});

it('says what is missing, cannot be read or begins anew', () => {
  const said = text({
    login: { ...report.login, isStored: false },
    unreadable: 'no such table',
    interrupted: 2,
    isTakenOver: true,
  });
  expect(said).toContain('none stored: log in first');
  expect(said).toContain('cannot be read, which changes nothing: no such table');
  expect(said).toContain('2 transfers of that client');
  expect(said).toContain('Tidemark has synced with this profile before');
});

it('names a trash in the sync folder, which the client would take for files of the user', () => {
  const plan = { same: 1, bytes: { download: 0, upload: 0 }, report: { commands: [] } } as never;
  expect(backText(report, plan).join('\n')).not.toContain('WARNING');
  const inSyncFolder = ['/home/me/OneDrive/.tidemark-staging'];
  expect(backText({ ...report, inSyncFolder }, plan).join('\n')).toMatch(
    /both sides {3}are the same: 1 item\n.*WARNING: it is in the sync folder: "\/home\/me\/OneDrive\/\.tidemark-staging"\n.*Move it elsewhere first/,
  );
});
