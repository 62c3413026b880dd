/** `plugin check`: loads one plugin with its settings, and says what it asks for and what it would do. Nothing of it is called. */
import { existsSync } from 'node:fs';
import { escaped } from '@tidemark/disk';
import { assertCanLeave, folderIn, readConfig, requestedHosts, SetupError } from '@tidemark/plugin-host';
import { sdkVersion } from '@tidemark/plugin-sdk';
import type { CommandContext } from '../context.ts';
import { type Chosen, choosePlugin, fromHere, pluginsOfRun } from './choose-plugin.ts';

/** Throws SetupError: it cannot be loaded, does not fit, or its settings are not valid. */
export async function checkPlugin(
  context: CommandContext,
  action: { readonly reference: string; readonly output: 'text' | 'json' },
): Promise<number> {
  const chosen = await choosePlugin(context, action.reference);
  const checked = await describe(context, chosen, action.reference);
  if (action.output === 'json') context.output.line(JSON.stringify(checked));
  else for (const line of inWords(checked)) context.output.line(escaped(line));
  return 0;
}

const ruleNames = ['ignore', 'resolve'] as const;

type Checked = Awaited<ReturnType<typeof describe>>;

async function describe(context: CommandContext, chosen: Chosen, reference: string) {
  const { plugin, config } = chosen;
  const { profile } = context;
  const {
    name,
    version = profile.version,
    sdk = null,
    needs = {},
    handle = {},
    on = {},
    rules = {},
  } = plugin;
  const settingsFile = `${profile.locations.directory}/plugins/${name}.json`;
  const { here, elsewhere } = await pluginsOfRun(context);
  const others = here.filter((other) => other.plugin.name !== name);
  const settings = readConfig(plugin, config);
  return {
    ...{ name, version, from: fromHere(reference), fits: sdk, sdk: sdkVersion },
    needs: {
      ...needs,
      ...(needs.request !== undefined && { request: requestedHosts(plugin, settings) }),
      ...(needs.files !== undefined && { files: folderIn(plugin, needs.files, settings) }),
    },
    settings: existsSync(settingsFile) ? settingsFile : null,
    setsUp: plugin.setup !== undefined,
    observes: plugin.observe !== undefined,
    reacts: Object.keys(on),
    handles: Object.keys(handle).map((type) => ({
      type,
      alsoHandledBy: others.flatMap((other) =>
        Object.hasOwn(other.plugin.handle ?? {}, type) ? [other.plugin.name] : [],
      ),
    })),
    rules: ruleNames.filter((rule) => rules[rule] !== undefined),
    /** Settings that the rules see, which the log keeps. */
    logged: rules.settings ?? [],
    changesContent: plugin.content !== undefined,
    /** Why it cannot run in another process; null when it can. */
    staysHere: reasonToStay(chosen),
    isInUse: [...here.map((other) => other.plugin), ...elsewhere].some((other) => other.name === name),
  };
}

function reasonToStay({ plugin, isOurs }: Chosen): string | null {
  try {
    assertCanLeave(plugin, isOurs ? 'ours' : 'theirs');
    return null;
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}

const inWords = (checked: Checked): readonly string[] => [
  `${checked.name} ${checked.version}`,
  row('from', checked.from),
  row(
    'fits',
    checked.fits === null
      ? `any @tidemark/plugin-sdk: it names none (this Tidemark has ${checked.sdk})`
      : `@tidemark/plugin-sdk ${checked.fits} (this Tidemark has ${checked.sdk})`,
  ),
  row('needs', Object.entries(checked.needs).map(need).join('; ') || 'nothing'),
  row('settings', checked.settings ?? 'its defaults'),
  ...(checked.setsUp ? [row('setup', 'yes')] : []),
  ...(checked.observes ? [row('observes', 'yes')] : []),
  ...list('reacts', checked.reacts),
  ...list(
    'handles',
    checked.handles.map(({ type, alsoHandledBy }) =>
      alsoHandledBy.length === 0 ? type : `${type} (as ${alsoHandledBy.join(', ')})`,
    ),
  ),
  ...list('rules', checked.rules),
  ...list('logged', checked.logged),
  ...(checked.changesContent ? [row('content', 'changes it between disk and drive')] : []),
  row('process', checked.staysHere === null ? 'can be one of its own' : 'that of the daemon'),
  row('in use', checked.isInUse ? 'yes' : 'no: plugins in tidemark.conf does not name it'),
];

const row = (title: string, text: string): string => `  ${title.padEnd(9)} ${text}`;

const list = (title: string, entries: readonly string[]): readonly string[] =>
  entries.length === 0 ? [] : [row(title, entries.join(', '))];

const need = ([name, value]: readonly [string, unknown]): string =>
  value === true ? name : `${name}: ${Array.isArray(value) ? value.map(String).join(', ') : String(value)}`;
