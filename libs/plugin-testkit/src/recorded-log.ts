/** A recorded log as the input of a test: what `tidemark log --json` wrote. */
import type { RecordedEvent } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';

/** What the kit itself relies on; the rest of an event is as the engine wrote it. */
const line = z.looseObject({
  seq: z.number().int().positive(),
  at: z.number().int(),
  source: z.string(),
  event: z.looseObject({ type: z.string() }),
  items: z.array(z.number().int()),
});

/**
 * `text`: one JSON object a line. Throws an Error that names the line.
 *
 * @example await run.show(readRecordedLog(readFileSync('conflict.jsonl', 'utf8')));
 */
export function readRecordedLog(text: string): RecordedEvent[] {
  const events = text.split('\n').flatMap((one, index) => {
    if (one.trim() === '') return [];
    const read = line.safeParse(parsed(one));
    if (!read.success) {
      const faults = read.error.issues
        .slice(0, 2)
        .map(({ path, message }) => `${path.join('.')}: ${message}`);
      throw new Error(
        `line ${index + 1} is no event of a log: ${faults.join('; ')}. Write it with: tidemark log --json`,
      );
    }
    const { seq, at, source, event, items } = read.data;
    return [{ seq, at, source, event, items } as unknown as RecordedEvent];
  });
  for (const [index, { seq }] of events.entries()) {
    const before = events[index - 1]?.seq ?? 0;
    if (seq <= before)
      throw new Error(`event ${seq} follows event ${before}: the events of a log are in order`);
  }
  return events;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
