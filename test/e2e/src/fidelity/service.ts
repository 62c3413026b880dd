import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { certificatesIn, connectControl, servedNames, type ControlClient } from '@tidemark/graph-simulator';
import { openNamespace, type Namespace } from '../namespace.ts';

/** The simulated service under its real names on port 443, inside a namespace, and a way to run clients there. */
export type NamespacedService = {
  readonly namespace: Namespace;
  readonly control: ControlClient;
  /** A folder for the test's own files; removed by `close`. */
  readonly folder: string;
  readonly close: () => Promise<void>;
};

const simulatorMain = fileURLToPath(
  new URL('../../../../tools/graph-simulator/src/main.ts', import.meta.url),
);

export async function openNamespacedService(
  flavour: 'personal' | 'business' | 'library',
): Promise<NamespacedService> {
  const folder = await mkdtemp(join(tmpdir(), 'fidelity-'));
  const { caFile } = await certificatesIn(join(folder, 'state'));
  const hostNames = [...servedNames.filter((name) => !name.includes('*')), 'bn1301.up.1drv.com'];
  const namespace = await openNamespace({ hostNames, caFile });
  const socket = join(folder, 'control.sock');
  const args = [simulatorMain, '--port', '443', '--state', join(folder, 'state'), '--control-socket', socket];
  const simulator = namespace.start(process.execPath, [...args, '--flavour', flavour]);
  const problem: string[] = [];
  simulator.stderr?.setEncoding('utf8').on('data', (text: string) => problem.push(text));
  const close = async (): Promise<void> => {
    await namespace.close();
    await rm(folder, { recursive: true, force: true });
  };
  const first = await Promise.race([
    once(simulator.stdout ?? simulator, 'data'),
    once(simulator, 'exit').then(() => undefined),
  ]);
  if (first === undefined) {
    await close();
    throw new Error(`The simulator did not start: ${problem.join('')}`);
  }
  return { namespace, control: connectControl(socket), folder, close };
}
