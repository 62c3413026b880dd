/** Commands that ask the account something: they write nothing, and a monitor of the same profile goes on beside them. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const tree = [
  { path: '/Work/report.txt', content: 'report' },
  { path: '/a.txt', content: 'a' },
];

async function ask(profile: TestProfile, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr, text, counters } = await profile.onedrive(args);
  expect(exitCode, text).toBe(0);
  expect(stderr).toBe('');
  expect(mutations(counters) + transfers(counters)).toBe(0);
  return stdout.replace(/^(Reading configuration file: .*|Configuration file successfully loaded)\n/gm, '');
}

describe('--display-quota', () => {
  it('prints the five lines', async () => {
    const profile = await openProfile({ tree, quotaTotalBytes: 5 * 2 ** 30 });
    expect(await ask(profile, '--display-quota')).toBe(
      [
        `Microsoft OneDrive quota information as reported for this Drive ID: ${profile.drive.driveId}`,
        '',
        'Deleted:   0.00 GB (0 bytes)',
        'Remaining: 5.00 GB (5368709113 bytes)',
        'State:     normal',
        'Total:     5.00 GB (5368709120 bytes)',
        'Used:      0.00 GB (7 bytes)',
        '',
        '',
      ].join('\n'),
    );
  });

  it('says so where the service does not tell', async () => {
    const profile = await openProfile({ settings: { quotaForm: 'zeros' } });
    expect(await ask(profile, '--display-quota')).toBe(
      `Microsoft OneDrive quota information is being restricted for this Drive ID: ${profile.drive.driveId}\n`,
    );
  });
});

describe.each(['personal', 'business'] as const)('of a file that was synced (%s)', (flavour) => {
  it('--get-file-link prints its web address, --modified-by who changed it', async () => {
    const profile = await openProfile({ tree, flavour });
    await profile.sync();
    expect(await ask(profile, '--get-file-link', 'Work/report.txt')).toMatch(/^WebURL: https:\/\/\S+\n$/);
    const byPath = await ask(profile, '--get-file-link', profile.at('Work/report.txt'));
    expect(byPath).toBe(await ask(profile, '--get-file-link', './Work/report.txt'));
    expect(await ask(profile, '--modified-by', 'a.txt')).toMatch(
      /^Last modified: {4}\d{4}-\d\d-\d\dT[\d:.]+Z\nLast modified by: Alex Simulated\nEmail Address: {4}alex@\S+\n$/,
    );
  });
});

describe.each(['--get-file-link', '--modified-by'])('%s', (command) => {
  it.each([
    ['new.txt', 'Selected path has not been synced with Microsoft OneDrive: new.txt', 0],
    ['nowhere.txt', 'Selected path not found on local system: nowhere.txt', 0],
    ['../x', 'leads out of it', 1],
    ['', 'is sync_dir itself', 1],
  ])('has no answer for %j, and says why', async (path, says, code) => {
    const profile = await openProfile({ tree });
    await profile.write('new.txt', 'new');
    const { exitCode, stderr } = await profile.onedrive([command, path]);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(says);
  });
});

describe('--get-sharepoint-drive-id', () => {
  it('prints the libraries of a site', async () => {
    const profile = await openProfile({ flavour: 'library' });
    const rule = '-'.repeat(47);
    expect(await ask(profile, '--get-sharepoint-drive-id', 'marketing')).toBe(
      [
        'Office 365 Library Name Query: marketing',
        rule,
        'Site Name:    Marketing',
        'Library Name: Documents',
        `drive_id:     ${profile.drive.driveId}`,
        'Library URL:  https://contoso-my.sharepoint.com/Documents',
        rule,
        '',
      ].join('\n'),
    );
  });

  it('of * prints the names of all sites', async () => {
    const profile = await openProfile();
    expect(await ask(profile, '--get-sharepoint-drive-id', '*')).toBe(
      'Office 365 Library Name Query: *\n\nThe following SharePoint site names were returned:\n * Marketing\n',
    );
  });

  it('of an unknown site says so, and prints those that there are', async () => {
    const profile = await openProfile();
    const { exitCode, stdout, stderr } = await profile.onedrive(['--get-sharepoint-drive-id', 'Sales']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('ERROR: The requested SharePoint site could not be found.');
    expect(stdout).toContain('The following SharePoint site names were returned:\n * Marketing\n');
  });

  it('refuses a personal account', async () => {
    const profile = await openProfile({ flavour: 'personal' });
    const { exitCode, stderr } = await profile.onedrive(['--get-sharepoint-drive-id', '*']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('ERROR: A OneDrive Personal Account cannot be used with');
  });
});

describe('--list-shared-items', () => {
  it('lists files and folders with who shares them, and their ids with --verbose', async () => {
    const profile = await openProfile({ tree });
    const shared = profile.simulator.sharedDrive();
    shared.create('/plan.txt', 'plan');
    shared.create('/Pictures/cat.jpg', 'cat');
    shared.create('/evil \u202etxt.exe', 'x');
    const rule = '-'.repeat(83);
    const listed = await ask(profile, '--list-shared-items');
    expect(listed).toContain(
      `Listing available OneDrive Business Shared Items:\n${rule}\nShared File:     plan.txt\nShared By:       Sam Simulated (sam@contoso.example)\n${rule}\nShared Folder:   Pictures\n`,
    );
    expect(listed).toMatch(/Shared File: {5}evil .+txt\.exe/);
    expect(listed).not.toContain('\u202e');
    expect(listed).not.toContain('a.txt');
    expect(await ask(profile, '--list-shared-items', '--verbose')).toMatch(
      new RegExp(`Item Id: {9}\\S+\nParent Drive Id: ${shared.driveId}\nParent Item Id: {2}\\S+\n`),
    );
  });

  it('refuses a personal account', async () => {
    const profile = await openProfile({ flavour: 'personal' });
    const { exitCode, stderr } = await profile.onedrive(['--list-shared-items']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('ERROR: Unsupported account type for listing OneDrive Business Shared Items');
  });
});

async function statusWith(token: string, { simulator }: TestProfile): Promise<number | undefined> {
  const ca = await readFile(simulator.caFile);
  const headers = { authorization: `Bearer ${token}` };
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const request = get(`${simulator.graphUrl}/me/drive`, { ca, headers }, (answer) => {
    answer.resume();
    resolve(answer.statusCode);
  });
  request.on('error', reject);
  return promise;
}

describe('--print-access-token', () => {
  it('is refused where no terminal shows it, unless --force says so; no log has it', async () => {
    const profile = await openProfile({ tree });
    const logFolder = join(profile.folder, 'logs');
    await profile.setConfig({ enable_logging: 'true', log_dir: logFolder });
    const refused = await profile.onedrive(['--print-access-token']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('standard output is no terminal: use --force');
    const { exitCode, stdout } = await profile.onedrive([
      '--print-access-token',
      '--force',
      '--verbose',
      '--verbose',
    ]);
    expect(exitCode).toBe(0);
    const token = stdout.trim().split('\n').at(-1) ?? '';
    expect(await statusWith(token, profile)).toBe(200);
    expect(await statusWith(`${token}x`, profile)).toBe(401);
    for (const name of await readdir(logFolder))
      expect(await readFile(join(logFolder, name), 'utf8')).not.toContain(token);
  });
});

describe('--display-admin-consent-url', () => {
  it('prints the address and contacts nobody', async () => {
    const profile = await openProfile({
      config: { application_id: '11111111-2222-3333-4444-555555555555', azure_tenant_id: 'contoso.example' },
    });
    const { exitCode, stdout, requests } = await profile.onedrive(['--display-admin-consent-url']);
    expect(exitCode).toBe(0);
    expect(requests).toEqual([]);
    const url = new URL(/^https:\S+$/m.exec(stdout)?.[0] ?? '');
    expect(url.pathname).toBe('/contoso.example/v2.0/adminconsent');
    expect(url.searchParams.get('client_id')).toBe('11111111-2222-3333-4444-555555555555');
    expect(url.searchParams.get('scope')).toContain('/Files.ReadWrite.All');
  });

  it('explains how to register an application where there is none', async () => {
    const profile = await openProfile();
    await rm(join(profile.configFolder, 'refresh_token'));
    const { exitCode, stderr } = await profile.onedrive(['--display-admin-consent-url']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no application_id is configured');
  });
});

it('while a monitor of the profile runs, all of them answer, and it goes on', async () => {
  const profile = await openProfile({ tree, settings: { refreshRotation: 'revokesOld' } });
  const daemon = await startDaemon(profile);
  for (const args of [
    ['--display-quota'],
    ['--get-file-link', 'a.txt'],
    ['--modified-by', 'a.txt'],
    ['--get-sharepoint-drive-id', '*'],
    ['--list-shared-items'],
  ]) {
    const { exitCode, text } = await profile.onedrive(args);
    expect(exitCode, text).toBe(0);
    expect(text).not.toMatch(/application is already running|database is locked|blocked by another process/);
  }
  profile.simulator.expireAccessTokens();
  profile.drive.create('/later.txt', 'later');
  await daemon.ask('POST', '/v1/look');
  await expect.poll(() => existsSync(profile.at('later.txt'))).toBe(true);
  await daemon.stop();
});
