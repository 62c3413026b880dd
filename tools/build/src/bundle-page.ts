/** Puts the page of the inspector into files that a browser reads as they are: one script, one style sheet, the document, the icon. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** `source`: the folder with `main.tsx`. @returns the modules that it consists of. Throws when an import cannot be resolved. */
export async function bundlePage(source: string, folder: string): Promise<readonly string[]> {
  const modules = await bundleScript(source, folder);
  await writeRest(source, folder);
  return modules;
}

async function bundleScript(source: string, folder: string): Promise<readonly string[]> {
  const build = await rolldown({
    input: { page: join(source, 'main.tsx') },
    platform: 'browser',
    transform: {
      jsx: { runtime: 'automatic', importSource: 'preact' },
      define: { 'process.env.NODE_ENV': '"production"' },
    },
    onLog: (level, log) => {
      if (level === 'warn' && log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  try {
    const written = await build.write({
      ...{ dir: folder, format: 'esm', entryFileNames: '[name].js', minify: true },
    });
    return written.output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  } finally {
    await build.close();
  }
}

async function writeRest(source: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const charts = createRequire(join(source, 'main.tsx')).resolve('uplot/dist/uPlot.min.css');
  const parts = importsOf(await readFile(join(source, 'page.css'), 'utf8')).map((path) => join(source, path));
  const styles = await Promise.all([charts, ...parts].map((path) => readFile(path, 'utf8')));
  await writeFile(join(folder, 'page.css'), styles.join('\n'));
  for (const name of ['index.html', 'icon.svg'])
    await writeFile(join(folder, name), await readFile(join(source, name)));
}

/** Paths of the style sheets that another one consists of. */
const importsOf = (sheet: string): readonly string[] =>
  [...sheet.matchAll(/^@import '(.+)';$/gm)].flatMap(([, path]) => path ?? []);
