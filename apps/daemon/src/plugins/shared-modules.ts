/**
 * Modules that a plugin from elsewhere gets from us: the SDK, so that a single file is a whole plugin and speaks our version,
 * and RxJS where it brings none of its own.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { asImportedBy } from './plugin-generations.ts';

const scheme = 'tidemark-shared:';
/** Resolves like a name imported from a folder: `tidemark-plugin:<folder>?<name>`. */
const packageScheme = 'tidemark-plugin:';

type Namespace = Readonly<Record<string, unknown>>;
const modules = new Map<string, Namespace>();
/** The loaded modules as generated code reaches them. */
const place = Symbol.for('tidemark.shared-modules');

let prepared: Promise<void> | null = null;

/** After it resolves, imports of any module can be answered with ours. */
export const shareModules = (): Promise<void> => (prepared ??= prepare());

/** The address under which `import()` finds a package as if a module in `folder` had asked for it. */
export const packageAddress = (folder: string, name: string): string =>
  `${packageScheme}${encodeURIComponent(folder)}?${encodeURIComponent(name)}`;

async function prepare(): Promise<void> {
  modules.set('@tidemark/plugin-sdk', await import('@tidemark/plugin-sdk'));
  modules.set('@tidemark/plugin-sdk/unstable', await import('@tidemark/plugin-sdk/unstable'));
  modules.set('rxjs', await import('rxjs'));
  Object.defineProperty(globalThis, place, { value: modules });
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith(packageScheme)) {
        const [folder = '', name = ''] = specifier.slice(packageScheme.length).split('?');
        const parentURL = pathToFileURL(`${decodeURIComponent(folder)}/plugins.js`).href;
        return next(decodeURIComponent(name), { ...context, parentURL });
      }
      if (isSdk(specifier)) return { url: scheme + specifier, shortCircuit: true };
      try {
        const found = next(specifier, context);
        return { ...found, url: asImportedBy(context.parentURL, found.url) };
      } catch (error) {
        if (!modules.has(specifier)) throw error;
        return { url: scheme + specifier, shortCircuit: true };
      }
    },
    load(url, context, next) {
      if (!url.startsWith(scheme)) return next(url, context);
      const name = url.slice(scheme.length);
      return { format: 'module', source: sourceOf(name), shortCircuit: true };
    },
  });
}

const isSdk = (specifier: string): boolean =>
  /^@tidemark\/plugin-sdk(?:$|\/)/.test(specifier) && modules.has(specifier);

function sourceOf(name: string): string {
  const names = Object.keys(modules.get(name) ?? {}).filter(
    (one) => /^[A-Za-z_$][\w$]*$/.test(one) && one !== 'default',
  );
  return [
    `const shared = globalThis[Symbol.for('tidemark.shared-modules')].get(${JSON.stringify(name)});`,
    ...names.map((one) => `export const ${one} = shared[${JSON.stringify(one)}];`),
  ].join('\n');
}
