/** Reads a log where it is. Damage at its end does not show in what is read, so it is told afterwards. */
import type { EventLog } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { withLog } from '@tidemark/daemon';
import type { CommandContext } from './context.ts';
import { exitCodeOf } from './exit-code.ts';

/** Resolves to the exit code of `use`, or to the one of a damaged log. Throws Failure. */
export function readLog(
  { commandLine, output }: CommandContext,
  folder: string,
  use: (log: EventLog) => Promise<number>,
): Promise<number> {
  return withLog(folder, async (log) => {
    const exitCode = await use(log);
    if (log.opening.state !== 'damaged') return exitCode;
    output.errorLine(`ERROR: The event log is damaged, events are missing: ${log.opening.detail}`);
    output.errorLine(`       Next sync: ${failureGuide.logDamaged.remedy}`);
    return exitCodeOf('logDamaged', commandLine);
  });
}
