/** Reading a log without being its writer: where it is, so that a daemon may go on and nothing is left behind. */
import { readFile, stat } from 'node:fs/promises';
import type { EventLog } from '@tidemark/contracts';
import { openBundle, readLogInPlace } from '@tidemark/event-log';

/** `path`: the folder of a log, or the file of an incident bundle. Throws Failure when there is none or it cannot be read. */
export async function openLogToRead(path: string): Promise<EventLog> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? openBundle(await readFile(path), path) : readLogInPlace(path);
}

/** The same, closed when `use` has ended. */
export async function withLog<Result>(
  path: string,
  use: (log: EventLog) => Promise<Result>,
): Promise<Result> {
  const log = await openLogToRead(path);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}
