/** Reading a log without being its writer: where it is, so that a daemon may go on and nothing is left behind. */
import { readFile, stat } from 'node:fs/promises';
import type { EventLog } from '@tidemark/contracts';
import { openBundle, readLogInPlace } from '@tidemark/event-log';

/** `path`: the folder of a log, or the file of an incident bundle. Throws Failure when there is none or it cannot be read. */
export async function withLog<Result>(
  path: string,
  use: (log: EventLog) => Promise<Result>,
): Promise<Result> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const log = isFile ? openBundle(await readFile(path), path) : await readLogInPlace(path);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}
