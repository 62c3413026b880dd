/** The settings that `what-if` tries instead of the recorded ones, from the command line or from the page of the inspector. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createRulesFor, decidesNothing, policyWith, rulesWithPlugin, settingsRules } from '@tidemark/daemon';
import type { WhatIf } from '@tidemark/engine';
import { configOptions, loadSettings, type Settings, tidemarkOptions } from '@tidemark/settings';
import type { CommandContext } from './context.ts';

export interface OtherSettings {
  /** Options by their names in the configuration, as typed. */
  readonly policy: readonly { readonly option: string; readonly value: string }[];
  /** A configuration file whose settings take the place of all recorded ones. */
  readonly config?: string | undefined;
  /** The text of a `sync_list`. */
  readonly syncList?: string | undefined;
  /** The file of a plugin whose rules take the place of those of the plugin of its name. */
  readonly plugin?: string | undefined;
}

export type OtherPolicy = Pick<WhatIf, 'policy' | 'rulesFor'>;

/** Lines: what is wrong with the settings. Without any of them the recorded policy holds. Throws SetupError. */
export async function otherPolicy(
  wish: OtherSettings,
  context: CommandContext,
  recordedRules: WhatIf['rulesFor'],
): Promise<OtherPolicy | readonly string[]> {
  const wished = settingsFor(wish, context);
  if (Array.isArray(wished)) return wished;
  const settings = wished as Wished | null;
  const withSettings: WhatIf['policy'] =
    settings === null ? (policy) => policy : policyWith(settings.settings, settings.options);
  const { syncList } = wish;
  return {
    policy(recorded) {
      const policy = withSettings(recorded);
      return syncList === undefined ? policy : { ...policy, filter: { ...policy.filter, syncList } };
    },
    rulesFor: await rulesWith(wish.plugin, settings, context, recordedRules),
  };
}

/** Throws SetupError. */
async function rulesWith(
  plugin: string | undefined,
  settings: Wished | null,
  { profile }: CommandContext,
  recordedRules: WhatIf['rulesFor'],
): Promise<WhatIf['rulesFor']> {
  const other = settings?.options === 'all' ? { ...profile, settings: settings.settings } : profile;
  if (plugin !== undefined) return createRulesFor(await rulesWithPlugin(other, resolve(plugin)));
  return other === profile ? recordedRules : createRulesFor(await settingsRules(other));
}

interface Wished {
  readonly settings: Settings;
  readonly options: readonly (keyof Settings)[] | 'all';
}

/** Null: the recorded policy holds. Lines: what is wrong with the settings. */
function settingsFor(
  { policy, config }: OtherSettings,
  { commandLine, profile }: CommandContext,
): Wished | readonly string[] | null {
  if (policy.length === 0 && config === undefined) return null;
  if (config !== undefined && !existsSync(config)) return [`ERROR: There is no file ${config}`];
  const own = policy.filter(({ option }) => Object.hasOwn(tidemarkOptions, option));
  const others = policy.filter(({ option }) => Object.hasOwn(configOptions, option));
  const unknown = policy.find((one) => !own.includes(one) && !others.includes(one));
  if (unknown !== undefined) return [`ERROR: There is no option "${unknown.option}"`];
  const lines = (set: OtherSettings['policy']): string =>
    set.map(({ option, value }) => `${option} = "${value}"\n`).join('');
  const text = config === undefined ? '' : readFileSync(config, 'utf8');
  const loaded = loadSettings({
    commandLine,
    files: {
      config: { path: config ?? '--policy', origin: 'user', text: `${text}\n${lines(others)}` },
      tidemarkConfig: { path: '--policy', text: lines(own) },
    },
    environment: { home: profile.locations.home, version: `v${profile.version}` },
  });
  if (!loaded.ok) return loaded.lines;
  const { settings } = loaded;
  if (config !== undefined) return { settings, options: 'all' };
  const options = policy.map(({ option }) => option as keyof Settings);
  const idle = options.find((option) => decidesNothing(settings, option));
  return idle === undefined
    ? { settings, options }
    : [`ERROR: The option "${idle}" steers no decision: a run with another value decides the same`];
}
