/** Our own plugins, in the order their rules are asked, with their settings. */
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import reporter from '@tidemark/plugin-reporter';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import type { Plugin } from '@tidemark/plugin-sdk';
import type { Profile } from '@tidemark/daemon';

export interface Configured {
  readonly plugin: Plugin;
  readonly config?: unknown;
}

export function workers({ settings }: Profile, monitoring = false): Configured[] {
  return [
    { plugin: delta },
    { plugin: watcher, config: { watch: monitoring && !settings.download_only } },
    { plugin: uploader },
    { plugin: downloader, config: { verifyDownloads: !settings.disable_download_validation } },
  ];
}

export function withReporter(
  profile: Profile,
  form: { readonly json: boolean; readonly dryRun: boolean; readonly monitoring: boolean },
): Configured[] {
  const { settings, commandLine } = profile;
  return [
    ...workers(profile, form.monitoring),
    {
      plugin: reporter,
      config: {
        json: form.json,
        dryRun: form.dryRun,
        mode: form.monitoring ? 'monitor' : 'sync',
        monitorIntervalSeconds: settings.monitor_interval,
        monitorLogFrequency: Math.max(1, settings.monitor_log_frequency),
        verbosity: Math.min(2, commandLine.verbosity),
        syncDirectory: settings.sync_dir,
        skipSymlinks: settings.skip_symlinks,
        displayTransferMetrics: settings.display_transfer_metrics,
      },
    },
  ];
}
