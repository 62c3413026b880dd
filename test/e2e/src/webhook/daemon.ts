import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asLines } from '../profile.ts';
import { binaryPath } from '../run-binary.ts';
import { outputOf, type Output } from './output.ts';
import type { TwoMachines } from './two-machines.ts';

/** A profile on the user's machine, set up as in step 1 of the document. */
export type WebhookProfile = {
  readonly configFolder: string;
  readonly syncFolder: string;
  readonly args: readonly string[];
  readonly setConfig: (lines: Readonly<Record<string, string>>) => Promise<void>;
  /** `onedrive --monitor --verbose …` on the user's machine. */
  readonly monitor: () => Output;
};

export async function openWebhookProfile(
  { machine, control, folder, host }: TwoMachines,
  more: Readonly<Record<string, string>> = {},
): Promise<WebhookProfile> {
  const own = await mkdtemp(join(folder, 'profile-'));
  const [configFolder, syncFolder] = [join(own, 'config'), join(own, 'sync')];
  await mkdir(configFolder, { mode: 0o700 });
  await mkdir(syncFolder);
  const { refreshToken } = await control.about();
  await writeFile(join(configFolder, 'refresh_token'), refreshToken, { mode: 0o600 });
  const setConfig = (lines: Readonly<Record<string, string>>): Promise<void> =>
    writeFile(
      join(configFolder, 'config'),
      asLines({
        sync_dir: syncFolder,
        webhook_enabled: 'true',
        webhook_public_url: `https://${host}/webhooks/onedrive`,
        ...more,
        ...lines,
      }),
    );
  await setConfig({});
  const args = ['--confdir', configFolder];
  return {
    configFolder,
    syncFolder,
    args,
    setConfig,
    monitor: () =>
      outputOf(
        machine.namespace.start(binaryPath('onedrive'), ['--monitor', '--verbose', ...args], {
          environment: { HOME: folder },
        }),
      ),
  };
}
