/** `--display-config`: the settings as they hold, without touching the network. */
import { configurationLines } from '../configuration-lines.ts';
import type { CommandContext } from '../context.ts';

export async function displayConfig({ output, profile }: CommandContext): Promise<number> {
  for (const line of configurationLines(profile, 'config')) output.line(line);
  return 0;
}
