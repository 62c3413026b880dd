/** Reads the arguments of the program: the peer's switches, or one of our subcommands. */
import { configOptions, type ConfigKey } from '../options.ts';
import { suggestName } from '../suggest.ts';
import type { Action, CommandLine, CommandLineResult, Login } from './command-line.ts';
import { dropInAction } from './drop-in-action.ts';
import { subcommands, type Subcommand } from './subcommands.ts';
import { switches, type Switch } from './switches.ts';
import { readTokens, type GivenSwitch, type Tokens } from './tokens.ts';

/**
 * @param args without the names of the interpreter and of the program.
 * @param invokedAs base name of the program as it was called: `onedrive` or `tidemark`.
 */
export function parseCommandLine(args: readonly string[], invokedAs: string): CommandLineResult {
  const name = subcommandName(args);
  if (name === undefined) return parseDropIn(args, invokedAs);
  if (name === 'help') return helpOn(args, invokedAs);
  const subcommand = subcommands.find((candidate) => candidate.name === name);
  return subcommand === undefined
    ? usage([unknownCommand(name), tryHelp(invokedAs)])
    : parseSubcommand(subcommand, args, invokedAs);
}

/** The line below every usage error. */
export const tryHelp = (invokedAs: string): string => `Try '${invokedAs} -h' for more information`;

/** The first operand, unless a switch that only the drop-in face has comes with it. */
function subcommandName(args: readonly string[]): string | undefined {
  const every = [...switches, ...subcommands.flatMap((subcommand) => subcommand.switches)];
  const tokens = readTokens(args, every);
  if ('problem' in tokens) return commandBeforeProblem(args);
  return tokens.operands[0];
}

/** With an unknown switch around, only a leading command decides which face complains. */
function commandBeforeProblem(args: readonly string[]): string | undefined {
  const first = args[0];
  return subcommands.some(({ name }) => name === first) ? first : undefined;
}

function parseDropIn(args: readonly string[], invokedAs: string): CommandLineResult {
  const tokens = readTokens(args, switches);
  if ('problem' in tokens)
    return { type: 'refused', lines: problemLines(tokens.problem, invokedAs), exitCode: 1 };
  const values = lastValues(tokens);
  const action = dropInAction(values);
  if (typeof action === 'string') return { type: 'refused', lines: [`ERROR: ${action}`], exitCode: 1 };
  return finish('dropIn', invokedAs, tokens, action, 1);
}

function parseSubcommand(
  subcommand: Subcommand,
  args: readonly string[],
  invokedAs: string,
): CommandLineResult {
  const tokens = readTokens(args, subcommand.switches);
  if ('problem' in tokens) return usage(problemLines(tokens.problem, invokedAs));
  const operands = tokens.operands.slice(1);
  const values = lastValues(tokens);
  if (values.get('help') === 'true') {
    return finish('subcommand', invokedAs, tokens, helpAction(subcommand, operands[0]), 2);
  }
  const count = operandProblem(subcommand, operands);
  if (count !== undefined) return usage([count, tryHelp(invokedAs)]);
  const action = subcommand.toAction({
    operands,
    output: values.get('json') === 'true' ? 'json' : 'text',
    value: (long) => values.get(long),
    values: (long) =>
      tokens.given.filter(({ definition }) => definition.long === long).map(({ value }) => value),
  });
  return typeof action === 'string'
    ? usage([action, tryHelp(invokedAs)])
    : finish('subcommand', invokedAs, tokens, action, 2);
}

