/** Reading a log without being its writer: through a copy, so that a daemon may go on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@tidemark/contracts';
import { readLogCopy } from '@tidemark/event-log';

/** Runs `use` on a copy of the log and removes the copy. Throws Failure when there is no log or it cannot be read. */
export async function withLogCopy<Result>(
  folder: string,
  use: (log: EventLog) => Promise<Result>,
): Promise<Result> {
  const copy = mkdtempSync(join(tmpdir(), 'tidemark-log-'));
  try {
    const log = await readLogCopy(folder, join(copy, 'log'));
    try {
      return await use(log);
    } finally {
      await log.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
