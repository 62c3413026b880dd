/** Puts the command and everything it imports into flat ES modules; what is imported dynamically is loaded when needed. */
import { type RolldownPlugin, rolldown } from 'rolldown';
import { nativeAddon } from './native-addon.ts';
import { plainHttp } from './plain-http.ts';
import { slimUndici } from './slim-undici.ts';

/**
 * `entry` becomes `main.mjs` in `folder`. @returns the modules that it consists of. Throws when an import cannot be resolved or a warning
 * says it may not run.
 */
export async function bundle(entry: string, folder: string): Promise<readonly string[]> {
  const build = await rolldown({
    input: { main: entry },
    platform: 'node',
    external: /^node:(?!http$)/,
    makeAbsoluteExternalsRelative: false,
    treeshake: true,
    plugins: [nativeAddon(), slimUndici(), plainHttp()] satisfies RolldownPlugin[],
    onLog: (level, log) => {
      // Third parties' directives and re-exports are not ours to mend; a missing import is.
      if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  try {
    const { output } = await build.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
      assetFileNames: '[name][extname]',
      // Comments and spaces cost start-up time; names are kept for the diagnostics.
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    });
    return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  } finally {
    await build.close();
  }
}
