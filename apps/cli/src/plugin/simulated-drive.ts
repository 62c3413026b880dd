/** The simulated service beside the built command, in a process of its own that ends with this one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from '@tidemark/plugin-sdk';

const ready = z.object({
  graphUrl: z.string(),
  loginUrl: z.string(),
  controlUrl: z.string(),
  caFile: z.string(),
  refreshToken: z.string(),
});

export type SimulatedDrive = z.infer<typeof ready> & { close(): Promise<void> };

/** Where `npm run build` puts it. */
const program = fileURLToPath(new URL('./simulator/main.mjs', import.meta.url));

/** `stateFolder`: for its certificates. Null: it is not beside this command. */
export async function startSimulatedDrive(stateFolder: string): Promise<SimulatedDrive | null> {
  if (!existsSync(program)) return null;
  const child = spawn(process.execPath, [program, '--state', stateFolder, '--while-stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Ctrl-C is for the daemon, which still talks to it while it ends.
    detached: true,
  });
  const ended = once(child, 'exit');
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  for await (const line of createInterface({ input: child.stdout }))
    return { ...ready.parse(JSON.parse(line)), close };
  throw new Error('the simulated drive ended before it was ready');
}
