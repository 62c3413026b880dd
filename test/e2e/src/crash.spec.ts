import { describe, expect, it } from 'vitest';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { downloadsByItem } from './requests.ts';

/**
 * The program is killed without a warning in the middle of its work. `TIDEMARK_KILLS=50` tries more moments (and half
 * as many of uploads), `TIDEMARK_SEED` repeats the ones of an earlier run.
 */
const kills = Number(process.env['TIDEMARK_KILLS'] ?? 8);
const seed = Number(process.env['TIDEMARK_SEED'] ?? Date.now() % 1_000_000);
/** Files on their way at the same time, at most; the setting of the profile. */
const commandsInFlight = 16;
const fileCount = 1000;

const files = Array.from({ length: fileCount }, (_, index) => ({
  path: `folder ${index % 40}/file ${index}.txt`,
  content: `The content of file ${index}`,
}));

/** The requests during which the kills strike, between the first transfer and the last. */
function moments(count: number, among: number): number[] {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () => 1 + Math.floor(random() * among));
}

/** Starts a sync and kills it when its n-th request of a kind arrives. */
async function killedDuring(profile: TestProfile, kind: string, moment: number): Promise<void> {
  const { child, ended } = profile.start('onedrive', ['--sync']);
  let seen = 0;
  profile.simulator.onRequest((request) => {
    if (request.kind !== kind) return;
    seen += 1;
    if (seen === moment) child.kill('SIGKILL');
  });
  const { exitCode } = await ended;
  profile.simulator.onRequest(() => undefined);
  expect(exitCode, 'it was not killed').toBeNull();
}

const profileWith = (tree: readonly { path: string; content: string }[]): Promise<TestProfile> =>
  openProfile({
    tree: tree.map((file) => ({ ...file, path: `/${file.path}` })),
    tidemarkConfig: { commands_in_flight: String(commandsInFlight) },
  });

describe(`kill -9 (TIDEMARK_SEED=${seed})`, () => {
  it.each(moments(kills, fileCount).map((moment) => [moment]))(
    'during download %i of the first sync: the next run finishes and fetches nothing twice but what was on its way',
    async (moment) => {
      const profile = await profileWith(files);
      await killedDuring(profile, 'contentDownload', moment);
      const before = profile.simulator.requestLog();
      const { requests } = await profile.sync();
      await expectEqualSides(profile);

      const twice = [...downloadsByItem([...before, ...requests]).values()].filter((count) => count > 1);
      expect(Math.max(1, ...twice), 'one item was fetched three times').toBeLessThanOrEqual(2);
      expect(twice.length).toBeLessThanOrEqual(commandsInFlight);
      const { counters } = await profile.sync();
      expect(counters.byKind.contentDownload).toBe(0);
    },
  );

  it.each(moments(Math.ceil(kills / 2), fileCount).map((moment) => [moment]))(
    'during upload %i of the first sync: the next run finishes and commits nothing twice',
    async (moment) => {
      const profile = await profileWith([]);
      for (const { path, content } of files) await profile.write(path, content);
      await killedDuring(profile, 'fragment', moment);
      const { counters } = await profile.sync();
      await expectEqualSides(profile);
      expect(Object.keys(await profile.local())).toHaveLength(fileCount + 40);

      const commits = profile.drive.dump().filter((item) => item.commits > 1);
      expect(commits.map(({ path, commits: count }) => `${path}: ${count}`)).toEqual([]);
      expect(counters.byKind.delete).toBe(0);
    },
  );
});
