/**
 * Commands in our pages are ones that the program takes: in blocks of code the parser accepts each as it stands; in a sentence, where
 * `tidemark log [LOG]` says what may stand there, the command and its switches exist. The same for `npm run`, with the switches and the folders
 * that follow it.
 */
import { parseCommandLine, subcommands, switches } from '@tidemark/settings';
import type { Complaint, Rule, SourceFile } from '../repository.ts';

export const docsCommands: Rule = (files) => {
  const manifest = files.find(({ path }) => path === 'package.json')?.text ?? '{}';
  const scripts: Readonly<Record<string, string>> = JSON.parse(manifest).scripts ?? {};
  return files
    .filter(isPage)
    .flatMap((page) => [
      ...linesOfBlocks(page.text).flatMap((line) => complaintsOf(page, line, complaintOfCommand)),
      ...beginnings(page.text).flatMap((line) => complaintsOf(page, line, complaintOfSetting)),
      ...spans(page.text).flatMap((line) => complaintsOf(page, line, complaintOfMention)),
      ...[...linesOfBlocks(page.text), ...spans(page.text)].flatMap((line) =>
        complaintsOf(page, line, (text) => complaintOfScript(text, scripts, files)),
      ),
    ]);
};

/** The changelog tells what once was. */
const isPage = ({ path }: SourceFile): boolean => path.endsWith('.md') && path !== 'CHANGELOG.md';

interface Line {
  readonly number: number;
  readonly text: string;
}

const complaintsOf = (
  { path }: SourceFile,
  { number, text }: Line,
  judge: (text: string) => string | undefined,
): readonly Complaint[] => {
  const complaint = judge(text);
  return complaint === undefined ? [] : [`${path}:${number}: ${text.trim()}: ${complaint}`];
};

const linesOfBlocks = (text: string): readonly Line[] => {
  let isCode = false;
  return text.split('\n').flatMap((line, index) => {
    if (/^ *```/.test(line)) isCode = !isCode;
    else if (isCode) return [{ number: index + 1, text: line }];
    return [];
  });
};

/** The first line of each block of shell commands that is no comment. */
const beginnings = (text: string): readonly Line[] =>
  [...text.matchAll(/^ *```sh.*\n((?: *#.*\n)*)(.*)/gm)].map((found) => ({
    number: text.slice(0, found.index + found[0].length).split('\n').length,
    text: found[2] ?? '',
  }));

const complaintOfSetting = (line: string): string | undefined =>
  /^ *[a-z_]+ = "/.test(line) ? 'a setting is no command: the block needs no "sh"' : undefined;

const spans = (text: string): readonly Line[] => {
  const isInBlock = new Set(linesOfBlocks(text).map(({ number }) => number));
  return text.split('\n').flatMap((line, index) => {
    if (isInBlock.has(index + 1)) return [];
    return [...line.matchAll(/`([^`]+)`/g)].map(([, span = '']) => ({ number: index + 1, text: span }));
  });
};

/** At the start of a line, of any user; up to a pipe, another command, a redirection or a comment. */
const command = /^\s*(?:\$ )?(?:sudo (?:-u \S+ )?)?(tidemark|onedrive)((?: [^|;&#<>]*)?)(?:[|;&#<>]|$)/;

function complaintOfCommand(line: string): string | undefined {
  const [, name, rest = ''] = command.exec(line) ?? [];
  if (name === undefined) return undefined;
  const result = parseCommandLine(wordsOf(rest), name);
  return result.type === 'parsed' ? undefined : result.lines[0];
}

const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );

/** What the peer has had up to 2.4, for those who come from there. */
const peersOwn = new Set(['synchronize']);

function complaintOfMention(span: string): string | undefined {
  const [, name, rest = ''] = command.exec(span) ?? [];
  if (name === undefined) return undefined;
  const [first] = wordsOf(rest);
  const subcommand = subcommands.find((one) => one.name === first);
  if (first !== undefined && /^[a-z]/.test(first) && first !== 'help' && subcommand === undefined)
    return `there is no command '${first}'`;
  const known = new Set([...switches, ...(subcommand?.switches ?? [])].map(({ long }) => long));
  const unknown = [...rest.matchAll(/--([a-z][a-z-]*)/g)].find(
    ([, long = '']) => !known.has(long) && !peersOwn.has(long),
  );
  return unknown === undefined ? undefined : `there is no switch ${unknown[0]}`;
}

/** Of the project that `tidemark plugin new` makes. */
const authorsOwn = new Set(['dev']);

function complaintOfScript(
  text: string,
  scripts: Readonly<Record<string, string>>,
  files: readonly SourceFile[],
): string | undefined {
  const [, name, rest = ''] =
    /^\s*(?:[A-Z_]+=\S+ )*npm run (?:--silent |-s )?([a-z][a-z0-9:-]*)(?: -- ([^|;&#<>]*))?/.exec(text) ?? [];
  if (name === undefined || authorsOwn.has(name)) return undefined;
  const script = scripts[name];
  if (script === undefined) return `package.json has no script '${name}'`;
  const [, source] = /(\S+\/)[a-z-]+\.ts$/.exec(script) ?? [];
  const [, project] = /--project (\w+)/.exec(script) ?? [];
  for (const word of wordsOf(rest)) {
    const [, long] = /^--([a-z][a-z-]*)/.exec(word) ?? [];
    if (long !== undefined && source !== undefined && !isOptionOf(long, source, files))
      return `npm run ${name} has no switch --${long}`;
    if (project === 'unit' && word.includes('/') && !files.some(({ path }) => path.startsWith(word)))
      return `there is nothing to test at ${word}`;
  }
  return undefined;
}

/** As a key of what `parseArgs` is told, or as an argument that is read by itself. */
const isOptionOf = (long: string, folder: string, files: readonly SourceFile[]): boolean =>
  files.some(
    ({ path, text }) =>
      path.startsWith(folder) &&
      new RegExp(`(?:^\\s*|[{,] )(?:${long}|'${long}'): |'--${long}'`, 'm').test(text),
  );
