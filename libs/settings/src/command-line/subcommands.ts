/** Tidemark's own commands as a table: what each takes, and what it becomes. */
import type { Action, Output } from './command-line.ts';
import { define, json, optional } from './define-subcommand.ts';
import { bisect, explain, incident, replay, whatIf } from './log-subcommands.ts';
import { pluginSubcommand } from './plugin-subcommand.ts';
import { conflictsSubcommand, undoSubcommand } from './undo-subcommands.ts';
import { ownSwitch, settingSwitches, type Switch } from './switches.ts';

export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** Names for the help; in brackets when it may be left out, with dots when it may repeat. */
  readonly operands: readonly string[];
  readonly switches: readonly Switch[];
  /** What its first operand may be, where that says what is done: each has a help of its own. */
  readonly steps: readonly Step[];
  /** @returns the action, or the sentence that says what is wrong. */
  readonly toAction: (input: SubcommandInput) => Action | string;
}

export interface Step {
  readonly name: string;
  /** Those after its name. */
  readonly operands: readonly string[];
  readonly summary: string;
  /** Those switches of the subcommand, by their long names, that it takes; the ones that every subcommand has, it takes as well. */
  readonly takes: readonly string[];
}

export interface SubcommandInput {
  readonly operands: readonly string[];
  /** The last value of a switch. */
  readonly value: (long: string) => string | undefined;
  readonly values: (long: string) => readonly string[];
  readonly output: Output;
}

const item: Switch = { long: 'item', argument: 'PATH', summary: 'Only this item' };
const running: readonly Switch[] = [
  ...settingSwitches,
  ownSwitch('single-directory'),
  ownSwitch('force'),
  ownSwitch('sync-shared-files'),
  json,
];

