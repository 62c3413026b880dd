/** A question that only `y` answers with yes. */
import { ask } from './ask.ts';
import type { CommandContext } from './context.ts';
import { asksForJson } from './for-programs.ts';

export async function confirmed(
  { lines, question }: { readonly lines: readonly string[]; readonly question: string },
  { commandLine, output }: Pick<CommandContext, 'commandLine' | 'output'>,
): Promise<boolean> {
  const isJson = asksForJson(commandLine);
  for (const line of lines) {
    if (isJson) output.errorLine(line);
    else output.line(line);
  }
  return (await ask(question, commandLine))?.toLowerCase() === 'y';
}
