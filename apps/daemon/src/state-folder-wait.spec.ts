import { Failure } from '@tidemark/contracts';
import { createManualClock } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { createStateFolderWait } from './state-folder-wait.ts';

const full = new Failure({ code: 'diskFull', detail: 'Cannot write the event log: ENOSPC' });
const faulty = new Failure({ code: 'diskFault', detail: 'Cannot write the event log: EIO' });

function waitOn(limitMs: number | null = null) {
  const clock = createManualClock();
  const lines: string[] = [];
  const stop = new AbortController();
  const patience = createStateFolderWait({
    ...{ clock, limitMs, folder: '/state' },
    warn: (line) => void lines.push(line),
    say: (line) => void lines.push(line),
  });
  patience.endWith(stop.signal);
  return { clock, lines, stop, patience };
}

test('it says once what is wrong and what helps, and once that it is over', async () => {
  const { clock, lines, patience } = waitOn();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const again = patience.outwait(full);
    await clock.advance(10_000);
    expect(await again).toBe(true);
  }
  patience.over();
  expect(lines).toEqual([
    'WARNING: Cannot write to the state folder "/state": no space is left',
    '         Nothing is synced until it can be written again; changes are still noticed. Free space in its file system',
    'The disk takes writes again: syncing goes on',
  ]);
});

test('of a device that reports an error it passes on what was said', async () => {
  const { lines, patience, stop } = waitOn();
  const again = patience.outwait(faulty);
  stop.abort();
  await again;
  expect(lines.at(-1)).toBe('         Cannot write the event log: EIO');
});

test('pauses grow to ten seconds', async () => {
  const { clock, patience } = waitOn();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const since = clock.monotonic();
    const again = patience.outwait(full).then(() => pauses.push(clock.monotonic() - since));
    for (let second = 0; second < 10; second += 1) await clock.advance(1_000);
    await again;
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('a run that ends by itself gives up when its time is over', async () => {
  const { clock, patience } = waitOn(5_000);
  const answers: boolean[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const again = patience.outwait(full).then((answer) => answers.push(answer));
    await clock.advance(4_000);
    await again;
  }
  expect(answers).toEqual([true, true, false, false]);
});

test('a run that is told to end waits no longer, now or later', async () => {
  const { patience, stop } = waitOn();
  const again = patience.outwait(full);
  stop.abort();
  expect([await again, await patience.outwait(full)]).toEqual([false, false]);
});

test('permissions are not waited for', async () => {
  const { lines, patience } = waitOn();
  const denied = new Failure({ code: 'diskDenied', detail: 'EACCES' });
  expect([await patience.outwait(denied), lines]).toEqual([false, []]);
});

test('a listener learns of a wait that is on, of each attempt, and of its end', async () => {
  const { clock, patience } = waitOn();
  const codes: (string | null)[] = [];
  const again = patience.outwait(full);
  patience.follow((why) => codes.push(why?.code ?? null));
  await clock.advance(1_000);
  await again;
  const oneMore = patience.outwait(full);
  await clock.advance(2_000);
  await oneMore;
  patience.over();
  expect(codes).toEqual(['diskFull', 'diskFull', null]);
});

test('a run that cannot begin since the disk refuses something is tried again, and no other', async () => {
  const { clock, lines, patience } = waitOn();
  const detail = 'Cannot keep the login in "/config/refresh_token": ENOSPC';
  const again = patience.outwaitFailure(new Failure({ code: 'diskFull', detail }));
  await clock.advance(1_000);
  expect(await again).toBe(true);
  expect(lines).toEqual([
    `WARNING: ${detail}`,
    '         Nothing is synced until it can. Free space in its file system',
  ]);
  const other = new Failure({ code: 'loginRequired', detail: 'revoked' });
  expect([
    await patience.outwaitFailure(other),
    await patience.outwaitFailure(new Error('a defect')),
  ]).toEqual([false, false]);
});
