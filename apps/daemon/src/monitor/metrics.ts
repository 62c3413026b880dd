/** The figures of a living daemon for Prometheus. */
import type { SetFigure, StatusReport } from '@tidemark/control';
import type { HostDescription, RemotePluginDescription } from '@tidemark/plugin-host';
import type { Figures } from './live-view.ts';

export interface Measured {
  readonly report: StatusReport;
  readonly figures: Figures;
  readonly plugins: HostDescription['plugins'];
  readonly elsewhere: readonly RemotePluginDescription[];
  /** Requests to the service by kind, since the run began. */
  readonly requests: Readonly<Record<string, number>>;
}

/** Every figure of the moment. */
export function recordFigures(
  { report, figures, plugins, elsewhere, requests }: Measured,
  set: SetFigure,
): void {
  set('build_info', 'Always 1; the version as a label', 1, { version: report.version });
  for (const state of states)
    set('state', 'What the daemon is doing: 1 for the state it is in', state === report.state ? 1 : 0, {
      state,
    });
  set('in_sync', 'Every item in scope is the same on both sides', report.inSync ? 1 : 0);
  set('items', 'Items known', report.items);
  set('items_at_rest', 'Items that are the same on both sides', report.atRest);
  for (const [standing, value] of Object.entries(report.standings))
    set('items_not_at_rest', 'Items that are not, by standing', value, { standing });
  set('log_seq', 'The last event in the log', report.seq);
  for (const side of ['remote', 'local'] as const) {
    const { lastAt } = report.looks[side];
    if (lastAt !== null)
      set('last_look_timestamp_seconds', 'When the last complete look at a side ended', secondsOf(lastAt), {
        side,
      });
  }
  for (const [key, value] of figures.commands) {
    const [type = '', outcome = ''] = key.split('/');
    set('commands_total', 'Commands that ended, by type and outcome', value, { type, outcome });
  }
  for (const [source, value] of figures.hints)
    set('hints_total', 'Hints that something changed, by source', value, { source });
  const transferred = { up: figures.uploadedBytes, down: figures.downloadedBytes };
  for (const [direction, value] of Object.entries(transferred))
    set('transferred_bytes_total', 'Bytes of content transferred', value, { direction });
  set('runs_total', 'Runs begun by this process', figures.runs);
  set('reloads_total', 'Settings taken over while running', figures.reloads);
  set('offline', 'The service cannot be reached', figures.offlineSince === null ? 0 : 1);
  for (const [kind, value] of Object.entries(requests))
    set('requests_total', 'Requests to the service in this run, by kind', value, { kind });
  for (const { name, faults } of plugins)
    set('plugin_faults_total', 'Faults of a plugin in this run', faults, { plugin: name });
  for (const { name, state, faults } of elsewhere) {
    set('plugin_present', 'A plugin in another process is there', state === 'present' ? 1 : 0, {
      plugin: name,
    });
    set('plugin_faults_total', 'Faults of a plugin in this run', faults, { plugin: name });
  }
  const channel = report.daemon?.channel;
  if (channel === undefined) return;
  set('channel_open', 'The service tells of changes', channel.state === 'open' ? 1 : 0, {
    type: channel.type,
  });
  set('notifications_total', 'Notifications in this run, by kind', channel.signals, { kind: 'genuine' });
  set('notifications_total', 'Notifications in this run, by kind', channel.forged, { kind: 'forged' });
  for (const [reason, value] of Object.entries(figures.channel.refused))
    set('webhook_refused_total', 'Requests to the webhook that were refused in this run, by reason', value, {
      reason,
    });
  if (channel.expiresAt !== null)
    set('subscription_expires_timestamp_seconds', 'When the subscription ends', secondsOf(channel.expiresAt));
}

const states = ['starting', 'syncing', 'idle', 'offline', 'suspended', 'paused', 'stopping'] as const;
const secondsOf = (time: string): number => Date.parse(time) / 1000;
