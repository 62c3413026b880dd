/** The way of content through the plugins that change it, for changes that are made between two runs. */
import { createInProcessBus } from '@tidemark/bus';
import { escaped } from '@tidemark/disk';
import { contentAlone, createHost } from '@tidemark/plugin-host';
import type { ContentPath } from '@tidemark/plugin-sdk/unstable';
import { createContentSpool } from '../content-spool.ts';
import type { ProfileRun } from '../profile-run.ts';
import { spoolFolder } from '../profile.ts';

/** The plugins, and what they are lent, as in a run. */
export type ContentBetweenRuns = Pick<
  ProfileRun,
  'profile' | 'account' | 'disk' | 'clock' | 'random' | 'output' | 'plugins' | 'capabilities'
>;

/** `content` is null without a plugin that changes any. Throws SetupError, and what `work` throws. */
export async function withContent<Result>(
  { profile, account, disk, clock, random, output, plugins, capabilities }: ContentBetweenRuns,
  work: (content: ContentPath | null) => Promise<Result>,
): Promise<Result> {
  const changing = plugins.filter(({ plugin }) => plugin.content !== undefined);
  if (changing.length === 0) return work(null);
  const { space_reservation: reservedBytes } = profile.settings;
  const warn = (text: string): void => output.errorLine(`ERROR: ${escaped(text)}`);
  const bus = createInProcessBus({ clock, onError: (error) => warn(String(error)) });
  const host = createHost({
    ...capabilities,
    ...{ drive: account.drive, disk, clock, random, output, bus, driveKey: 'between-runs' },
    spool: createContentSpool({ folder: spoolFolder(profile), reservedBytes }),
    plugins: changing.map((one) => ({ ...one, plugin: contentAlone(one.plugin) })),
    onFault: ({ plugin, details }) => warn(`Plugin ${plugin}: ${details.detail}`),
  });
  try {
    await host.start();
    return await work(host.content);
  } finally {
    await host.stop();
    await bus.close();
  }
}