function finish(
  face: CommandLine['face'],
  invokedAs: string,
  tokens: Tokens,
  action: Action,
  exitCode: 1 | 2,
): CommandLineResult {
  const values = lastValues(tokens);
  const login = readLogin(values);
  if (typeof login === 'string') return { type: 'refused', lines: [`ERROR: ${login}`], exitCode };
  const bad = tokens.given.find((given) => isBadNumber(given));
  if (bad !== undefined) {
    const line = `Invalid value '${bad.value}' for option --${bad.definition.long}`;
    return { type: 'refused', lines: [line, tryHelp(invokedAs)], exitCode };
  }
  const confdir = values.get('confdir')?.replace(/^(["'])(.*)\1$/, '$2');
  const singleDirectory = values.get('single-directory');
  const isSet = (long: string): 'no' | 'yes' => (values.get(long) === 'true' ? 'yes' : 'no');
  return {
    type: 'parsed',
    commandLine: {
      face,
      invokedAs,
      action,
      verbosity: tokens.given.filter(({ definition }) => definition.long === 'verbose').length,
      overrides: overridesOf(tokens),
      given: new Set([...values].filter(([, value]) => value !== 'false').map(([long]) => long)),
      login,
      force: isSet('force'),
      forceSync: isSet('force-sync'),
      reauthenticate: isSet('reauth'),
      sharedFiles: isSet('sync-shared-files'),
      ...(confdir === undefined ? {} : { confdir }),
      ...(singleDirectory === undefined ? {} : { singleDirectory }),
    },
  };
}

function overridesOf(tokens: Tokens): ReadonlyMap<ConfigKey, string> {
  const overrides = new Map<ConfigKey, string>();
  for (const { definition, value } of tokens.given) {
    if (definition.key !== undefined) overrides.set(definition.key, value);
  }
  return overrides;
}

function readLogin(values: ReadonlyMap<string, string>): Login | string {
  const files = values.get('auth-files');
  if (files !== undefined) {
    const [urlFile = '', responseFile = '', ...rest] = files.split(':');
    return urlFile === '' || responseFile === '' || rest.length > 0
      ? '--auth-files needs two paths with a colon between them'
      : { type: 'files', urlFile, responseFile };
  }
  const url = values.get('auth-response');
  if (url !== undefined) return { type: 'response', url };
  return { type: values.get('device') === 'true' ? 'device' : 'interactive' };
}

function isBadNumber({ definition, value }: GivenSwitch): boolean {
  return (
    definition.key !== undefined &&
    configOptions[definition.key].type === 'integer' &&
    !/^\d{1,15}$/.test(value)
  );
}

/** How often a switch repeats matters to `verbose` and to lists of types only; elsewhere the last one counts. */
function lastValues(tokens: Tokens): ReadonlyMap<string, string> {
  return new Map(tokens.given.map(({ definition, value }) => [definition.long, value]));
}

function operandProblem(subcommand: Subcommand, operands: readonly string[]): string | undefined {
  const required = subcommand.operands.filter((name) => !name.startsWith('['));
  const missing = required[operands.length];
  if (missing !== undefined)
    return `Missing ${missing}: '${subcommand.name} ${subcommand.operands.join(' ')}'`;
  const isOpen = subcommand.operands.some((name) => name.includes('...'));
  const extra = isOpen ? undefined : operands[subcommand.operands.length];
  return extra === undefined ? undefined : `Unexpected argument '${extra}' for '${subcommand.name}'`;
}

function helpOn(args: readonly string[], invokedAs: string): CommandLineResult {
  const helpSwitches: readonly Switch[] = switches.filter(
    ({ long }) => long === 'verbose' || long === 'confdir',
  );
  const tokens = readTokens(args, helpSwitches);
  if ('problem' in tokens) return usage(problemLines(tokens.problem, invokedAs));
  const [, topic, step] = tokens.operands;
  if (topic === undefined) return finish('subcommand', invokedAs, tokens, { type: 'help' }, 2);
  const subcommand = subcommands.find(({ name }) => name === topic);
  return subcommand === undefined
    ? usage([unknownCommand(topic), tryHelp(invokedAs)])
    : finish('subcommand', invokedAs, tokens, helpAction(subcommand, step), 2);
}

/** What is no step of the subcommand may be whatever it works on: then the help is that of all its steps. */
const helpAction = ({ name: topic, steps }: Subcommand, step: string | undefined): Action =>
  step !== undefined && steps.some(({ name }) => name === step)
    ? { type: 'help', topic, step }
    : { type: 'help', topic };

function unknownCommand(name: string): string {
  const suggestion = suggestName(
    name,
    subcommands.map((subcommand) => subcommand.name),
  );
  return suggestion === undefined
    ? `Unknown command '${name}'`
    : `Unknown command '${name}'. Did you mean '${suggestion}'?`;
}

/** The peer prints the hint for what its parser refuses, and not for what it checks afterwards. */
const problemLines = (problem: string, invokedAs: string): readonly string[] =>
  problem.startsWith('ERROR: ') ? [problem] : [problem, tryHelp(invokedAs)];

const usage = (lines: readonly string[]): CommandLineResult => ({ type: 'refused', lines, exitCode: 2 });
