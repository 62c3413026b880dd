/** Runs the built command as a user would, and keeps what it said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const command = fileURLToPath(new URL('../../../dist/tidemark', import.meta.url));

export type Ended = {
  readonly exitCode: number | null;
  readonly text: string;
  readonly seconds: number;
};

/** `transcript`: where everything that the command said is written. Not killed, however long it takes. */
export async function runTidemark(args: readonly string[], transcript: string): Promise<Ended> {
  const startedAt = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [exitCode] = await once(child, 'close');
  writeFileSync(transcript, text);
  return {
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    text,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
