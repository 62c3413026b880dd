/** Reading a log without being its writer: where it is, so that a daemon may go on and nothing is left behind. */
import type { EventLog } from '@tidemark/contracts';
import { readLogInPlace } from '@tidemark/event-log';

/** Throws Failure when there is no log or it cannot be read. */
export async function withLog<Result>(
  folder: string,
  use: (log: EventLog) => Promise<Result>,
): Promise<Result> {
  const log = await readLogInPlace(folder);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}
