/** The one command, under both its names. Parses, and loads only what the wanted action needs. */
import { writeSync } from 'node:fs';
import { basename } from 'node:path';
import { parseCommandLine, renderHelp, renderMissingMode } from '@tidemark/settings';
import manifest from '../package.json' with { type: 'json' };
import { exitCodes } from './exit-code.ts';
import { createOutput } from './output.ts';

const output = createOutput();
// A reader that goes away (a pager, `head`) ends the program quietly, and as SIGPIPE would have: what it had to do may be undone.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
});

// Node's code for a program that waits for nothing any more and has not ended: the answer of a plugin that will never come.
const drainedCode = 13;
process.on('exit', (code) => {
  if (code !== drainedCode) return;
  writeSync(
    2,
    'ERROR: Tidemark stopped before it was done: it waits for a plugin that does nothing any more\n' +
      '       Nothing is lost: the next run begins where this one stopped. This is a defect of a plugin or of Tidemark, please report it\n',
  );
  process.exitCode = exitCodes.failed;
});

process.exitCode = await main(
  process.argv.slice(2),
  process.env['TIDEMARK_CALLED_AS'] ?? basename(process.argv[1] ?? 'tidemark'),
);

async function main(args: readonly string[], invokedAs: string): Promise<number> {
  const parsed = parseCommandLine(args, invokedAs);
  if (parsed.type === 'refused') {
    for (const line of parsed.lines) output.errorLine(line);
    return parsed.exitCode;
  }
  const { commandLine } = parsed;
  const { action } = commandLine;
  if (action.type === 'version') {
    output.line(`${invokedAs === 'onedrive' ? 'onedrive' : 'tidemark'} v${manifest.version}`);
    return 0;
  }
  if (action.type === 'help') {
    for (const line of renderHelp(invokedAs, action.topic)) output.line(line);
    return 0;
  }
  if (action.type === 'none' && commandLine.face === 'subcommand') {
    for (const line of renderMissingMode(invokedAs)) output.errorLine(line);
    return 2;
  }
  const { perform } = await import('./perform.ts');
  return perform({ commandLine, output, version: manifest.version });
}
