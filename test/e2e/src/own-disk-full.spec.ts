import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seq, type RecordedEvent, type Seq } from '@tidemark/contracts';
import { openEventLog } from '@tidemark/event-log';
import { expect, it, onTestFinished } from 'vitest';
import { mount } from './mount.ts';

/** A small file system. */
function smallDisk(folder: string, size: string): { readonly fill: () => void; readonly free: () => void } {
  mkdirSync(folder, { recursive: true });
  mount(folder, ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs'], onTestFinished);
  const ballast = join(folder, 'ballast');
  return {
    fill: () => expect(() => writeFileSync(ballast, Buffer.alloc(64 << 20))).toThrow('ENOSPC'),
    free: () => rmSync(ballast),
  };
}

it('nothing that the log took is lost on a disk that is full again and again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const disk = smallDisk(folder, '8m');
  const told: string[] = [];
  const log = await openEventLog({
    folder: join(folder, 'log'),
    clock: { now: () => 0 },
    patience: {
      async outwait({ code }) {
        told.push(code);
        // Still full the first time.
        if (told.at(-2) !== code) return true;
        disk.free();
        return true;
      },
      over: () => void told.push('over'),
    },
  });
  for (let round = 0; round < 20; round += 1) {
    disk.fill();
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all([
        // A cache: what the disk refuses of it is left out.
        log.saveSnapshot(seq(Math.max(1, log.head)), ['x'.repeat(9_000)]).catch(() => undefined),
        log.append(eventsFrom(log.head + 1, 20)),
      ]);
    }
  }
  expect(told).toContain('over');
  const { head } = log;
  expect(head).toBe(seq(20 * 10 * 20));
  await log.close();
  const again = await openEventLog({ folder: join(folder, 'log'), clock: { now: () => 0 } });
  expect([again.opening, again.head, await again.verify()]).toEqual([
    { state: 'intact' },
    head,
    { ok: true, head, batches: 200 },
  ]);
  await again.close();
});

const eventsFrom = (first: Seq | number, count: number): RecordedEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    seq: seq(first + index),
    at: 0,
    source: 'test',
    items: [],
    event: { type: 'HintReceived', side: 'local', source: `${first + index} ${'x'.repeat(200)}` },
  }));
