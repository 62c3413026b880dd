import { Failure } from '@tidemark/contracts';
import { startSimulator, type FaultEffect, type FaultSpec } from '@tidemark/graph-simulator';
import { quickXorHash } from '@tidemark/quickxor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesSource, memorySink, someBytes, startRig } from '../testing/rig.ts';

const unit = 320 * 1024;
const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
  fc.constantFrom<FaultEffect>({ type: 'drop' }, { type: 'performThenDrop' }, { type: 'malformedBody' }),
  fc.constantFrom(500, 502, 503, 504).map((status): FaultEffect => ({ type: 'performThenStatus', status })),
  fc
    .constantFrom(400, 401, 403, 404, 408, 409, 410, 412, 416, 423, 429, 500, 503, 507, 509)
    .map((status): FaultEffect => ({ type: 'status', status })),
  fc.constant<FaultEffect>({ type: 'htmlBody', status: 200 }),
  fc
    .integer({ min: 0, max: 300_000 })
    .map((afterBytes): FaultEffect => ({ type: 'dropMidBody', afterBytes })),
);
const kinds = [
  'simpleUpload',
  'sessionCreate',
  'fragment',
  'sessionStatus',
  'patch',
  'metadata',
  'contentDownload',
  'contentRedirect',
] as const;
const faults: fc.Arbitrary<readonly FaultSpec[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    skip: fc.nat(2),
    times: fc.integer({ min: 1, max: 3 }),
    effect,
  }),
  { minLength: 1, maxLength: 4 },
);

/** Other bytes under a right status are the receiver's to find: it knows size and hash. */
const isForgery = ({ kind, effect: { type } }: FaultSpec): boolean =>
  kind === 'contentDownload' && (type === 'htmlBody' || type === 'malformedBody');

const orFailure = <Result>(promise: Promise<Result>): Promise<Result | Failure> =>
  promise.catch((error: unknown) => {
    if (error instanceof Failure) return error;
    throw error;
  });

describe.each(['personal', 'business'] as const)('whatever fails on a %s drive', (flavour) => {
  it(
    'a file is uploaded whole and once, or not at all, and comes back as it was',
    { timeout: 120_000 },
    async () => {
      const rig = await startRig(await startSimulator({ flavour }), {
        drive: {
          fragmentBytes: unit,
          retry: { attemptsMax: 3, baseDelayMs: 1, delayMaxMs: 2, waitMaxMs: 60_000 },
        },
        network: { answerTimeoutMs: 2_000 },
      });
      const { simulator, drive } = rig;
      const parentId = (await drive.info()).rootId;
      let number = 0;
      let succeeded = 0;
      let failed = 0;
      try {
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(0, 100, unit, 3 * unit + 7), faults, async (sizeBytes, specs) => {
            number += 1;
            const name = `f${number}.bin`;
            const bytes = someBytes(sizeBytes, number);
            simulator.clearFaults();
            for (const spec of specs) simulator.addFault(spec);
            const outcome = await orFailure(
              drive.upload({ as: 'new', parentId, name }, bytesSource(bytes), 1_700_000_000),
            );
            const stored = simulator.drive().stat(`/${name}`);
            if (outcome instanceof Failure) {
              failed += 1;
            } else {
              succeeded += 1;
              const row = { modifiedAt: 1_700_000_000, eTag: stored?.eTag };
              expect(outcome).toMatchObject({ hash: quickXorHash(bytes), altered: false, row });
              const sink = memorySink();
              const loaded = await orFailure(drive.download(outcome.row.id, sink));
              // What arrived before a failure is the beginning of the file, so that it can be continued.
              const wanted = loaded instanceof Failure ? bytes.subarray(0, sink.bytes().length) : bytes;
              if (!specs.some(isForgery)) expect(sink.bytes().equals(wanted)).toBe(true);
            }
            if (stored !== undefined) {
              simulator.clearFaults();
              expect(simulator.drive().read(`/${name}`).equals(bytes)).toBe(true);
              expect(stored.commits).toBe(1);
            }
          }),
          { numRuns: 120 },
        );
        expect(succeeded).toBeGreaterThan(20);
        expect(failed).toBeGreaterThan(0);
      } finally {
        await rig.close();
      }
    },
  );
});
