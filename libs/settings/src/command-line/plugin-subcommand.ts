/** `plugin`: its steps, what each works on, and its own options. */
import type { Action } from './command-line.ts';
import { define, json, optional } from './define-subcommand.ts';
import type { SubcommandInput } from './subcommands.ts';
import type { Switch } from './switches.ts';

/** What each step of `plugin` works on, and its own options. */
const pluginSteps = {
  list: {
    operands: [],
    takes: ['json'],
    summary:
      'List the plugins that a run would have: name, version, whether the daemon runs it, what it handles',
  },
  check: {
    operands: ['NAME|PATH'],
    takes: ['json'],
    summary:
      'Load a plugin with its settings, without calling anything of it, and say what it asks for, whether it fits this Tidemark, and where it can run',
  },
  why: {
    operands: ['NAME'],
    takes: ['json'],
    summary:
      'Say what a plugin was granted, what it did and how long that took, and what failed last: of the running monitor, or of the log',
  },
  new: {
    operands: ['NAME'],
    takes: ['in'],
    summary: 'Make a project of that name: a plugin, its test, and the packages that both are built on',
  },
  dev: {
    operands: ['FILE'],
    takes: ['settings'],
    summary:
      'Run a daemon with the plugin of this file, on a simulated drive and throwaway folders; what is saved is loaded at once',
  },
  run: {
    operands: ['NAME|PATH'],
    takes: ['bus', 'drive', 'json'],
    summary:
      'Run a plugin in this process, for a daemon elsewhere that names it in remote_plugins or, one of ours, in plugin_process',
  },
  key: {
    operands: ['NAME|engine'],
    takes: ['drive'],
    summary:
      'Make the key of a plugin, and that of the daemon, and print what the NATS server has to know of both',
  },
} as const;

const own: readonly Switch[] = [
  { long: 'in', argument: 'FOLDER', summary: 'With new: make the folder of the project in this one' },
  { long: 'settings', argument: 'FILE', summary: "With dev: the plugin's settings, as JSON" },
  { long: 'bus', argument: 'ADDRESS', summary: 'With run: the NATS server, as nats://host:port' },
  { long: 'drive', argument: 'ID', summary: "With run and key: the drive, as 'status' shows it" },
];

export const pluginSubcommand = define(
  'plugin',
  'List plugins; check one; say what one was granted, what its handlers did and what failed last (why); make a new one; try one on a simulated drive; run one in a process of its own, or make its key for a NATS server',
  [Object.keys(pluginSteps).join('|'), '[NAME|PATH]'],
  [json, ...own],
  pluginAction,
  Object.entries(pluginSteps).map(([name, step]) => ({ name, ...step })),
);

function pluginAction({ operands: [step = '', reference], output, value }: SubcommandInput): Action | string {
  if (!isPluginStep(step)) return `Unknown step '${step}': use ${Object.keys(pluginSteps).join(', ')}`;
  const { operands, takes } = pluginSteps[step];
  const known: readonly string[] = takes;
  const odd = ['json', ...own.map(({ long }) => long)].find(
    (option) => value(option) !== undefined && !known.includes(option),
  );
  if (odd !== undefined) return `--${odd} cannot be used with 'plugin ${step}'`;
  if (step === 'list')
    return reference === undefined
      ? { type: 'plugin', step, output }
      : `Unexpected argument '${reference}' for 'plugin list'`;
  if (reference === undefined) return `Missing ${operands.join()}: 'plugin ${step} ${operands.join()}'`;
  switch (step) {
    case 'new':
      return { type: 'plugin', step, name: reference, ...optional('folder', value('in')) };
    case 'dev':
      return { type: 'plugin', step, file: reference, ...optional('settingsFile', value('settings')) };
    case 'key':
      return { type: 'plugin', step, reference, ...optional('drive', value('drive')) };
    case 'run':
      return {
        ...{ type: 'plugin', step, reference, output },
        ...optional('bus', value('bus')),
        ...optional('drive', value('drive')),
      };
    default:
      return { type: 'plugin', step, reference, output };
  }
}

const isPluginStep = (step: string): step is keyof typeof pluginSteps => Object.hasOwn(pluginSteps, step);
