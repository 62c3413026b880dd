import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secrets } from '@tidemark/plugin-sdk';
import { probeParameter, probeSecret, probeSeenSecret } from '@tidemark/plugin-sdk/unstable';
import { createSecretFiles } from '@tidemark/secrets';
import { createManualClock } from '@tidemark/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProbeAdmission, type ProbeAdmission } from './probe-admission.ts';

const token = 'a1'.repeat(32);
const clientState = 'b2'.repeat(32);
const clock = createManualClock();

let folder: string;
let reads: number;
let secrets: Secrets;
let admission: ProbeAdmission;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-admission-'));
  reads = 0;
  const files = createSecretFiles(folder)('webhook');
  secrets = {
    ...files,
    read: (name) => {
      reads += 1;
      return files.read(name);
    },
  };
  admission = createProbeAdmission({ clock, secrets });
});

afterEach(() => rm(folder, { recursive: true }));

const leave = (probe: object = {}): Promise<void> =>
  secrets.write(probeSecret, JSON.stringify({ token, clientState, until: clock.now() + 60_000, ...probe }));
const targetWith = (text: string): string => `/webhooks/onedrive?${probeParameter}=${text}&validationToken=x`;

/** The answer, once the look-up that it waits for has had its turn. */
async function admits(target: string): Promise<boolean> {
  const answer = admission.admits(target);
  await clock.advance(100);
  return answer;
}

describe('a validation call', () => {
  it('is let in with the probe that lies among the secrets', async () => {
    await leave();
    expect(await admits(targetWith(token))).toBe(true);
  });

  it('is not let in without one, with another one, or with what is none, for which nothing is looked up', async () => {
    expect(await admits(targetWith(token))).toBe(false);
    await leave();
    expect(await admits(targetWith('c3'.repeat(32)))).toBe(false);
    reads = 0;
    for (const target of [
      '/?validationToken=x',
      targetWith('short'),
      targetWith(`${token}0`),
      `/?x${probeParameter}=${token}`,
    ])
      expect(await admits(target), target).toBe(false);
    expect(reads).toBe(0);
  });

  it.each([
    ['its time is over', { until: clock.now() }],
    ['its time is too far ahead', { until: clock.now() + 600_000 }],
    ['it is too short to be a secret', { token: 'a1' }],
  ])('is not let in when %s', async (_name, probe) => {
    await leave(probe);
    expect(await admits(targetWith(token))).toBe(false);
  });

  it('is let in fifty times and no more', async () => {
    await leave();
    const answers = [];
    for (let call = 0; call < 52; call += 1) answers.push(await admits(targetWith(token)));
    expect(answers.filter((is) => is)).toHaveLength(50);
    expect(answers.at(-1)).toBe(false);
  });

  it('costs one look-up for all that come at the same time', async () => {
    const calls = Array.from({ length: 1000 }, (_, index) =>
      admission.admits(targetWith(index.toString(16).padStart(64, '0'))),
    );
    await clock.advance(100);
    expect(await Promise.all(calls)).not.toContain(true);
    expect(reads).toBe(1);
  });
});

describe('a notification', () => {
  const sent = { subscriptionId: 'sub-1', clientState };

  it('with the secret of the probe is known once the probe was asked for, and leaves its mark', async () => {
    await leave();
    expect(admission.recognises(sent, clock.now())).toBe(false);
    await admits(targetWith(token));
    expect(admission.recognises(sent, clock.now())).toBe(true);
    expect(admission.recognises({ ...sent, clientState: token }, clock.now())).toBe(false);
    expect(admission.recognises(sent, clock.now() + 60_000)).toBe(false);
    await expect.poll(() => secrets.read(probeSeenSecret)).toBe('["sub-1"]');
  });
});
