/** Every project looks the same from outside. */
import { complainAboutLines, type Rule, type SourceFile } from '../repository.ts';

const projectManifest = /^((?:apps|libs|plugins|tools|test)\/[^/]+)\/package\.json$/;

const projects = (
  files: readonly SourceFile[],
): { readonly folder: string; readonly manifest: SourceFile }[] =>
  files.flatMap((manifest) => {
    const folder = manifest.path.match(projectManifest)?.[1];
    return folder === undefined ? [] : [{ folder, manifest }];
  });

export const readmes: Rule = (files) => {
  const paths = new Set(files.map(({ path }) => path));
  return projects(files)
    .filter(({ folder }) => !paths.has(`${folder}/README.md`))
    .map(({ folder }) => `${folder}/README.md:1: missing`);
};

/** Dependencies are ours (`*`) or exact. */
export const exactVersions: Rule = (files) =>
  files
    .filter(({ path }) => path === 'package.json' || projectManifest.test(path))
    .flatMap((file) => {
      const { dependencies, devDependencies, optionalDependencies } = JSON.parse(file.text) as Record<
        string,
        Record<string, string> | undefined
      >;
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([name, version]) =>
          name.startsWith('@tidemark/') ? version !== '*' : !/^\d+\.\d+\.\d+$/.test(version),
        )
        .map(([name, version]) => `${file.path}:1: ${name} is "${version}", not an exact version`);
    });

const reExport = /export\s+(?:type\s+)?\{[^}]*\}\s+from\s+'[^']+';/g;
const everyType = /export\s+type\s+\*\s+from\s+'[^']+';/g;
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** `index.ts` is a list of names. Only contracts may pass on all types of a file. */
export const indexesListNames: Rule = (files) =>
  files
    .filter(({ path }) => /^(?:apps|libs|plugins|tools|test)\/[^/]+\/src\/index\.ts$/.test(path))
    .flatMap(({ path, text }) => {
      let rest = text.replace(comment, '').replace(reExport, '');
      if (path.startsWith('libs/contracts/')) rest = rest.replace(everyType, '');
      const first = rest.split('\n').find((line) => line.trim() !== '');
      return first === undefined ? [] : [`${path}:1: an index only re-exports by name, not: ${first.trim()}`];
    });

const entry = /^- \S/;
const kinds = 'Added|Changed|Fixed|Removed|Security';

/** `# Changelog`, then versions, newest first, each with kinds of change and one line for each change. */
export const changelog: Rule = (files) => {
  const file = files.find(({ path }) => path === 'CHANGELOG.md');
  if (file === undefined) return ['CHANGELOG.md:1: missing'];
  const allowed = new RegExp(
    `^(?:# Changelog|## (?:Unreleased|\\d+\\.\\d+\\.\\d+ – \\d{4}-\\d\\d-\\d\\d)|### (?:${kinds})|- \\S.*|  \\S.*|[A-Z].*|)$`,
  );
  const lines = file.text.split('\n');
  const complaints = lines.flatMap((line, index) =>
    allowed.test(line)
      ? []
      : [`CHANGELOG.md:${index + 1}: neither a version, a kind of change (${kinds}) nor a change`],
  );
  if (lines[0] !== '# Changelog') complaints.push('CHANGELOG.md:1: starts with "# Changelog"');
  if (!lines.some((line) => line.startsWith('## '))) complaints.push('CHANGELOG.md:1: names no version');
  if (!lines.some((line) => entry.test(line))) complaints.push('CHANGELOG.md:1: tells of no change');
  return complaints;
};

/** Everything ends in one line break and has no carriage returns. */
export const lineBreaks: Rule = (files) =>
  files
    .filter(({ text }) => text !== '')
    .flatMap((file) => [
      ...complainAboutLines(file, /\r$/, () => 'a carriage return').slice(0, 1),
      ...(file.text.endsWith('\n') ? [] : [`${file.path}:1: does not end in a line break`]),
    ]);
