/** Keeps a copy of each version of chosen files that was synced, in a folder of the user's choice, and fewer of them as they age. */
import { definePlugin, Failure, z } from '@tidemark/plugin-sdk';
import type { DiskReader, ExpectedLocal, Finished } from '@tidemark/plugin-sdk';
import { anyOf } from './any-of.ts';
import { oldestFirst, pathOf, placeOf, superfluous } from './thinning.ts';

const megabyte = 1024 * 1024;

const config = z.strictObject({
  /** Where they are kept: outside the sync folder, and there already. */
  folder: z.string(),
  paths: z.array(z.string()).default(['**']),
  except: z.array(z.string()).default([]),
  /** So many of a file whatever their age; then the last of each day, and later of each month. */
  newest: z.number().int().min(1).default(5),
  days: z.number().int().min(0).default(30),
  months: z.number().int().min(0).default(12),
  largestMegabytes: z.number().positive().default(100),
  allMegabytes: z.number().positive().default(2_000),
});

export default definePlugin({
  name: 'versions',
  version: '1.0.0',
  sdk: '^1.0.0',
  needs: { events: true, disk: 'read', files: { setting: 'folder' } },
  config,
  setup: async ({ files, config: { paths, except } }) => ({
    chosen: anyOf(paths),
    spared: anyOf(except),
    sizes: new Map((await files.list()).map(({ path, sizeBytes }) => [path, sizeBytes])),
  }),
  on: {
    async finished(happened, { state, disk, files, config, say }) {
      const { sizes } = state;
      const { path } = happened.command;
      const version = versionIn(happened);
      if (version === null || !state.chosen(path) || state.spared(path)) return;
      try {
        const { id, stamp } = version;
        const source = await disk.read(path, { id, stamp });
        if (source.sizeBytes > config.largestMegabytes * megabyte)
          return say(`${path} is too large to be kept (largestMegabytes)`, 'debug');
        const place = placeOf(path, happened.at);
        await files.write(place, whole(source));
        sizes.set(place, source.sizeBytes);
        const own = [...sizes.keys()].filter((one) => pathOf(one) === path);
        for (const one of superfluous(own, happened.at, config)) await drop(one);
        let total = [...sizes.values()].reduce((sum, one) => sum + one, 0);
        for (const one of oldestFirst([...sizes.keys()])) {
          if (total <= config.allMegabytes * megabyte || one === place) break;
          total -= sizes.get(one) ?? 0;
          await drop(one);
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        // Its next version is on its way.
        const isChanged = error.code === 'changedMeanwhile' || error.code === 'localGone';
        say(`Cannot keep a version of ${path}: ${error.message}`, isChanged ? 'debug' : 'warning');
      }
      async function drop(one: string): Promise<void> {
        await files.remove(one);
        sizes.delete(one);
      }
    },
  },
});

/** The version that both sides have now; null where there is no new one. */
function versionIn({ command, outcome }: Finished): ExpectedLocal | null {
  if (outcome.type === 'CommandFailed') return null;
  if (command.type === 'UploadFile') return command.expected;
  const { local } = outcome;
  return command.type === 'DownloadFile' && local !== undefined && !('gone' in local) ? local : null;
}

/** Throws when it changes meanwhile: then nothing is kept. */
async function* whole(source: Awaited<ReturnType<DiskReader['read']>>): AsyncIterable<Uint8Array> {
  yield* source.open(0);
  await source.finish();
}
