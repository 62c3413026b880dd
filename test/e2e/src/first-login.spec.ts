/** From no registration to a login that works: `tidemark auth`, at a terminal and without one. */
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandAtTerminal, tidemarkAtTerminal } from './at-terminal.ts';
import { logInThroughFiles } from './auth-files.ts';
import { openProfile, type ProfileOptions, type TestProfile } from './profile.ts';
import type { Ended } from './run-binary.ts';
import { consent, graphicalSession } from './sign-in.ts';

const id = '11111111-2222-3333-4444-555555555555';
const peerId = 'd50ca740-c83f-4d1b-b616-12c519384f0c';

async function newcomer(options: ProfileOptions = {}): Promise<TestProfile> {
  const profile = await openProfile(options);
  await rm(join(profile.configFolder, 'refresh_token'));
  return profile;
}

const isLoggedIn = ({ configFolder }: TestProfile): boolean =>
  existsSync(join(configFolder, 'refresh_token'));

const throughFiles = (profile: TestProfile, ...more: readonly string[]): Promise<Ended> =>
  logInThroughFiles(profile, 'tidemark', ['auth', '--application-id', id, ...more]);

it('leads through the registration to a login by a pasted address, and leaves the rest of the config alone', async () => {
  const profile = await newcomer();
  const config = join(profile.configFolder, 'config');
  const before = `# by hand\nsync_dir = "${profile.syncFolder}"\n# application_id = ""\nthreads = "4"\n`;
  await writeFile(config, before);
  const terminal = tidemarkAtTerminal(profile, ['auth']);
  await terminal.shows(/ 1\. Open https:\/\/entra\.microsoft\.com.*\r?\n {2}2\. /);
  await terminal.shows(/Application \(client\) ID: /);
  terminal.type('tidemark');
  await terminal.shows(/An application id looks like 1{8}-/);
  terminal.type(peerId);
  await terminal.shows(/This is the id of the onedrive client/);
  terminal.type(` {${id}} `);
  await terminal.shows(/Directory \(tenant\) ID, .*\[none\]: /);
  terminal.type('');
  await terminal.shows(/Written into ".*config": application_id/);
  expect(await readFile(config, 'utf8')).toBe(before.replace('threads', `application_id = "${id}"\nthreads`));
  await terminal.shows(/Choose 1, 2 or 3 \[3\]: /);
  terminal.type('2');
  const [, url = ''] = await terminal.shows(
    /(https:\/\/\S+\/oauth2\/v2\.0\/authorize\S+)[^]*Paste redirect URI here: /,
  );
  terminal.type(await consent(url, profile.simulator.caFile));
  await terminal.shows(/Logged in: business drive \S+/);
  await terminal.shows(/Granted: Files\.ReadWrite, Files\.ReadWrite\.All, Sites\.ReadWrite\.All/);
  await terminal.shows(/Run this next: tidemark sync --dry-run/);
  expect((await terminal.ended).exitCode).toBe(0);
  expect(isLoggedIn(profile)).toBe(true);
});

it('waits for a browser on this machine, or shows a code and a picture for another device', async () => {
  const profile = await newcomer({ config: { application_id: id } });
  const browsing = tidemarkAtTerminal(profile, ['auth']);
  await browsing.shows(/Choose 1, 2 or 3/);
  browsing.type('1');
  const [, url = ''] = await browsing.shows(/(https:\/\/\S+\/authorize\S+)\r?\n/);
  const back = await consent(url, profile.simulator.caFile);
  expect(back).toMatch(/^http:\/\/localhost:\d+\/\?/);
  get(back, (answer) => answer.resume());
  expect((await browsing.ended).exitCode).toBe(0);

  await rm(join(profile.configFolder, 'refresh_token'));
  // With a browser that does not open, the address is pasted.
  const environment = await graphicalSession(profile.folder, 'exit 3');
  const pasting = commandAtTerminal('tidemark', profile, ['auth'], { environment });
  await pasting.shows(/Choose 1, 2 or 3 \[1\]/);
  pasting.type('');
  await pasting.shows(/No browser was opened \(.*xdg-open ended with 3\)/);
  const [, toPaste = ''] = await pasting.shows(/(https:\/\/\S+\/authorize\S+)[^]*Paste redirect URI here: /);
  pasting.type(await consent(toPaste, profile.simulator.caFile));
  expect((await pasting.ended).exitCode).toBe(0);

  await rm(join(profile.configFolder, 'refresh_token'));
  const terminal = tidemarkAtTerminal(profile, ['auth', '--device']);
  await terminal.shows(/(\r?\n[█▀▄ ]{33}){17}[^]*https:\/\/microsoft\.com\/devicelogin/);
  await terminal.shows(/Enter the following code when prompted: \S+/);
  profile.simulator.decideDeviceCode('approved');
  expect((await terminal.ended).exitCode).toBe(0);
  expect(isLoggedIn(profile)).toBe(true);
});

