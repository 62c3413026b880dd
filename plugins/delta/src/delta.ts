/** Reads the drive: delta rounds page by page, and single items that a listing did not show. */
import type { AbortSignalLike, DeltaPage, DriveReader } from '@tidemark/plugin-sdk';
import { definePlugin, throwIfStopping } from '@tidemark/plugin-sdk';

/** More than the service puts on a page. A NATS server takes a megabyte in a message. */
const rowsMax = 500;

export const delta = definePlugin({
  name: 'delta',
  version: '0.1.0',
  needs: { drive: 'read' },
  handle: {
    ReadRemote: async ({ id, cursor }, { drive, report, signal }) => {
      let parts = 0;
      for await (const { rows, nextLink, deltaLink } of pages(drive, cursor, signal)) {
        for (let start = 0; start === 0 || start < rows.length; start += rowsMax) {
          await report({
            ...{ type: 'RemotePage', command: id, page: parts },
            rows: rows.slice(start, start + rowsMax),
          });
          parts += 1;
        }
        if (nextLink === null) return { look: { parts, cursor: deltaLink } };
      }
      throw new Error('the change feed broke off');
    },
    ReadRemoteItems: async ({ ids }, { drive, signal }) => ({
      look: { rows: await drive.items(ids, { signal }) },
    }),
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
    // It may fail before the loop waits for it; the `await` below still gets the error.
    next.catch(() => undefined);
    yield page;
    throwIfStopping(signal);
    page = await next;
  }
  yield page;
}
