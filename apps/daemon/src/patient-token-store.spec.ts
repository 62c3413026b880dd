import { Failure, type FailureCode } from '@tidemark/contracts';
import { createManualClock } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { patientTokenStore } from './patient-token-store.ts';
import { createStateFolderWait } from './state-folder-wait.ts';

const detail = 'Cannot keep the login in "/config/refresh_token": refused';

/** A token file on a disk that refuses the first writes. */
function refusing(code: FailureCode, times: number, limitMs: number | null = null) {
  const clock = createManualClock();
  const [lines, kept]: [string[], string[]] = [[], []];
  const told = (line: string): void => void lines.push(line);
  let left = times;
  const patience = createStateFolderWait({ clock, limitMs, folder: '/state', warn: told, say: told });
  const file = {
    path: '/config/refresh_token',
    read: async () => kept.at(-1) ?? null,
    async write(token: string) {
      left -= 1;
      if (left >= 0) throw new Failure({ code, detail });
      kept.push(token);
    },
    remove: async () => {},
    claim: async () => () => {},
  };
  return { clock, lines, kept, store: patientTokenStore(file, patience) };
}

test('a login that the disk refuses is kept when the disk takes it, and said once each', async () => {
  const { clock, lines, kept, store } = refusing('diskFault', 3);
  const written = store.write('next');
  for (let second = 0; second < 10; second += 1) await clock.advance(1_000);
  await written;
  expect(kept).toEqual(['next']);
  expect(lines).toEqual([
    `WARNING: ${detail}`,
    '         Nothing is synced until it can. Check the disk (dmesg)',
    'The disk takes writes again: syncing goes on',
  ]);
});

test('a run that ends by itself gives up in time', async () => {
  const { clock, store } = refusing('diskFull', Infinity, 3_000);
  const refused = expect(store.write('next')).rejects.toMatchObject({ code: 'diskFull' });
  for (let second = 0; second < 5; second += 1) await clock.advance(1_000);
  await refused;
});

test('permissions are not waited for', async () => {
  const { lines, store } = refusing('diskDenied', 1);
  await expect(store.write('next')).rejects.toMatchObject({ code: 'diskDenied' });
  expect(lines).toEqual([]);
});
