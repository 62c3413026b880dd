/** How a login begins and ends, and a drive that is not the account's own. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { commandAtTerminal } from '../at-terminal.ts';
import { openProfile, type TestProfile } from '../profile.ts';
import { graphicalSession } from '../sign-in.ts';
import { type Account, type Printed, type Step, step } from './scenarios.ts';

const application = { application_id: '11111111-2222-3333-4444-555555555555' };

export async function runLogins(account: Account, printed: Printed): Promise<void> {
  const library = await openProfile({ flavour: 'library', settings: { quotaForm: 'absent' } });
  await step(library, printed, 'a library', ['--sync', '--verbose']);

  const profile = await openProfile({ flavour: account, config: application });
  await rm(join(profile.configFolder, 'refresh_token'));
  await step(profile, printed, 'login by a pasted address', ['--sync'], 1);
  printed.set('login in a browser' satisfies Step, await logInInBrowser(profile));
  await rm(join(profile.configFolder, 'refresh_token'));
  await profile.setConfig({ ...application, use_device_auth: 'true' });
  printed.set('login by a code' satisfies Step, await logInByCode(profile));
}

/** Its user consents at once. */
async function logInInBrowser(profile: TestProfile): Promise<string> {
  const page = join(profile.folder, 'page');
  const script = `exec curl --silent --location --cacert '${profile.simulator.caFile}' --output '${page}' "$1"`;
  const environment = await graphicalSession(profile.folder, script);
  const { exitCode, text } = await commandAtTerminal('onedrive', profile, ['--sync'], { environment }).ended;
  expect(exitCode, text).toBe(0);
  await expect.poll(() => readFile(page, 'utf8').catch(() => '')).toContain('You are logged in.');
  return text;
}

async function logInByCode(profile: TestProfile): Promise<string> {
  const { child, ended } = profile.start('onedrive', ['--sync']);
  let isDecided = false;
  child.stdout?.on('data', (piece: string) => {
    if (isDecided || !/^Enter the following code|when prompted/m.test(piece)) return;
    isDecided = true;
    profile.simulator.decideDeviceCode('approved');
  });
  const { exitCode, text } = await ended;
  expect(exitCode, text).toBe(0);
  return text;
}
