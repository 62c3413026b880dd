/** Settings of the uploader, and the context its handlers get. */
import type { HandleContext } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';

export const config = z.strictObject({
  /** Compare size and hash of what the drive stored with what was sent. Off, whatever it stored is taken as the file. */
  verifyUploads: z.boolean().default(true),
});

export type Context = HandleContext<
  { readonly drive: 'write'; readonly disk: 'read'; readonly content: true },
  z.output<typeof config>
>;
