/** One line with the figures of a transfer, in the form of compatibility contract 5.10. */
import type { Command } from '@tidemark/plugin-sdk';
import type { Effect } from '@tidemark/plugin-sdk/unstable';
import type { Line } from './line.ts';
import { info } from './line.ts';

/** The command's whole time counts as the transfer: nothing shorter is in the log. */
export function metrics(command: Command, { transfer }: Effect, elapsedMs: number): readonly Line[] {
  if (transfer === null) return [];
  const { bytes } = transfer;
  if (bytes === 0) return [info('Transfer Metrics - N/A (Zero Byte File)')];
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const megabits = (bytes * 8) / 1_000_000 / seconds;
  return [
    info(
      `Transfer Metrics - File: ${command.path} | Size: ${bytes} Bytes | Transfer: ${seconds.toFixed(2)} Seconds | ` +
        `End-to-End: ${seconds.toFixed(2)} Seconds | Speed: ${megabits.toFixed(2)} Mbps (approx)`,
    ),
  ];
}
