/** Our own plugins, in the order their rules are asked, with their settings. */
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import reporter from '@tidemark/plugin-reporter';
import socketio from '@tidemark/plugin-socketio';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import { createWebhook } from '@tidemark/plugin-webhook';
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
    ...(monitoring ? channels(settings) : []),
    { plugin: downloader, config: { verifyDownloads: !settings.disable_download_validation } },
  ];
}

/** How a run that goes on is told of changes: one channel at a time, as in the peer. Polling goes on beside either. */
function channels(settings: Profile['settings']): Configured[] {
  if (settings.upload_only) return [];
  if (settings.webhook_enabled) {
    const { webhook_listening_host: host, webhook_listening_port: port } = settings;
    const socketPath = settings.webhook_listening_socket === '' ? null : settings.webhook_listening_socket;
    return [{ plugin: createWebhook(), config: { host, port, socketPath } }];
  }
  return settings.disable_websocket_support ? [] : [{ plugin: socketio }];
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
        dialect: settings.compat_log_dialect,
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
