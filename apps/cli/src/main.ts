/** The one command, under both its names. Parses, and loads only what the wanted action needs. */
import { basename } from 'node:path';
import { parseCommandLine, renderHelp, renderMissingMode } from '@tidemark/settings';
import manifest from '../package.json' with { type: 'json' };
import { createOutput } from './output.ts';

const output = createOutput();
// A reader that goes away (a pager, `head`) ends the program quietly, and as SIGPIPE would have: what it had to do may be undone.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
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
