/** Settings of the downloader, and the context its handlers get. */
import type { HandleContext } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';

export const config = z.strictObject({
  /**
   * Compare size and hash of what arrived with what the drive announced. Off for files that the service alters when it
   * hands them out (HEIC, protected Office documents): they would never match.
   */
  verifyDownloads: z.boolean().default(true),
  /** Have it written beside each file who made it and who saved it last. Costs a request for each download. */
  writeAuthors: z.boolean().default(false),
});

export type Context = HandleContext<
  { readonly drive: 'read'; readonly disk: 'write'; readonly content: true },
  z.output<typeof config>
>;
