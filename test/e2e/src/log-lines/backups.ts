/** Files that changed on both sides: no name is left for the local version, or the same version is kept already. */
import { hostname } from 'node:os';
import { utimes } from 'node:fs/promises';
import { openProfile } from '../profile.ts';
import { type Account, type Printed, step } from './scenarios.ts';

const verbose = ['--sync', '--verbose'];

export async function runBackups(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({
    flavour: account,
    tree: [{ path: '/plan.txt', content: 'first' }],
    config: { skip_file: '*safeBackup*' },
  });
  await profile.sync();
  for (let index = 1; index <= 1000; index += 1)
    await profile.write(`plan-${hostname()}-safeBackup-${String(index).padStart(4, '0')}.txt`, String(index));
  await profile.write('plan.txt', 'changed here');
  await utimes(profile.at('plan.txt'), new Date(), new Date('2024-01-01T00:00:00Z'));
  profile.drive.modify('/plan.txt', 'changed online');
  await step(profile, printed, 'no name left for a backup', verbose, 1);

  const again = await openProfile({ flavour: account, tree: [{ path: '/plan.txt', content: 'first' }] });
  await again.sync();
  for (const time of ['2098-01-01T00:00:00Z', '2099-01-01T00:00:00Z']) {
    await again.write('plan.txt', 'changed here');
    again.drive.modify('/plan.txt', `changed online for ${time}`, time);
    await step(again, printed, 'a version that is kept already', verbose);
  }
}
