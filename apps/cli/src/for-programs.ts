/** Runs whose standard output a program reads: what is for people is on standard error then. */
import type { CommandLine } from '@tidemark/settings';

/** `--json` was given. */
export const asksForJson = ({ action }: CommandLine): boolean =>
  'output' in action && action.output === 'json';

/** Where questions to people go. */
export const questionStream = (commandLine: CommandLine): NodeJS.WriteStream =>
  asksForJson(commandLine) ? process.stderr : process.stdout;
