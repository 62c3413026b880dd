/** How a login begins and ends, and a drive that is not the account's own. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openProfile, type TestProfile } from '../profile.ts';
import { type Account, type Printed, type Step, step } from './scenarios.ts';

const application = { application_id: '11111111-2222-3333-4444-555555555555' };

export async function runLogins(account: Account, printed: Printed): Promise<void> {
  const library = await openProfile({ flavour: 'library', settings: { quotaForm: 'absent' } });
  await step(library, printed, 'a library', ['--sync', '--verbose']);

  const profile = await openProfile({ flavour: account, config: application });
  await rm(join(profile.configFolder, 'refresh_token'));
  await step(profile, printed, 'login by a pasted address', ['--sync'], 1);
  await profile.setConfig({ ...application, use_device_auth: 'true' });
  printed.set('login by a code' satisfies Step, await logInByCode(profile));
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
