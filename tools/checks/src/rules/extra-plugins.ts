/** What lies in `plugins-extra` is as an author outside this repository would write it: small, described, on what is published and nothing else of ours. */
import { isForTests } from '../imports.ts';
import { type Complaint, isCode, type Rule, type SourceFile } from '../repository.ts';

const linesMax = 150;
/** Each README answers these. */
const headings = ['## Settings', '## What it is granted', '## What it does not do'];
const published = new Map([
  ['@tidemark/plugin-sdk', '^1.0.0'],
  ['@tidemark/plugin-testkit', '^1.0.0'],
]);

export const extraPlugins: Rule = (files) => {
  const inside = files.filter(({ path }) => /^plugins-extra\/[^/]+\//.test(path));
  return [...Map.groupBy(inside, ({ path }) => path.split('/', 2).join('/'))].flatMap(([folder, own]) => [
    ...isSmall(folder, own),
    ...isDescribed(folder, own),
    ...standsOnWhatIsPublished(folder, own),
  ]);
};

function isSmall(folder: string, own: readonly SourceFile[]): Complaint[] {
  const lines = own
    .filter((file) => isCode(file) && !isForTests(file.path))
    .reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
  return lines > linesMax
    ? [`${folder}:1: ${lines} lines of code without its tests, more than ${linesMax}`]
    : [];
}

function isDescribed(folder: string, own: readonly SourceFile[]): Complaint[] {
  const path = `${folder}/README.md`;
  const lines = own.find((file) => file.path === path)?.text.split('\n');
  if (lines === undefined) return [`${path}:1: missing`];
  return headings
    .filter((heading) => !lines.includes(heading))
    .map((heading) => `${path}:1: has no "${heading}"`);
}

function standsOnWhatIsPublished(folder: string, own: readonly SourceFile[]): Complaint[] {
  const path = `${folder}/package.json`;
  const manifest = own.find((file) => file.path === path);
  if (manifest === undefined) return [`${path}:1: missing`];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest.text) as Record<
    string,
    Record<string, string>
  >;
  return Object.entries({ ...dependencies, ...devDependencies })
    .filter(([name, version]) =>
      name.startsWith('@tidemark/') ? published.get(name) !== version : !/^\d+\.\d+\.\d+$/.test(version),
    )
    .map(
      ([name, version]) => `${path}:1: ${name} ${version} is neither an exact version nor published by us`,
    );
}
