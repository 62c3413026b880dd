/** Options on the login, through the built command. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logInThroughFiles } from '../auth-files.ts';
import { openProfile, type TestProfile } from '../profile.ts';

const application = { application_id: '11111111-2222-3333-4444-555555555555' };
const tree = [{ path: '/a.txt', content: 'a' }];
const login = ({ configFolder }: TestProfile): string => join(configFolder, 'refresh_token');

async function withoutLogin(config: Readonly<Record<string, string>> = {}): Promise<TestProfile> {
  const profile = await openProfile({ tree, config: { ...application, ...config } });
  await rm(login(profile));
  return profile;
}

it('--auth-files logs in by way of two files, and goes on with the sync', async () => {
  const profile = await withoutLogin();
  const { exitCode, text } = await logInThroughFiles(profile, 'onedrive', ['--sync']);
  expect(exitCode, text).toBe(0);
  expect(text).toContain(
    'Client requires authentication before proceeding. Waiting for --auth-files elements to be available.',
  );
  expect(await profile.read('a.txt')).toBe('a');
  expect(existsSync(login(profile))).toBe(true);
});

it('read_only_auth_scope asks for no right to write, application_id and azure_tenant_id are in the address', async () => {
  const profile = await withoutLogin({ read_only_auth_scope: 'true', azure_tenant_id: 'common' });
  const { url } = await logInThroughFiles(profile, 'onedrive', ['--sync', '--download-only']);
  const { searchParams, pathname } = new URL(url);
  expect(pathname).toContain('/common/');
  expect(searchParams.get('client_id')).toBe(application.application_id);
  expect(searchParams.get('scope')).toContain('Files.Read.All');
  expect(searchParams.get('scope')).not.toContain('ReadWrite');
});

it('without a mode the login alone is done', async () => {
  const profile = await withoutLogin();
  const { exitCode, text } = await logInThroughFiles(profile, 'onedrive', []);
  expect(exitCode, text).toBe(0);
  expect(text).toContain('The application has been successfully authorised, but no extra command options');
  const again = await profile.onedrive([]);
  expect(again.exitCode).toBe(1);
  expect(again.text).toContain("missing either the '--sync' or '--monitor' switches");
});

it('--auth-response with an answer of no login of ours is refused', async () => {
  const profile = await withoutLogin();
  const { exitCode, text } = await profile.onedrive([
    '--sync',
    '--auth-response',
    'https://localhost/?code=x&state=y',
  ]);
  expect(exitCode, text).toBe(1);
  expect(existsSync(login(profile))).toBe(false);
});

it('use_device_auth logs in with a code on another device', async () => {
  const profile = await withoutLogin({ use_device_auth: 'true' });
  const running = profile.start('onedrive', ['--sync']);
  let printed = '';
  running.child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await expect.poll(() => printed).toMatch(/^Enter the following code when prompted: \S+$/m);
  profile.simulator.decideDeviceCode('approved');
  const { exitCode, text } = await running.ended;
  expect(exitCode, text).toBe(0);
  expect(text).toContain('Access token acquired!');
  expect(await profile.read('a.txt')).toBe('a');
});

it('use_intune_sso: without a login it says what to do in place of the broker; with one it syncs', async () => {
  const profile = await withoutLogin({ use_intune_sso: 'true' });
  const { exitCode, stderr } = await profile.onedrive(['--sync']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Put use_device_auth = "true" in its place, or log in once with tidemark auth');
  const { exitCode: code, text } = await logInThroughFiles(profile, 'onedrive', ['--sync']);
  expect(code, text).toBe(0);
  expect(await profile.read('a.txt')).toBe('a');
});

describe('--logout and --reauth', () => {
  it('--logout forgets the login', async () => {
    const profile = await openProfile({ tree });
    const { exitCode, text } = await profile.onedrive(['--logout']);
    expect(exitCode).toBe(0);
    expect(text).toContain('Deleting the saved authentication status ...');
    expect(existsSync(login(profile))).toBe(false);
  });

  it('--reauth forgets it and logs in anew', async () => {
    const profile = await openProfile({ tree, config: application });
    const before = await readFile(login(profile), 'utf8');
    const { exitCode, text } = await logInThroughFiles(profile, 'onedrive', ['--sync', '--reauth']);
    expect(exitCode, text).toBe(0);
    expect(text).toContain('Deleting the saved authentication status ... re-authentication requested');
    expect(await readFile(login(profile), 'utf8')).not.toBe(before);
    expect(await profile.read('a.txt')).toBe('a');
  });

  it('--reauth without an application id of the own keeps the login that works', async () => {
    const profile = await openProfile({ tree });
    const { exitCode, text } = await profile.onedrive(['--sync', '--reauth']);
    expect(exitCode).toBe(1);
    expect(text).toContain('no application_id is configured');
    expect(existsSync(login(profile))).toBe(true);
  });
});

it('azure_tenant_id: an application of one tenant needs it', async () => {
  const profile = await openProfile({ tree, settings: { tenancy: 'single' } });
  const common = await profile.onedrive(['--sync']);
  expect(common.exitCode).toBe(1);
  expect(common.text).toContain('the application is registered for one tenant only; set azure_tenant_id');
  await profile.setConfig({ azure_tenant_id: profile.simulator.tenantId });
  await profile.sync();
  expect(await profile.read('a.txt')).toBe('a');
});

it('azure_ad_endpoint: a national cloud has no change feed, so that folders are listed', async () => {
  const profile = await openProfile({
    tree,
    settings: { deltaFeed: 'unsupported' },
    config: { azure_ad_endpoint: 'USL4', azure_tenant_id: 'common' },
  });
  const { counters } = await profile.sync();
  expect(counters.byKind.deltaRead).toBe(0);
  expect(await profile.read('a.txt')).toBe('a');
  await profile.setConfig({ azure_ad_endpoint: 'USL4' });
  const refused = await profile.onedrive(['--sync']);
  expect(refused.exitCode).toBe(1);
  expect(refused.text).toContain("'azure_tenant_id' cannot be empty when 'azure_ad_endpoint' is configured");
});
