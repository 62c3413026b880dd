/** A start in a process of its own, so that nothing of it is warm: from the process's begin to the state at the end of the log. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createRulesFor, stateFromLog } from '@tidemark/daemon';
import { openEventLog } from '@tidemark/event-log';

export interface ColdStart {
  /** Events folded behind the snapshot. */
  readonly tail: number;
  readonly ms: number;
  readonly cpuMs: number;
}

const run = promisify(execFile);

/** `folder`: of a log that nobody has open. Afterwards it was closed in order. */
export async function coldStart(folder: string): Promise<ColdStart> {
  const startedMs = performance.now();
  const { stdout } = await run(process.execPath, [import.meta.filename, folder]);
  const { tail, cpuMs, closingMs } = JSON.parse(stdout) as Told;
  return { tail, cpuMs, ms: performance.now() - startedMs - closingMs };
}

interface Told {
  readonly tail: number;
  readonly cpuMs: number;
  readonly closingMs: number;
}

async function tell(folder: string): Promise<Told> {
  const log = await openEventLog({ folder, clock: { now: () => 0 } });
  if (log.opening.state !== 'intact') throw new Error(`the log is ${JSON.stringify(log.opening)}`);
  const { state, tail } = await stateFromLog(log, createRulesFor());
  if (state.seq !== log.head) throw new Error(`the state is that of event ${state.seq} and not ${log.head}`);
  const { user, system } = process.cpuUsage();
  const endedMs = performance.now();
  await log.close();
  return { tail, cpuMs: (user + system) / 1000, closingMs: performance.now() - endedMs };
}

const [, , folder] = process.argv;
if (import.meta.main && folder !== undefined) process.stdout.write(JSON.stringify(await tell(folder)));
