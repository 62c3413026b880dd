/**
 * A plugin that changes content: on the drive a file is its text backwards behind a header, which has another length each time, so
 * that no two attempts give the same bytes and disk and drive never have the same size.
 */
import type { Plugin } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';

const mark = '#rev';
const decoder = new TextDecoder();
const encoder = new TextEncoder();

const backwards = (text: string): string => [...text].reverse().join('');

/** What another device with the same plugin writes. */
export const reversed = (bytes: Uint8Array, count: number): Uint8Array =>
  encoder.encode(`${mark}${'='.repeat(1 + (count % 7))}${count}:${backwards(decoder.decode(bytes))}`);

export const isReversed = (bytes: Uint8Array): boolean => decoder.decode(bytes).startsWith(mark);

/** The text of a file, whether it is as on disk or as on the drive. */
export function unreversed(text: string): string {
  return text.startsWith(mark) ? backwards(text.slice(text.indexOf(':') + 1)) : text;
}

/** @param next counts the files that were ever changed */
export function createReversing(next: () => number): Plugin {
  return definePlugin({
    name: 'reversing',
    version: '1.0.0',
    content: {
      format: 'reversed',
      async *up(bytes) {
        const whole = reversed(await wholeOf(bytes), next());
        // In two parts, so that a kill may come between them.
        yield whole.subarray(0, 3);
        yield whole.subarray(3);
      },
      async *down(bytes) {
        const whole = await wholeOf(bytes);
        if (!isReversed(whole)) throw new Error('it did not make this');
        const text = encoder.encode(unreversed(decoder.decode(whole)));
        yield text.subarray(0, 1);
        yield text.subarray(1);
      },
    },
  });
}

async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
