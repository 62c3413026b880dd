/** The daemon of `plugin dev`: this same command as a monitor, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { giveOrder, stateFolderOf } from '@tidemark/control';
import { Failure } from '@tidemark/contracts';
import { logFolder } from '@tidemark/daemon';
import { parseCommandLine } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { loadProfile } from '../load-profile.ts';

export interface DevDaemon {
  /** Its exit code. */
  readonly ended: Promise<number>;
  /** Lets it load what has changed. It says itself what came of it. */
  reload(): Promise<void>;
}

/** Ends in order when `signal` is aborted. */
export function startDevDaemon(
  context: CommandContext,
  configFolder: string,
  signal: AbortSignal,
): DevDaemon {
  const words = ['monitor', '--confdir', configFolder];
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TIDEMARK_CALLED_AS: 'tidemark' },
    detached: true,
  });
  const end = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return {
    ended: once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : 1)),
    async reload() {
      const place = stateFolder(context, words);
      try {
        // None is there yet when it is still starting: then it loads what there is now.
        if (place !== null) await giveOrder(place, 'reload');
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        context.output.errorLine(`WARNING: The change is not loaded: ${error.message}`);
      }
    },
  };
}

function stateFolder(context: CommandContext, words: readonly string[]): string | null {
  const parsed = parseCommandLine(words, 'tidemark');
  if (parsed.type === 'refused') return null;
  const loaded = loadProfile({ ...context, commandLine: parsed.commandLine });
  return loaded.ok ? stateFolderOf(logFolder(loaded.profile)) : null;
}