it.each(['Ctrl-C', 'Ctrl-D'] as const)('ends at %s without a change', async (key) => {
  const profile = await newcomer();
  const terminal = tidemarkAtTerminal(profile, ['auth']);
  await terminal.shows(/Application \(client\) ID: /);
  terminal.press(key);
  const { exitCode, text } = await terminal.ended;
  expect([exitCode, text]).toEqual([4, expect.stringContaining('Not logged in. To go on: tidemark auth')]);
  expect(await readFile(join(profile.configFolder, 'config'), 'utf8')).not.toContain('application_id');
});

it('says the same as text without a terminal, and waits for nothing', async () => {
  const profile = await newcomer();
  const steps = await profile.tidemark(['auth']);
  expect(steps.exitCode).toBe(4);
  expect(steps.stdout).toMatch(
    /^ {2}5\. Copy the "Application \(client\) ID"[^]*\nThen log in with it: tidemark auth --application-id ID --device\n$/m,
  );
  expect(steps.stderr).toBe('ERROR: Cannot log in: no application_id is configured\n');

  const wrong = await profile.tidemark(['auth', '--application-id', peerId]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('another project')]);

  const unanswered = await profile.tidemark(['auth', '--application-id', id]);
  expect(unanswered.exitCode).toBe(4);
  expect(unanswered.stderr).toContain('Cannot log in: no address was pasted before the input ended');

  // Standard output is for programs.
  const { stdout, stderr } = await profile.tidemark(['auth', '--json']);
  expect([stdout, stderr]).toEqual(['', expect.stringContaining('Paste redirect URI here: ')]);
});

it('leaves a login that works, and its application, until the new one works', async () => {
  const profile = await openProfile();
  const refused = await profile.tidemark(['auth', '--application-id', id]);
  expect(refused.exitCode).toBe(4);
  expect(await readFile(join(profile.configFolder, 'config'), 'utf8')).not.toContain(id);
  expect((await throughFiles(profile)).exitCode).toBe(0);
  expect(await readFile(join(profile.configFolder, 'config'), 'utf8')).toContain(id);
});

it('names what the identity platform refused, and what to do', async () => {
  const profile = await newcomer({ config: { application_id: id } });
  for (const [number, error, said] of [
    [
      700016,
      'unauthorized_client',
      'the application is not known in this tenant or cloud; check application_id',
    ],
    [7000218, 'invalid_client', 'the registration does not allow public client flows; switch them on'],
  ] as const) {
    const description = `AADSTS${number}: What the service says.\r\nTrace ID: 1`;
    const body = JSON.stringify({ error, error_description: description, error_codes: [number] });
    profile.simulator.addFault({
      route: '/devicecode',
      times: 1,
      effect: { type: 'status', status: 400, body },
    });
    const { exitCode, stderr } = await profile.tidemark(['auth', '--device']);
    expect([exitCode, stderr]).toEqual([
      4,
      expect.stringContaining(`ERROR: Cannot log in: AADSTS${number}, ${said}`),
    ]);
  }
  expect(isLoggedIn(profile)).toBe(false);
});

it('says when less was granted than a sync needs, to programs as well', async () => {
  const profile = await newcomer({ settings: { grants: 'reading' } });
  const { exitCode, stdout, stderr } = await throughFiles(profile, '--json');
  expect(exitCode).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    type: 'loggedIn',
    granted: ['Files.Read', 'Files.Read.All', 'Sites.Read.All'],
    missing: expect.stringContaining('Only reading was granted') as string,
  });
  expect(stderr).toContain('ERROR: Only reading was granted');
});
