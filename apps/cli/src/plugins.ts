/** Our own plugins, in the order their rules are asked, with their settings. */
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import reporter from '@tidemark/plugin-reporter';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import type { ArrangedPlugins, ConfiguredPlugin as Configured, Profile } from '@tidemark/daemon';
import { arrangePlugins } from '@tidemark/daemon';
import { isUnicode } from './locale.ts';
import { systemLimits } from './system-limits.ts';

/** `channels`: how a run that goes on is told of changes; null in one that ends by itself. */
export function workers({ settings }: Profile, channels: readonly Configured[] | null = null): Configured[] {
  return [
    { plugin: delta },
    { plugin: watcher, config: watcherConfig(settings, channels !== null) },
    { plugin: uploader, config: { verifyUploads: !settings.disable_upload_validation } },
    ...(channels ?? []),
    {
      plugin: downloader,
      config: {
        verifyDownloads: !settings.disable_download_validation,
        writeAuthors: settings.write_xattr_data,
      },
    },
  ];
}

function watcherConfig(settings: Profile['settings'], goesOn: boolean): object {
  return {
    watch: goesOn && !settings.download_only,
    gatherMs: settings.delay_inotify_processing ? settings.inotify_delay * 1000 : 0,
  };
}

/** One channel at a time, as in the peer. Polling goes on beside either. Loaded only by runs that go on. */
export async function loadChannels({ settings }: Profile): Promise<Configured[]> {
  if (settings.upload_only) return [];
  if (settings.webhook_enabled) {
    const { createRelayedWebhook, createWebhook } = await import('@tidemark/plugin-webhook');
    if (settings.relay_server !== '') return [{ plugin: createRelayedWebhook() }];
    const { webhook_listening_host: host, webhook_listening_port: port } = settings;
    const socketPath = settings.webhook_listening_socket === '' ? null : settings.webhook_listening_socket;
    return [{ plugin: createWebhook(), config: { host, port, socketPath } }];
  }
  if (settings.disable_websocket_support) return [];
  return [{ plugin: (await import('@tidemark/plugin-socketio')).default }];
}

/** Those of a run that ends by itself. Throws SetupError. */
export function pluginsOfOneRun(
  profile: Profile,
  { mode, json }: { readonly mode: 'real' | 'rehearse'; readonly json: boolean },
): Promise<ArrangedPlugins> {
  const isRehearsal = mode === 'rehearse';
  const { settings } = profile;
  return arrangePlugins(
    withReporter(profile, { json, dryRun: isRehearsal }),
    // A daemon may run beside a rehearsal, and the plugins in other processes are its.
    isRehearsal ? { ...profile, settings: { ...settings, plugin_process: [], remote_plugins: [] } } : profile,
  );
}

export function withReporter(
  profile: Profile,
  form: { readonly json: boolean; readonly dryRun: boolean },
  channels: readonly Configured[] | null = null,
): Configured[] {
  const { settings, commandLine } = profile;
  return [
    ...workers(profile, channels),
    {
      plugin: reporter,
      config: {
        json: form.json,
        dryRun: form.dryRun,
        mode: channels === null ? 'sync' : 'monitor',
        dialect: settings.compat_log_dialect,
        limits: channels === null ? null : systemLimits(),
        monitorIntervalSeconds: settings.monitor_interval,
        monitorLogFrequency: Math.max(1, settings.monitor_log_frequency),
        verbosity: Math.min(2, commandLine.verbosity),
        syncDirectory: settings.sync_dir,
        ...(profile.sharedFolder !== undefined && { below: profile.sharedFolder.at }),
        skipSymlinks: settings.skip_symlinks,
        ...screen(process.env),
        looking: commandLine.face === 'subcommand' ? 'verbose' : 'told',
        displayTransferMetrics: settings.display_transfer_metrics,
        displayProcessingTime: settings.display_processing_time,
        displaySyncOptions: settings.display_sync_options,
      },
    },
  ];
}

/** What the terminal can do, by the variables that programs go by. */
function screen(environment: NodeJS.ProcessEnv): {
  readonly rewrites: boolean;
  readonly characters: 'unicode' | 'ascii';
} {
  const { TERM } = environment;
  return {
    rewrites: TERM !== 'dumb' && TERM !== '',
    characters: isUnicode(environment) ? 'unicode' : 'ascii',
  };
}