/** In the order of the help. */
export const subcommands: readonly Subcommand[] = [
  define('sync', 'Sync once', [], running, ({ output }) => ({ type: 'sync', output })),
  define('monitor', 'Keep syncing until stopped', [], running, ({ output }) => ({ type: 'monitor', output })),
  define(
    'status',
    'Show what is in sync, waiting, failed or in conflict',
    [],
    [json, { long: 'check', summary: 'Only fail when no monitor runs, or it stands still' }],
    ({ output, value }) => ({ type: 'status', output, check: value('check') === 'true' ? 'yes' : 'no' }),
  ),
  define(
    'pause',
    'Let a running monitor change nothing on either side for a while; it goes on watching both',
    [],
    [
      { long: 'for', argument: 'SPAN', summary: 'So long, as 45m, 2h or 1d' },
      { long: 'until', argument: 'TIME', summary: 'Until then, as 18:00 or 2026-01-31T18:00' },
    ],
    ({ value }) =>
      value('for') !== undefined && value('until') !== undefined
        ? '--for and --until cannot be used together'
        : { type: 'pause', ...optional('forText', value('for')), ...optional('untilText', value('until')) },
  ),
  define('resume', 'End the pause of a running monitor', [], [], () => ({ type: 'resume' })),
  define('plan', 'Show what would be done, and why', [], [...running, item], (input) => ({
    type: 'plan',
    output: input.output,
    ...optional('item', input.value('item')),
  })),
  define(
    'apply',
    'Do exactly a plan, if it is still the one with this hash; or let what waits for a confirmation go on, by its hash or with --force',
    ['[HASH]'],
    [
      ...running,
      {
        long: 'plan',
        argument: 'FILE',
        summary: "The plan, as 'plan --json' printed it: says what changed since",
      },
    ],
    ({ operands: [hash], output, value }) => {
      const given = [hash, value('plan'), value('force')].filter((one) => one !== undefined);
      if (given.length !== 1)
        return "'apply' takes the HASH that 'tidemark plan' or 'tidemark status' shows, --plan FILE, or --force for whatever waits";
      return { type: 'apply', output, ...optional('hash', hash), ...optional('planFile', value('plan')) };
    },
  ),
  define(
    'log',
    'Show what happened',
    ['[LOG]'],
    [
      json,
      item,
      { long: 'since', argument: 'TIME', summary: 'Only events after a time, or within a duration as 2h' },
      { long: 'type', argument: 'TYPE', summary: 'Only events of this type; may repeat' },
      { long: 'plugin', argument: 'NAME', summary: 'Only events of this plugin' },
      { long: 'follow', summary: 'Go on with new events' },
    ],
    (input) => ({
      type: 'log',
      output: input.output,
      ...optional('log', input.operands[0]),
      types: input.values('type'),
      follow: input.value('follow') === 'true' ? 'yes' : 'no',
      ...optional('since', input.value('since')),
      ...optional('item', input.value('item')),
      ...optional('plugin', input.value('plugin')),
    }),
  ),
  explain,
  define(
    'why-excluded',
    'Say which rule keeps a path out of the sync, where it is written, and what would let the path in',
    ['PATH'],
    [json],
    ({ operands: [path = ''], output }) => ({ type: 'whyExcluded', path, output }),
  ),
  replay,
  bisect,
  whatIf,
  incident,
  define(
    'inspect',
    'Open the inspector on this client or on a saved log',
    ['[PATH]'],
    [
      {
        long: 'port',
        argument: 'PORT',
        summary: 'Listen on this port of loopback; otherwise on any free one',
      },
    ],
    ({ operands, value }) => {
      const port = value('port');
      if (port !== undefined && !isPort(port)) return `--port takes a number from 1 to 65535, not '${port}'`;
      return {
        type: 'inspect',
        ...optional('log', operands[0]),
        ...(port !== undefined && { port: Number(port) }),
      };
    },
  ),
  undoSubcommand,
  conflictsSubcommand,
  define(
    'doctor',
    'Find out what is wrong with the set-up',
    ['[webhook]'],
    [
      json,
      { long: 'nginx', summary: 'With webhook: print the configuration for nginx' },
      { long: 'hardened', summary: 'With --nginx: the stricter form' },
      {
        long: 'allow-list',
        argument: 'FILE',
        summary: 'With --nginx: only addresses in this file may send; one address or range in each line',
      },
      {
        long: 'live',
        summary:
          'With webhook: make and delete a folder on the drive, so that the service sends a notification',
      },
    ],
    ({ operands: [topic], output, value }) => {
      if (topic !== undefined && topic !== 'webhook') return `Unknown topic '${topic}': use webhook, or none`;
      const isGiven = (long: string): boolean => value(long) === 'true';
      if (isGiven('hardened') && !isGiven('nginx')) return '--hardened can only be used with --nginx';
      const allowList = value('allow-list');
      if (allowList !== undefined && !isGiven('nginx')) return '--allow-list can only be used with --nginx';
      const onlyWebhook = ['nginx', 'live'].find(isGiven);
      if (onlyWebhook !== undefined && topic === undefined)
        return `--${onlyWebhook} can only be used with 'doctor webhook'`;
      const nginx = !isGiven('nginx') ? 'no' : isGiven('hardened') ? 'hardened' : 'plain';
      const live = isGiven('live') ? 'yes' : 'no';
      return {
        ...{ type: 'doctor', output, nginx, live },
        ...optional('topic', topic),
        ...optional('allowList', allowList),
      };
    },
  ),
  define(
    'auth',
    'Sign in, sign out, or show who is signed in',
    ['[login|logout|status]'],
    [
      json,
      { long: 'device', summary: 'Sign in with a code on another device' },
      { long: 'application-id', argument: 'ID', summary: 'Write it into the config before' },
      { long: 'tenant', argument: 'ID', summary: 'Write it into the config before, as azure_tenant_id' },
      ownSwitch('auth-files'),
      ownSwitch('auth-response'),
    ],
    ({ operands: [step = 'login'], output, value }) => {
      const ids = {
        ...optional('applicationId', value('application-id')),
        ...optional('tenant', value('tenant')),
      };
      if (step === 'login') return { type: 'auth', step, output, ...ids };
      if (step !== 'logout' && step !== 'status')
        return `Unknown step '${step}': use login, logout or status`;
      return Object.keys(ids).length === 0
        ? { type: 'auth', step, output }
        : "--application-id and --tenant can only be used with 'auth login'";
    },
  ),
  define(
    'migrate',
    'Take over what the onedrive client syncs, or say how that client takes it back',
    ['[back]'],
    [
      { long: 'dry-run', summary: 'Only show what would be done' },
      { long: 'yes', summary: 'Do not ask' },
      json,
    ],
    ({ operands: [direction = 'here'], output, value }) => {
      if (direction !== 'here' && direction !== 'back')
        return `Unknown direction '${direction}': use back, or none`;
      const isGiven = (long: string): boolean => value(long) === 'true';
      const consent = isGiven('dry-run') ? 'dryRun' : isGiven('yes') ? 'given' : 'ask';
      return { type: 'migrate', direction, consent, output };
    },
  ),
  pluginSubcommand,
  define(
    'relay',
    'Receive notifications for clients that cannot be reached; make a user for them; or show how the relay is',
    ['[run|user|status]'],
    [json, { long: 'check', summary: 'With status: only fail when no relay runs' }],
    ({ operands: [step = 'run'], output, value }) => {
      const check = value('check') === 'true' ? 'yes' : 'no';
      if (step === 'status') return { type: 'relay', step, output, check };
      if (check === 'yes') return "--check can only be used with 'relay status'";
      if (step === 'run') return { type: 'relay', step, output };
      if (step !== 'user') return `Unknown step '${step}': use run, user or status`;
      return output === 'json' ? "--json cannot be used with 'relay user'" : { type: 'relay', step };
    },
  ),
];

const isPort = (text: string): boolean =>
  /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
