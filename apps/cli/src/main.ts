/** The one command, under both its names. Parses, and loads only what the wanted action needs. */
import { basename } from 'node:path';
import type { Action, CommandLineResult } from '@tidemark/settings';
import { parseCommandLine, renderHelp, renderMissingMode } from '@tidemark/settings';
import manifest from '../package.json' with { type: 'json' };
import { exitCodes } from './exit-code.ts';
import { createOutput, type StandardOutput } from './output.ts';

/** What goes on whatever becomes of its lines. */
const goOn: ReadonlySet<Action['type']> = new Set(['sync', 'monitor', 'relay', 'plugin']);

const invokedAs = process.env['TIDEMARK_CALLED_AS'] ?? basename(process.argv[1] ?? 'tidemark');
const parsed = parseCommandLine(process.argv.slice(2), invokedAs);
const standard = createOutput(
  parsed.type === 'refused' || !goOn.has(parsed.commandLine.action.type) ? 'answer' : 'run',
);

// Node's code for a program that waits for nothing any more and has not ended: the answer of a plugin that will never come.
const drainedCode = 13;
process.on('exit', (code) => {
  if (code !== drainedCode) return;
  standard.output.errorLine(
    'ERROR: Tidemark stopped before it was done: it waits for a plugin that does nothing any more',
  );
  standard.output.errorLine(
    '       Nothing is lost: the next run begins where this one stopped. This is a defect of a plugin or of Tidemark, please report it',
  );
  process.exitCode = exitCodes.failed;
});

const exitCode = await main(parsed, standard);
// Lines that are still missing at the end show in the exit code.
process.exitCode = exitCode === exitCodes.done && standard.missing > 0 ? exitCodes.failed : exitCode;

async function main(asked: CommandLineResult, { output, drained }: StandardOutput): Promise<number> {
  if (asked.type === 'refused') {
    for (const line of asked.lines) output.errorLine(line);
    return asked.exitCode;
  }
  const { commandLine } = asked;
  const { action } = commandLine;
  if (action.type === 'version') {
    output.line(`${invokedAs === 'onedrive' ? 'onedrive' : 'tidemark'} v${manifest.version}`);
    return 0;
  }
  if (action.type === 'help') {
    for (const line of renderHelp(invokedAs, action.topic, action.step)) output.line(line);
    return 0;
  }
  if (action.type === 'none' && commandLine.face === 'subcommand') {
    for (const line of renderMissingMode(invokedAs)) output.errorLine(line);
    return 2;
  }
  const { perform } = await import('./perform.ts');
  return perform({ commandLine, output, drained, version: manifest.version });
}
