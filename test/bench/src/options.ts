import { resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Flavour, flavours } from '@tidemark/graph-simulator';
import type { ClientName } from './clients/client.ts';
import { type Channel, channels } from './live/live-run.ts';
import { type RowName, rowNames } from './measurement.ts';

export const usage = `Usage: npm run bench -- [compare|scale|mass|latency|processes|idle|flood|start|replay|explain|log|inspect] [options]

compare: our client beside Debian's onedrive and rclone
  --rows LIST       of ${rowNames.join(',')}
  --clients LIST    of tidemark,onedrive,rclone
  --latency LIST    milliseconds added to every answer (default 0,30)
  --runs N          medians of N runs (default 1)
  --slow            also what takes onedrive many minutes: its first upload with added latency
  --files N         in the rows with many files (default 2000, 4 KiB each, in 100 folders)
scale: our client with ever more items, a hundred a folder
  --items LIST      (default 1000,10000,100000)
  --file-bytes N    size of each file (default 0)
mass: one folder of so many items: new online, deleted online, new on disk, removed from disk
  --items LIST      (default 10000)
  --file-bytes N    size of each file (default 0)
latency: how soon a change on one side is on the other, while the client goes on
  --latency LIST    (default 0,30)
  --channels LIST   of ${channels.join(',')}
  --changes N       of each kind (default 100)
processes: what it costs that our plugins run in processes of their own (needs nats-server)
  --latency N       (default 0)
  --changes N       of each kind, one at a time (default 100)
  --files N         all at once, each way (default 2000)
  --runs N          medians of N runs of each form, in turns (default 1)
idle: what a run that goes on costs while nothing happens
  --items LIST      (default 100000)
  --channels NAME   how it is told of changes (default webhook)
  --minutes N       (default 10)
  --empty           the disk begins empty: with a first sync under the eyes of the watcher
start: what it takes to read a log without a snapshot
  --items LIST      files on the drive (default 20000)
  --events N        in the log (default 400000)
replay: what reading a log and deciding again costs, by stage
  --items LIST      files on the drive (default 20000)
  --events N        in the log (default 400000)
explain: what explaining a path costs a daemon, and those who ask it meanwhile
  --items N         files on the drive (default 20000)
  --events N        in the log (default 500000)
  --runs N          (default 1)
inspect: the page of the inspector in a real Chromium: first paint, scrubbing, memory
  --items N         files on the drive (default 20000)
  --events N        in the log (default 1000000)
  --log FOLDER      a log that is there, in place of one that is made
log: log, trash, memory and start of a client that lives for months, in fast time
  --events N        a day (default 1000000)
  --months N        (default 1)
  --days N          of each month (default 30)
  --items N         files on the drive (default 20000)
  --log-size N      log_max_size, in MiB (default 1024)
flood: ten thousand notifications a second, and worse; sync goes on (needs nginx)
  --seconds N       of each flood (default 30)
all
  --flavour NAME    ${flavours.join(', ')} (default business)
  --dist FOLDER     the built command (default dist)
  --base FOLDER     on the file system to measure on (default: the temporary folder)
  --profile FOLDER  CPU profiles of our client, for the developer tools of a browser
  --json            the measurements as JSON lines, too
`;

export type Options = {
  readonly mode: Mode | 'help';
  readonly rows: ReadonlySet<RowName>;
  readonly clients: readonly ClientName[];
  readonly latenciesMs: readonly number[];
  readonly runs: number;
  readonly channels: readonly Channel[];
  readonly changes: number;
  readonly minutes: number;
  /** The disk begins empty. */
  readonly empty: boolean;
  readonly seconds: number;
  readonly events: number;
  /** A log that is there already. */
  readonly logFolder: string | undefined;
  readonly months: number;
  readonly days: number;
  readonly logMebibytes: number;
  readonly files: number;
  readonly items: readonly number[];
  readonly fileBytes: number;
  readonly flavour: Flavour;
  readonly dist: string;
  readonly base: string;
  /** Absent: no profiles are taken. */
  readonly profileFolder: string | undefined;
  readonly slow: boolean;
  readonly json: boolean;
};

/** Throws Error that says what is wrong. */
export function readOptions(args: readonly string[], repository: string): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: rowNames.join(',') },
      clients: { type: 'string', default: clientNames.join(',') },
      latency: { type: 'string', default: '' },
      runs: { type: 'string', default: '1' },
      channels: { type: 'string', default: channels.join(',') },
      changes: { type: 'string', default: '100' },
      minutes: { type: 'string', default: '10' },
      empty: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '30' },
      events: { type: 'string', default: '' },
      months: { type: 'string', default: '1' },
      days: { type: 'string', default: '30' },
      log: { type: 'string' },
      'log-size': { type: 'string', default: '1024' },
      files: { type: 'string', default: '2000' },
      items: { type: 'string', default: '' },
      'file-bytes': { type: 'string', default: '0' },
      flavour: { type: 'string', default: 'business' },
      dist: { type: 'string', default: resolve(repository, 'dist') },
      base: { type: 'string', default: tmpdir() },
      profile: { type: 'string' },
      slow: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const mode = oneOf(positionals[0] ?? 'compare', modes);
  const latency =
    values.latency === '' ? (mode === 'scale' || mode === 'mass' ? '0' : '0,30') : values.latency;
  const items = values.items === '' ? (itemsOf[mode] ?? '1000,10000,100000') : values.items;
  return {
    mode: values.help ? 'help' : mode,
    rows: new Set(listOf(values.rows, rowNames)),
    clients: listOf(values.clients, clientNames),
    latenciesMs: latency.split(',').map(numberOf),
    runs: numberOf(values.runs),
    channels: listOf(values.channels, channels),
    changes: numberOf(values.changes),
    minutes: numberOf(values.minutes),
    empty: values.empty,
    seconds: numberOf(values.seconds),
    events: numberOf(values.events === '' ? (eventsOf[mode] ?? '400000') : values.events),
    logFolder: values.log === undefined ? undefined : resolve(values.log),
    months: numberOf(values.months),
    days: numberOf(values.days),
    logMebibytes: numberOf(values['log-size']),
    files: numberOf(values.files),
    items: items.split(',').map(numberOf),
    fileBytes: numberOf(values['file-bytes']),
    flavour: oneOf(values.flavour, flavours),
    dist: resolve(values.dist),
    base: resolve(values.base),
    profileFolder: values.profile === undefined ? undefined : resolve(values.profile),
    slow: values.slow,
    json: values.json,
  };
}

const eventsOf: Partial<Record<string, string>> = { log: '1000000', inspect: '1000000', explain: '500000' };

const itemsOf: Partial<Record<string, string>> = {
  idle: '100000',
  mass: '10000',
  start: '20000',
  replay: '20000',
  explain: '20000',
  log: '20000',
  inspect: '20000',
};

const modes = [
  'compare',
  'scale',
  'mass',
  'latency',
  'processes',
  'idle',
  'flood',
  'start',
  'replay',
  'explain',
  'log',
  'inspect',
] as const;
export type Mode = (typeof modes)[number];

const clientNames = ['tidemark', 'onedrive', 'rclone'] as const satisfies readonly ClientName[];

const listOf = <Name extends string>(text: string, names: readonly Name[]): Name[] =>
  text.split(',').map((each) => oneOf(each, names));

function oneOf<Name extends string>(text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Error(`'${text}' is none of ${names.join(', ')}`);
  return found;
}

function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`'${text}' is no whole number`);
  return Number(text);
}
