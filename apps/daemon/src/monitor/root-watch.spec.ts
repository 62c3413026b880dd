import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import type { RootRecognition } from '@tidemark/engine';
import { createManualClock } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRecheckSchedule, watchRoot } from './root-watch.ts';

let above: string;
let folder: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'tidemark-root-watch-'));
  folder = join(above, 'sync');
  mkdirSync(folder);
});
afterEach(() => rmSync(above, { recursive: true }));

function watching() {
  const clock = createManualClock();
  const stopping = new AbortController();
  const said: string[] = [];
  let isThere = true;
  let verdict: RootRecognition['verdict'] = 'other';
  const watched = watchRoot({
    ...{ clock, folder, signal: stopping.signal },
    isThere: () => isThere,
    recognise: async () => {
      said.push('looked at');
      if (!existsSync(folder)) throw new Failure({ code: 'rootSuspended', detail: 'x' });
      return { verdict, agreed: 1, met: 1 };
    },
    gone: () => said.push('gone'),
    back: () => said.push('back'),
    replaced: () => said.push('replaced'),
  });
  return {
    ...{ clock, said, watched },
    shows: (there: boolean, found: RootRecognition['verdict'] = 'other') => {
      isThere = there;
      verdict = found;
    },
    stop: async () => {
      stopping.abort();
      await watched;
    },
  };
}

test('[I-10] a root that goes and comes back is told once each, and nothing is compared meanwhile', async () => {
  const { clock, said, shows, stop } = watching();
  await clock.advance(5_000);
  renameSync(folder, `${folder}-away`);
  shows(false);
  await clock.advance(60_000);
  renameSync(`${folder}-away`, folder);
  shows(true);
  await clock.advance(5_000);
  expect(said).toEqual(['gone', 'back']);
  await stop();
});

test('[I-10] another folder in its place is compared less and less often, and handed over once it is a copy', async () => {
  const { clock, said, shows, watched } = watching();
  shows(false);
  await clock.advance(1_000);
  expect(said).toEqual(['gone', 'looked at']);
  await clock.advance(60_000);
  expect(said.length).toBeLessThan(10);
  shows(false, 'copy');
  await clock.advance(60_000);
  await watched;
  expect(said.at(-1)).toBe('replaced');
});

test('what stands there newly is looked at at once; nothing is nothing to look at', () => {
  const clock = createManualClock();
  const recheck = createRecheckSchedule(clock);
  expect([null, 'a', 'a', 'b', null, 'b'].map((seen) => recheck.isDue(seen))).toEqual([
    false,
    true,
    false,
    true,
    false,
    true,
  ]);
});
