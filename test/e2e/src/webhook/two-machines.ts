import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { certificatesIn, connectControl, servedNames, type ControlClient } from '@tidemark/graph-simulator';
import { openNamespace, requireCommand, trustIn, type Namespace } from '../namespace.ts';
import { makeAuthority, type Authority } from './authority.ts';

/** The user's machine: what nginx and Tidemark run on. */
export type Machine = {
  readonly namespace: Namespace;
  /** Its `/etc` and its `/var/log`: copies of this test alone, to be changed from outside. */
  readonly etc: string;
  readonly log: string;
};

/**
 * Two machines with a cable between them: the service under its real names on port 443, and the user's machine under a public
 * name. Both trust one authority as they would trust Let's Encrypt.
 */
export type TwoMachines = {
  readonly machine: Machine;
  /** Where the service runs: the outside world of the machine. */
  readonly outside: Namespace;
  readonly control: ControlClient;
  readonly authority: Authority;
  readonly host: string;
  /** A folder for the test's own files; removed by `close`. */
  readonly folder: string;
  /** Packets from outside to the machine are dropped without a word, as by a router that forwards nothing. */
  readonly setRouter: (how: 'forwards' | 'drops') => Promise<void>;
  readonly close: () => Promise<void>;
};

export const host = 'cloud.example.org';
const [serviceAddress, machineAddress] = ['192.0.2.1', '192.0.2.10'];
/** Where the public name leads: an address of its own, so that the way in can be closed without closing the way out. */
export const publicAddress = '192.0.2.11';
const simulatorMain = fileURLToPath(
  new URL('../../../../tools/graph-simulator/src/main.ts', import.meta.url),
);

export async function openTwoMachines(): Promise<TwoMachines> {
  requireCommand('nginx', 'nginx');
  const folder = await mkdtemp(join(tmpdir(), 'two-machines-'));
  const authority = await makeAuthority('Public authority of this test');
  const authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, authority.certificate);
  const { caFile } = await certificatesIn(join(folder, 'state'));
  const serviceNames = servedNames.filter((name) => !name.includes('*') && name !== 'localhost');
  const outside = await openNamespace({
    hostNames: [],
    addresses: { [host]: publicAddress },
    caFile: authorityFile,
  });
  const inside = await openNamespace({
    hostNames: [],
    addresses: {
      ...Object.fromEntries(serviceNames.map((name) => [name, serviceAddress])),
      [host]: publicAddress,
    },
    caFile,
  });
  const close = async (): Promise<void> => {
    await inside.close();
    await outside.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await connect(inside, outside);
    const machine = await furnish(inside, folder);
    await trustIn(join(machine.etc, 'ssl/certs'), authorityFile);
    const control = await startService(outside, folder);
    const setRouter = async (how: 'forwards' | 'drops'): Promise<void> => {
      // Packets to a card that nobody has: the machine takes none of them.
      const nobody = ['ip', 'neigh', 'replace', publicAddress, 'lladdr', '02:00:00:00:00:99', 'dev', 'cable'];
      const forget = ['ip', 'neigh', 'delete', publicAddress, 'dev', 'cable'];
      await must(outside, how === 'drops' ? nobody : forget);
    };
    return { machine, outside, control, authority, host, folder, setRouter, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(inside: Namespace, outside: Namespace): Promise<void> {
  await must(inside, [
    ...['ip', 'link', 'add', 'cable', 'type', 'veth'],
    ...['peer', 'name', 'cable', 'netns', `${outside.pid}`],
  ]);
  for (const [namespace, address] of [
    [inside, machineAddress],
    [inside, publicAddress],
    [outside, serviceAddress],
  ] as const)
    await must(namespace, ['ip', 'address', 'add', `${address}/24`, 'dev', 'cable']);
  for (const namespace of [inside, outside]) await must(namespace, ['ip', 'link', 'set', 'cable', 'up']);
}

/** Folders of its own in place of those that nginx reads and writes. */
async function furnish(namespace: Namespace, folder: string): Promise<Machine> {
  const [etc, log] = [join(folder, 'etc'), join(folder, 'log')];
  // Copied inside, so that names and certificates of the namespace come along.
  await must(namespace, ['cp', '-a', '/etc', etc]);
  await mkdir(join(log, 'nginx'), { recursive: true });
  await must(namespace, ['mount', '--bind', etc, '/etc']);
  await must(namespace, ['mount', '--bind', log, '/var/log']);
  await must(namespace, ['mount', '-t', 'tmpfs', 'none', '/var/lib/nginx']);
  await must(namespace, ['mount', '-t', 'tmpfs', 'none', '/run']);
  await writeFile(join(etc, 'resolv.conf'), '');
  return { namespace, etc, log };
}

async function startService(outside: Namespace, folder: string): Promise<ControlClient> {
  const socket = join(folder, 'control.sock');
  const simulator = outside.start(process.execPath, [
    ...['--use-system-ca', simulatorMain, '--host', serviceAddress, '--port', '443'],
    ...['--state', join(folder, 'state'), '--control-socket', socket],
    ...['--set', 'receiverCertificates=checked'],
  ]);
  const problem: string[] = [];
  simulator.stderr?.setEncoding('utf8').on('data', (text: string) => problem.push(text));
  const first = await Promise.race([
    once(simulator.stdout ?? simulator, 'data'),
    once(simulator, 'exit').then(() => undefined),
  ]);
  if (first === undefined) throw new Error(`The simulator did not start: ${problem.join('')}`);
  return connectControl(socket);
}

/** Runs a program that has to succeed. */
export async function must(
  namespace: Namespace,
  [command = '', ...args]: readonly string[],
): Promise<string> {
  const { status, stdout, stderr } = await namespace.run(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
