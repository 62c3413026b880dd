/** Loads a plugin that is not ours, from a file or a package, and checks that it is one before anything of it is used. */
import { readFileSync, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandEffects } from '@tidemark/contracts';
import {
  asFileOf,
  assertFitsSdk,
  catchStrayErrors,
  completePlugin,
  pluginName,
  SetupError,
} from '@tidemark/plugin-host';
import type { AnyPlugin, Plugin } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';
import { inGeneration } from './plugin-generations.ts';
import { packageAddress, shareModules } from './shared-modules.ts';

export interface LoadedFrom {
  /** With the version of its package where it names none itself. */
  readonly plugin: AnyPlugin;
  /** As it was asked for. */
  readonly reference: string;
}

/**
 * `reference`: a path (absolute, or with a leading dot or tilde, from `folder`), or the name of a package that is installed in
 * `folder`. Throws SetupError.
 */
export async function loadPlugin(
  reference: string,
  { folder, home }: { readonly folder: string; readonly home: string },
): Promise<LoadedFrom> {
  await shareModules();
  catchStrayErrors();
  const path = pathIn(reference, folder, home);
  const address =
    path === null ? packageAddress(folder, reference) : inGeneration(reference, fileAddress(reference, path));
  const load = async (): Promise<AnyPlugin> => {
    const loaded: unknown = await import(address).catch((error: unknown) => {
      throw cannotLoad(reference, folder, error, path === null);
    });
    return checked(reference, exported(reference, loaded));
  };
  const plugin = await asFileOf(load, ({ name }) => name);
  const version = plugin.version ?? (path === null ? packageVersion(reference, folder) : '0.0.0');
  return { reference, plugin: { ...plugin, version } };
}

/** The plugin with its settings: whole, and checked. Throws SetupError. */
export function withSettings({ plugin, reference }: LoadedFrom, config: unknown): Plugin {
  const whole = completePlugin(plugin, config);
  return whole === plugin ? whole : checked(reference, whole);
}

