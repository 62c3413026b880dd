/**
 * The one native part, LevelDB. `classic-level` looks for its addon in its own folder, which a bundle has not: its
 * `./binding` is replaced by the addon itself, copied beside the bundle.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { RolldownPlugin } from 'rolldown';

const addon = 'classic-level.node';

export function nativeAddon(): RolldownPlugin {
  return {
    name: 'native-addon',
    resolveId(source, importer) {
      if (source !== './binding' || importer === undefined || !importer.includes('/classic-level/'))
        return null;
      return { id: `./${addon}`, external: true };
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: addon, source: await readFile(locateAddon()) });
    },
  };
}

/** The prebuilt addon for this machine. Throws when there is none. */
function locateAddon(): string {
  const fromLog = createRequire(new URL('../../../libs/event-log/package.json', import.meta.url));
  const fromLevel = createRequire(fromLog.resolve('level'));
  const folder = dirname(fromLevel.resolve('classic-level/package.json'));
  const locate: { readonly path: (folder: string) => string } = createRequire(`${folder}/index.js`)(
    'node-gyp-build',
  );
  return locate.path(folder);
}
