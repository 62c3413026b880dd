import type { OptionTable } from '../option.ts';

/** Running for long, notifying, logging. */
export const monitorOptions = {
  monitor_interval: {
    type: 'integer',
    default: 300,
    unit: 'seconds',
    minimum: 300,
    cli: 'monitor-interval',
    summary: 'Time between two looks for online changes',
  },
  monitor_fullscan_frequency: {
    type: 'integer',
    default: 12,
    unit: 'count',
    minimum: 12,
    zero: 'off',
    cli: 'monitor-fullscan-frequency',
    summary: 'Look at everything once in this many intervals; 0 means never',
  },
  monitor_log_frequency: {
    type: 'integer',
    default: 12,
    unit: 'count',
    cli: 'monitor-log-frequency',
    summary: 'Print a quiet interval once in this many',
  },
  monitor_authoritative_sync: {
    type: 'choice',
    default: 'monitor_and_signal',
    choices: ['monitor_and_signal', 'monitor_interval', 'monitor_fullscan_frequency'],
    summary: 'When monitoring with --cleanup-local-files removes what is not online',
  },
  inotify_delay: {
    type: 'integer',
    default: 5,
    unit: 'seconds',
    minimum: 5,
    maximum: 15,
    summary: 'How long delay_inotify_processing waits',
  },
  delay_inotify_processing: {
    type: 'boolean',
    default: false,
    summary: 'While monitoring, look at local changes inotify_delay seconds after they began',
  },
  disable_notifications: {
    type: 'boolean',
    default: false,
    cli: 'disable-notifications',
    summary: 'No desktop notifications, of plugins that show some',
  },
  notify_file_actions: {
    type: 'boolean',
    default: false,
    summary: 'Desktop notifications of each file that was synced as well, of plugins that show some',
  },
  enable_logging: {
    type: 'boolean',
    default: false,
    cli: 'enable-logging',
    summary: 'Write what is printed into a log file as well',
  },
  log_dir: {
    type: 'text',
    default: '/var/log/onedrive',
    tilde: 'expanded',
    cli: 'log-dir',
    summary: 'Directory of the log file USER.onedrive.log; the home directory when it cannot be written',
  },
  display_running_config: {
    type: 'boolean',
    default: false,
    cli: 'display-running-config',
    summary: 'Print the settings in use at the start',
  },
  dry_run: {
    type: 'boolean',
    default: false,
    cli: 'dry-run',
    summary: 'Say what would be done without doing it',
  },
  resync: {
    type: 'boolean',
    default: false,
    cli: 'resync',
    summary: 'Forget what was synced and compare everything again',
  },
  resync_auth: {
    type: 'boolean',
    default: false,
    cli: 'resync-auth',
    summary: 'Answer the question of --resync with yes',
  },
} as const satisfies OptionTable;
