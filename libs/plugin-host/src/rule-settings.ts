/**
 * The settings that the rules of a plugin see: those that they name, and no others. They go into the log, so that a replay gives
 * the same ones to the rules; a setting that its author does not name, as a token, never gets there.
 */
import type { Plugin } from '@tidemark/plugin-sdk';
import { readConfig } from './read-config.ts';
import { SetupError } from './setup-error.ts';

export type RuleSettings = Readonly<Record<string, unknown>>;

const bytesMax = 64 * 1024;

/** `config`: as it stands in the settings, not checked yet. Undefined for a plugin without rules. Throws SetupError. */
export function ruleSettings(plugin: Plugin, config: unknown): RuleSettings | undefined {
  if (plugin.rules === undefined) return undefined;
  return seenOf(plugin, readConfig(plugin, config));
}

/** Throws SetupError. */
function seenOf(plugin: Plugin, config: Readonly<Record<string, unknown>>): RuleSettings {
  const { name, rules } = plugin;
  const seen = Object.fromEntries(
    (rules?.settings ?? []).flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]]])),
  );
  for (const [key, value] of Object.entries(seen))
    if (!isJson(value))
      throw new SetupError(
        name,
        `its rules see the setting "${key}", which is no JSON, so the log cannot keep it`,
        'Let its schema give plain values, and make of them what the rules need in the rules',
      );
  const text = JSON.stringify(seen);
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax)
    throw new SetupError(
      name,
      `the settings that its rules see take ${bytes} bytes, and the log keeps ${bytesMax} of each plugin`,
      `Make them shorter in plugins/${name}.json of the configuration directory`,
    );
  return frozen(JSON.parse(text));
}

/**
 * Of a run: what the log kept of it. A log of an earlier version kept nothing, and then the present settings hold. What the plugin
 * had no setting for then is as by default. To read a setting that the rules do not name throws.
 */
export function recordedSettings(
  plugin: Plugin,
  recorded: RuleSettings | undefined,
  present: RuleSettings,
): RuleSettings {
  const byDefault = plugin.config?.safeParse({});
  const defaults = byDefault?.success === true ? (byDefault.data as Record<string, unknown>) : {};
  const settings = { ...seenOf(plugin, defaults), ...structuredClone(recorded ?? present) };
  for (const key of unnamed(plugin)) {
    if (Object.hasOwn(settings, key)) continue;
    Object.defineProperty(settings, key, {
      get() {
        throw new Error(`its rules do not name the setting "${key}" (rules: { settings: ["${key}"] })`);
      },
    });
  }
  return frozen(settings);
}

function unnamed({ config, rules }: Plugin): readonly string[] {
  const named: readonly string[] = rules?.settings ?? [];
  const shape = config !== undefined && 'shape' in config ? config.shape : {};
  return Object.keys(shape ?? {}).filter((key) => !named.includes(key));
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) &&
    Object.values(value).every((one) => one === undefined || isJson(one))
  );
}

/** A rule must not change what the log says of its settings. */
function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}
