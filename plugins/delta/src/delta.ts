/** Reads delta rounds: everything that changed on the drive since a cursor, page by page. */
import type { AbortSignalLike, DeltaPage, DriveReader } from '@tidemark/plugin-sdk';
import { definePlugin, Failure, throwIfStopping } from '@tidemark/plugin-sdk';

export const delta = definePlugin({
  name: 'delta',
  version: '0.1.0',
  needs: { drive: 'read' },
  handle: {
    ReadRemote: async ({ id, cursor }, { drive, report, signal }) => {
      try {
        let page = 0;
        for await (const { rows, deltaLink } of pages(drive, cursor, signal)) {
          await report({ type: 'RemotePage', command: id, page, rows, cursor: deltaLink });
          page += 1;
        }
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'resyncRequired') throw error;
        await report({ type: 'RemoteReset', command: id, detail: error.details.detail });
      }
      return {};
    },
  },
});

/** The next page is fetched while the last one is taken in, and never more than that one. */
async function* pages(
  drive: DriveReader,
  cursor: string | null,
  signal: AbortSignalLike,
): AsyncGenerator<DeltaPage> {
  let page = await drive.delta(cursor, { signal });
  while (page.nextLink !== null) {
    const next = drive.delta(page.nextLink, { signal });
    // It may fail while nobody waits for it yet; whoever awaits it below still gets the error.
    next.catch(() => undefined);
    yield page;
    throwIfStopping(signal);
    page = await next;
  }
  yield page;
}
