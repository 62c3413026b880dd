import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What differs inside: names that resolve to loopback, and an authority that the whole system trusts. */
export type NamespaceOptions = {
  readonly hostNames: readonly string[];
  /** Names that resolve to another address than loopback. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** PEM; added to a private copy of the system's certificate store. */
  readonly caFile: string;
};

export type RunOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  /** The program is killed after this time. Default two minutes. */
  readonly limitMs?: number;
};

export type RunResult = {
  /** Undefined when a signal ended the program. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * A mount and network namespace of its own: only loopback, own `/etc/hosts`, own certificate store. Programs in it
 * reach the real service's names on port 443 and find whoever listens there; nothing leaves the machine. Files are
 * shared with the outside, so a Unix socket made inside can be used from outside.
 */
export type Namespace = {
  /** Of the process that holds it: for those who connect namespaces with each other. */
  readonly pid: number;
  /** Runs a program to its end. */
  readonly run: (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;
  /** Starts a program that goes on; `close` ends it. */
  readonly start: (command: string, args: readonly string[], options?: RunOptions) => ChildProcess;
  readonly close: () => Promise<void>;
};

/** @throws Error that says what to install or allow when the machine lacks something. */
export async function openNamespace(options: NamespaceOptions): Promise<Namespace> {
  requireForNamespaces();
  const folder = await mkdtemp(join(tmpdir(), 'namespace-'));
  const [hostsFile, certificateFolder] = [join(folder, 'hosts'), join(folder, 'certs')];
  await writeFile(
    hostsFile,
    [
      ...['localhost', ...options.hostNames].map((name) => `127.0.0.1 ${name}\n`),
      ...Object.entries(options.addresses ?? {}).map(([name, address]) => `${address} ${name}\n`),
    ].join(''),
  );
  await copyCertificateStore(certificateFolder, options.caFile);
  const holder = await holdNamespace(hostsFile, certificateFolder);
  const children = new Set<ChildProcess>();
  const start = (command: string, args: readonly string[], runOptions: RunOptions = {}): ChildProcess => {
    // Should this process be killed, what it started in the namespace is killed with it.
    const enter = ['--pdeathsig', 'KILL', 'nsenter', '-t', String(holder.pid), '-m', '-n', '--'];
    const child = spawn('setpriv', [...enter, command, ...args], {
      cwd: runOptions.workingFolder ?? folder,
      env: { ...plainEnvironment(), ...runOptions.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  return {
    pid: holder.pid ?? 0,
    start,
    run: (command, args, runOptions = {}) =>
      finished(start(command, args, runOptions), runOptions.limitMs ?? 120_000),
    close: async () => {
      for (const child of children) await ended(child);
      await ended(holder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws Error that names the Debian package to install. */
export function requireCommand(command: string, debianPackage: string): void {
  const found = spawnSync('sh', ['-c', `command -v "$0"`, command]);
  if (found.status !== 0) {
    throw new Error(`This test needs '${command}': install it with 'apt-get install ${debianPackage}'`);
  }
}

function requireForNamespaces(): void {
  if (process.getuid?.() !== 0) throw new Error('This test makes network namespaces: run it as root');
  requireCommand('unshare', 'util-linux');
  requireCommand('nsenter', 'util-linux');
  requireCommand('setpriv', 'util-linux');
  requireCommand('ip', 'iproute2');
  requireCommand('openssl', 'openssl');
}

const systemStore = '/etc/ssl/certs';

/** Programs read the store in two ways: the bundle file, or one file per authority found by its subject's hash. */
async function copyCertificateStore(folder: string, caFile: string): Promise<void> {
  requireCommand('update-ca-certificates', 'ca-certificates');
  await cp(systemStore, folder, { recursive: true, dereference: true });
  await trustIn(folder, caFile);
}

/** Adds an authority to a copy of the system's certificate store. */
export async function trustIn(folder: string, caFile: string): Promise<void> {
  await appendFile(join(folder, 'ca-certificates.crt'), await readFile(caFile));
  const hashed = spawnSync('openssl', ['x509', '-noout', '-hash', '-in', caFile], { encoding: 'utf8' });
  if (hashed.status !== 0) throw new Error(`Cannot read ${caFile}: ${hashed.stderr}`);
  await copyFile(caFile, join(folder, `${hashed.stdout.trim()}.0`));
}

/** The holder keeps the namespaces alive until its input closes, so that they end with this process. */
async function holdNamespace(hostsFile: string, certificateFolder: string): Promise<ChildProcess> {
  const script = [
    'set -e',
    'mount --make-rprivate /',
    'mount --bind "$1" /etc/hosts',
    `mount --bind "$2" ${systemStore}`,
    'ip link set lo up',
    'echo ready',
    'exec cat',
  ].join('\n');
  const holder = spawn('unshare', ['-m', '-n', 'sh', '-c', script, 'sh', hostsFile, certificateFolder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const problem: string[] = [];
  holder.stderr.setEncoding('utf8').on('data', (text: string) => problem.push(text));
  const first = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit').then(() => undefined)]);
  if (first === undefined)
    throw new Error(`Cannot make a namespace (is this container allowed to?): ${problem.join('')}`);
  return holder;
}

/** Nothing of the caller's certificates, proxies or tokens goes in. */
function plainEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    HOME: '/nonexistent',
  };
}

async function finished(child: ChildProcess, limitMs: number): Promise<RunResult> {
  const pieces = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (pieces.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (pieces.stderr += text));
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const [status] = await once(child, 'close');
  clearTimeout(limit);
  return { status: typeof status === 'number' ? status : undefined, ...pieces };
}

/** Asks a process to end, and makes it end when it does not within five seconds. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exit;
  clearTimeout(limit);
}