/** Where it lies, without loading anything of it; null when there is no such package. */
export function placeOfPlugin(
  reference: string,
  { folder, home }: { readonly folder: string; readonly home: string },
): string | null {
  const path = pathIn(reference, folder, home);
  if (path !== null) return path;
  try {
    const manifest = manifestOf(reference, folder);
    return manifest === undefined ? null : dirname(manifest);
  } catch (error) {
    // Loading it says what is wrong with it.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

export const isPath = (reference: string): boolean => /^(?:\/|\.{1,2}\/|~\/)/.test(reference);

function pathIn(reference: string, folder: string, home: string): string | null {
  if (!isPath(reference)) return null;
  if (reference.startsWith('~/')) return resolve(home, reference.slice(2));
  return isAbsolute(reference) ? reference : resolve(folder, reference);
}

function fileAddress(reference: string, path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new SetupError(
      reference,
      `there is no file ${path}`,
      'Correct its path in plugins of tidemark.conf',
    );
  if (!found.isFile())
    throw new SetupError(reference, `${path} is no file`, 'Name the file whose default export is the plugin');
  if ((found.mode & 0o002) !== 0) {
    throw new SetupError(
      reference,
      `everybody on this machine can change ${path}, and it would run with your access`,
      `Run: chmod o-w '${path}'`,
    );
  }
  return pathToFileURL(path).href;
}

function cannotLoad(reference: string, folder: string, error: unknown, isPackage: boolean): SetupError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (isPackage && code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${reference}'`)) {
    return new SetupError(
      reference,
      `no package of that name is installed in ${folder}`,
      `Run: npm install --prefix '${folder}' ${reference}, or give the path of its file, beginning with / or ./`,
    );
  }
  // Of a message with a place in it, the first line says what and where.
  return new SetupError(
    reference,
    `it cannot be loaded: ${message.split('\n')[0] ?? ''}`,
    'Correct it, or take it out of plugins in tidemark.conf',
  );
}

const callable = z.custom<(...given: never) => unknown>(
  (value) => typeof value === 'function',
  'is no function',
);

/** What is read first: a plugin for another SDK may have another shape. */
const declaredSdk = z.object({
  name: z.string().regex(pluginName).optional().catch(undefined),
  sdk: z.string(),
});

const shape = z.object({
  name: z.string().regex(pluginName, 'must be lower-case letters, digits and dashes'),
  version: z.string().min(1).max(50).optional(),
  sdk: z.string().max(200).optional(),
  needs: z
    .strictObject({
      drive: z.enum(['read', 'write']),
      disk: z.enum(['read', 'write']),
      events: z.literal(true),
      output: z.literal(true),
      listen: z.literal('http'),
      connect: z.array(z.string()),
      request: z.array(z.union([z.string(), z.strictObject({ setting: z.string() })])),
      relay: z.literal(true),
      notifications: z.literal(true),
      secrets: z.literal(true),
      store: z.literal(true),
      desktop: z.literal(true),
      files: z.strictObject({ setting: z.string() }),
    })
    .partial()
    .optional(),
  config: z
    .custom((value) => typeof value === 'object' && value !== null && 'safeParse' in value, 'is no schema')
    .optional(),
  work: callable.optional(),
  order: z.enum(['first', 'last']).optional(),
  setup: callable.optional(),
  dispose: callable.optional(),
  observe: callable.optional(),
  on: z
    .strictObject({
      finished: callable.optional(),
      conflict: callable.optional(),
      problem: callable.optional(),
      held: callable.optional(),
      rested: callable.optional(),
    })
    .optional(),
  handle: z
    .record(z.string(), callable)
    .refine((handle) => Object.keys(handle).every((type) => Object.hasOwn(commandEffects, type)), {
      error: ({ input }) => `there is no command ${unknownCommands(input).join(', ')}`,
    })
    .optional(),
  content: z
    .strictObject({
      format: z.union([z.string(), callable]),
      applies: callable.optional(),
      up: callable,
      down: callable,
    })
    .optional(),
  rules: z
    .strictObject({
      settings: z.array(z.string()),
      facts: z.literal(true),
      markers: z.array(z.string().min(1).max(255)).max(20),
      ignore: callable,
      resolve: callable,
    })
    .partial()
    .optional(),
});

const unknownCommands = (handle: unknown): string[] =>
  Object.keys(handle ?? {}).filter((type) => !Object.hasOwn(commandEffects, type));

function exported(reference: string, loaded: unknown): unknown {
  if (typeof loaded === 'object' && loaded !== null && 'default' in loaded) return loaded.default;
  throw new SetupError(reference, 'it has no default export', 'Write: export default definePlugin({ … })');
}

function checked(reference: string, plugin: unknown): Plugin {
  if (typeof plugin === 'function')
    throw new SetupError(
      reference,
      'its default export is a function, whose name in the settings nobody knows before it is called',
      'Write: export default definePlugin({ name, config }, (config) => ({ … }))',
    );
  const declared = declaredSdk.safeParse(plugin);
  if (declared.success) assertFitsSdk({ name: declared.data.name ?? reference, sdk: declared.data.sdk });
  const read = shape.safeParse(plugin);
  // What was read is what the types of the SDK say; the object itself is used, since its functions may know each other.
  if (read.success) return plugin as Plugin;
  const faults = read.error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new SetupError(
    reference,
    `its default export is no plugin: ${faults.join('; ')}`,
    'Make it with definePlugin of @tidemark/plugin-sdk, which checks this while you write',
  );
}

const manifestOf = (name: string, folder: string): string | undefined =>
  findPackageJSON(name, pathToFileURL(`${folder}/plugins.js`));

function packageVersion(name: string, folder: string): string {
  const manifest = manifestOf(name, folder);
  if (manifest === undefined) return '0.0.0';
  const read = z.object({ version: z.string() }).safeParse(JSON.parse(readFileSync(manifest, 'utf8')));
  return read.success ? read.data.version : '0.0.0';
}
