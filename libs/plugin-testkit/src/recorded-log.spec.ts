import { definePlugin } from '@tidemark/plugin-sdk';
import { ignoreElements, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { createWorld, readRecordedLog, runPlugin } from './index.ts';

const lineOf = (seq: number, event: object): string =>
  JSON.stringify({ schema: 1, seq, at: 1_700_000_000_000, source: 'engine', items: [], event });

it('a recorded log is shown to a plugin event by event', async () => {
  const seen: string[] = [];
  const plugin = definePlugin({
    name: 'seer',
    needs: { events: true },
    observe: ({ events }) =>
      events.pipe(
        tap((batch) => seen.push(...batch.map(({ seq, event }) => `${seq} ${event.type}`))),
        ignoreElements(),
      ),
  });
  await using run = await runPlugin(plugin, createWorld());
  await run.show(
    readRecordedLog(`${lineOf(1, { type: 'Woke' })}\n${lineOf(3, { type: 'PlanningEnded' })}\n`),
  );
  expect(seen).toEqual(['1 Woke', '3 PlanningEnded']);
});

it.each([
  ['{"seq":', /line 1 is no event of a log/],
  [`${lineOf(1, { type: 'Woke' })}\n{"seq":0}`, /line 2 is no event of a log: seq: .*tidemark log --json/],
  [`${lineOf(2, { type: 'Woke' })}\n${lineOf(1, { type: 'Woke' })}`, /event 1 follows event 2/],
])('what is no log is refused: %j', (text, reason) => {
  expect(() => readRecordedLog(text)).toThrow(reason);
});
