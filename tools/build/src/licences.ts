/** Licences of what a bundle took in: they ask that their text goes along. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param moduleIds paths of modules. Throws for a package that neither names its licence nor comes with its text. */
export async function licencesOf(moduleIds: readonly string[]): Promise<string> {
  const folders = new Set(moduleIds.flatMap((id) => packageFolder(id) ?? []));
  const found = await Promise.all([...folders].toSorted().map(licenceOf));
  const byText = Map.groupBy(found, ({ text }) => text);
  const parts = [...byText].map(
    ([text, packages]) => `${packages.map(({ name }) => name).join('\n')}\n\n${text}`,
  );
  return parts.join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** The innermost package that a module is part of. */
const packageFolder = (id: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace('\0', ''))?.[0];

async function licenceOf(folder: string): Promise<{ readonly name: string; readonly text: string }> {
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const { name, version, license } = manifest;
  const files = await readdir(folder);
  // What a package was compiled with has licences of its own.
  const compiled = files.includes('deps') ? await readdir(join(folder, 'deps'), { recursive: true }) : [];
  const paths = [...files, ...compiled.map((path) => `deps/${path}`)].filter((path) =>
    /(?:^|\/)(?:licen[cs]e|copying)(?:\.\w+)?$/i.test(path),
  );
  if (paths.length === 0 && typeof license !== 'string') throw new Error(`${folder} names no licence`);
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  return { name: `${name} ${version}: ${license}`, text: texts.map((text) => text.trim()).join('\n\n') };
}
