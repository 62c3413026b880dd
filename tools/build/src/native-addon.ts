/**
 * The one native part, LevelDB. `classic-level` looks for its addon in its own folder, which a bundle has not: its
 * `./binding` is replaced by the addon itself, copied beside the bundle, once for each processor that the pinned Node runs on.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RolldownPlugin } from 'rolldown';

/** By `process.arch`: where `classic-level` keeps what was built for it, against the C library that the pinned Node needs. */
const prebuilt = { arm64: 'linux-arm64/classic-level.armv8.node', x64: 'linux-x64/classic-level.node' };

const binding = '\0native-addon';
const fileOf = (arch: string): string => `classic-level-${arch}.node`;

export function nativeAddon(): RolldownPlugin {
  return {
    name: 'native-addon',
    resolveId(source, importer) {
      if (importer === binding) return { id: source, external: true };
      if (source !== './binding' || importer === undefined || !importer.includes('/classic-level/'))
        return null;
      return { id: binding };
    },
    async load(id) {
      if (id !== binding) return null;
      const folder = locateClassicLevel();
      for (const [arch, file] of Object.entries(prebuilt)) {
        const source = await readFile(join(folder, 'prebuilds', file));
        this.emitFile({ type: 'asset', fileName: fileOf(arch), source });
      }
      const [first, second] = Object.keys(prebuilt).map((arch) => `require('./${fileOf(arch)}')`);
      return `module.exports = process.arch === '${Object.keys(prebuilt)[0]}' ? ${first} : ${second};`;
    },
  };
}

/** Throws when the package is not there. */
function locateClassicLevel(): string {
  const fromLog = createRequire(new URL('../../../libs/event-log/package.json', import.meta.url));
  const fromLevel = createRequire(fromLog.resolve('level'));
  return dirname(fromLevel.resolve('classic-level/package.json'));
}
