/** `plugin`: its steps, what each works on, and its own options. */
import type { Action } from './command-line.ts';
import { define, json, optional } from './define-subcommand.ts';
import type { SubcommandInput } from './subcommands.ts';

export const pluginSubcommand = define(
  'plugin',
  'List plugins; check one; say what one was granted, what its handlers did and what failed last (why); make a new one; try one on a simulated drive; run one in a process of its own, or make its key for a NATS server',
  ['list|check|why|new|dev|run|key', '[NAME|PATH]'],
  [
    json,
    { long: 'in', argument: 'FOLDER', summary: 'With new: make the folder of the project in this one' },
    { long: 'settings', argument: 'FILE', summary: "With dev: the plugin's settings, as JSON" },
    { long: 'bus', argument: 'ADDRESS', summary: 'With run: the NATS server, as nats://host:port' },
    { long: 'drive', argument: 'ID', summary: "With run and key: the drive, as 'status' shows it" },
  ],
  pluginAction,
);

/** What each step of `plugin` works on, and its own options. */
const pluginSteps = {
  list: { needs: null, options: [] },
  check: { needs: 'NAME|PATH', options: [] },
  why: { needs: 'NAME', options: [] },
  new: { needs: 'NAME', options: ['in'] },
  dev: { needs: 'FILE', options: ['settings'] },
  run: { needs: 'NAME|PATH', options: ['bus', 'drive'] },
  key: { needs: 'NAME', options: ['drive'] },
} as const;

function pluginAction({ operands: [step = '', reference], output, value }: SubcommandInput): Action | string {
  if (!isPluginStep(step)) return `Unknown step '${step}': use ${Object.keys(pluginSteps).join(', ')}`;
  const { needs, options } = pluginSteps[step];
  const known: readonly string[] = options;
  const odd = ['in', 'settings', 'bus', 'drive'].find(
    (option) => value(option) !== undefined && !known.includes(option),
  );
  if (odd !== undefined) return `--${odd} cannot be used with 'plugin ${step}'`;
  if (output === 'json' && (step === 'new' || step === 'dev' || step === 'key'))
    return `--json cannot be used with 'plugin ${step}'`;
  if (step === 'list')
    return reference === undefined
      ? { type: 'plugin', step, output }
      : `Unexpected argument '${reference}' for 'plugin list'`;
  if (reference === undefined) return `Missing ${needs}: 'plugin ${step} ${needs}'`;
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
