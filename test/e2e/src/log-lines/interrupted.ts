/** Transfers that a signal ends, and that the next run takes up. */
import type { ChildProcess } from 'node:child_process';
import { generatedContent, wholeContent } from '@tidemark/graph-simulator';
import { expect } from 'vitest';
import { openProfile } from '../profile.ts';
import { type Account, type Printed, type Step, step } from './scenarios.ts';

const verbose = ['--sync', '--verbose'];

export async function runInterrupted(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({ flavour: account, tree: [] });
  const { simulator } = profile;
  await profile.write('up.bin', wholeContent(generatedContent(25_000_000, 3)));
  const hang = simulator.addFault({ kind: 'fragment', skip: 1, effect: { type: 'hang' } });
  await interrupt(atSecondFragment);
  simulator.onRequest(() => undefined);
  simulator.removeFault(hang);
  await step(profile, printed, 'an upload that goes on', verbose);

  profile.drive.create('/down.bin', { sizeBytes: 25_000_000, seed: 4 });
  const slow = simulator.addFault({
    kind: 'contentDownload',
    effect: { type: 'slowBody', bytesPerSecond: 4_000_000 },
  });
  printed.set('a download that is interrupted' satisfies Step, await interrupt(whenUnderWay));
  simulator.removeFault(slow);
  await step(profile, printed, 'a download that goes on', verbose);

  async function interrupt(when: (child: ChildProcess) => Promise<void>): Promise<string> {
    const { child, ended } = profile.start('onedrive', verbose);
    await Promise.race([when(child), ended]);
    child.kill('SIGINT');
    const { exitCode, text } = await ended;
    expect(exitCode, text).toBe(130);
    return text;
  }

  function atSecondFragment(): Promise<void> {
    return new Promise((resolve) => {
      let count = 0;
      simulator.onRequest(({ kind }) => {
        if (kind === 'fragment') count += 1;
        if (count === 2) resolve();
      });
    });
  }
}

/** Some of the bytes are there. */
function whenUnderWay({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    stdout?.on('data', (piece: string) => {
      if (/ [1-9]\d*% /.test(piece)) resolve();
    });
  });
}
