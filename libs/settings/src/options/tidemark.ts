import type { OptionTable } from '../option.ts';

const MEBIBYTE = 1_048_576;

/**
 * Our own keys. They live in `tidemark.conf` and never in `config`, because the peer stops at a key it does not know
 * and users must be able to go back.
 */
export const tidemarkOptions = {
  graph_endpoint: {
    type: 'text',
    default: '',
    audience: 'developer',
    summary: 'Address of a simulator in place of Microsoft Graph; https on a loopback address only',
  },
  login_endpoint: {
    type: 'text',
    default: '',
    audience: 'developer',
    summary: 'Address of a simulator in place of the identity platform; https on a loopback address only',
  },
  ca_file: {
    type: 'text',
    default: '',
    tilde: 'expanded',
    audience: 'developer',
    summary: 'Certificate authority of the simulator; needs graph_endpoint or login_endpoint',
  },
  bus: {
    type: 'text',
    default: 'in-process',
    empty: 'default',
    summary:
      'How plugins elsewhere are reached: "in-process" for not at all, "nats://host:port", "tls://host:port"',
  },
  bus_ca_file: {
    type: 'text',
    default: '',
    tilde: 'expanded',
    summary: 'Certificate authority of the server of the bus; empty means those of the system',
  },
  bus_nkey_file: {
    type: 'text',
    default: '',
    tilde: 'expanded',
    summary: 'File with the nkey seed for the server of the bus, mode 0600',
  },
  nats_without_key: {
    type: 'boolean',
    default: false,
    summary: 'Use a NATS server on this machine without a key: all programs here can then take part',
  },
  relay_server: {
    type: 'text',
    default: '',
    summary: 'NATS server through which a relay hands on notifications: "tls://host:port"',
  },
  relay_drive: {
    type: 'text',
    default: '',
    summary: 'Name of this drive on this machine at the relay: letters, digits, "-" and "_"',
  },
  relay_ca_file: {
    type: 'text',
    default: '',
    tilde: 'expanded',
    summary: 'Certificate authority of relay_server; empty means those of the system',
  },
  relay_nkey_file: {
    type: 'text',
    default: '',
    tilde: 'expanded',
    summary: 'File with the nkey seed for relay_server, mode 0600',
  },
  webhook_listening_socket: {
    type: 'text',
    default: '',
    tilde: 'expanded',
    summary: 'Unix socket to listen on in place of webhook_listening_host and webhook_listening_port',
  },
  compat_log_dialect: {
    type: 'choice',
    default: 'both',
    choices: ['both', 'current', 'legacy'],
    summary: 'Which wording of the log lines to print where two are in use',
  },
  compat_strict_resync: {
    type: 'boolean',
    default: false,
    summary: 'Stop with exit code 78 when a filter changed, instead of applying it without deleting anything',
  },
  log_retention_days: {
    type: 'integer',
    default: 30,
    unit: 'days',
    minimum: 1,
    summary: 'Age at which events of the log go into compressed archives, where they can still be read',
  },
  log_max_size: {
    type: 'integer',
    default: 1024 * MEBIBYTE,
    unit: 'mebibytes',
    minimum: 16,
    factor: MEBIBYTE,
    summary: 'Disk space of the event log with its archives; beyond it the oldest events are removed',
  },
  commands_in_flight: {
    type: 'integer',
    default: 64,
    unit: 'count',
    minimum: 1,
    maximum: 256,
    summary: 'Commands under way at the same time',
  },
  trash_days: {
    type: 'integer',
    default: 30,
    unit: 'days',
    minimum: 1,
    summary: 'Time for which displaced local files can be brought back from the trash, at least',
  },
  trash_size: {
    type: 'integer',
    default: 20_480,
    unit: 'mebibytes',
    minimum: 1,
    summary:
      "Size of Tidemark's trash; above it, or below space_reservation, the oldest files in it go for good",
  },
  mass_delete_fraction: {
    type: 'integer',
    default: 50,
    unit: 'percent',
    minimum: 1,
    maximum: 100,
    summary: 'Share of the tree whose deletion waits for a confirmation; 100 is off',
  },
  mass_rewrite_fraction: {
    type: 'integer',
    default: 50,
    unit: 'percent',
    minimum: 1,
    maximum: 100,
    summary:
      'Share of the tree, from 100 files, whose rewriting waits for a confirmation to go online; 100 is off',
  },
  mass_change_window: {
    type: 'integer',
    default: 3600,
    unit: 'seconds',
    minimum: 1,
    summary: 'Time within which deletions, and rewritten files, count together',
  },
  pause_on_metered: {
    type: 'boolean',
    default: false,
    summary: 'A monitor changes nothing while NetworkManager says that the network is metered',
  },
  pause_on_battery: {
    type: 'boolean',
    default: false,
    summary: 'A monitor changes nothing while the machine runs on battery',
  },
  plugins: {
    type: 'list',
    default: [],
    summary:
      'Plugins to load besides our own: paths of files, or names of packages in the configuration directory',
  },
  remote_plugins: {
    type: 'list',
    default: [],
    summary: 'Plugins that run in another process: "name", or "name:HashFile"; needs a NATS server as bus',
  },
  plugin_process: {
    type: 'list',
    default: [],
    commas: 'separate',
    summary: 'Plugins of ours that run in processes of their own; needs a NATS server with keys as bus',
  },
} as const satisfies OptionTable;
