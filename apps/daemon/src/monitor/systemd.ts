/**
 * The service manager's side of a daemon: sd_notify(3) through `systemd-notify`, because Node has no datagram Unix sockets. The
 * unit needs `NotifyAccess=all`: the messages come from a child process.
 */
import { spawn } from 'node:child_process';

export interface Systemd {
  /** How often a sign of life is expected, in milliseconds; null when none is. */
  readonly watchdogMs: number | null;
  /** How often there is to be something to tell, in milliseconds. */
  readonly beatMs: number;
  ready(status: string): void;
  /** One line about what is being done. Said again only when it changed. */
  status(text: string): void;
  /** The same, of what went on since the last time and will take longer. */
  working(text: string): void;
  reloading(): void;
  stopping(): void;
  /** The loop is alive. */
  alive(): void;
  /** Resolves when everything was handed over. */
  flush(): Promise<void>;
}

export interface SystemdOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Told once, of the first message that could not be handed over. */
  readonly onTrouble: (detail: string) => void;
  /** The program and how it is called; replaced in tests. */
  readonly command?: string;
}

/** Without `NOTIFY_SOCKET` no service manager listens, and nothing is done. */
export function createSystemd(options: SystemdOptions): Systemd {
  const { environment, pid, onTrouble, command = 'systemd-notify' } = options;
  const isHeard = (environment['NOTIFY_SOCKET'] ?? '') !== '';
  let queue = Promise.resolve();
  let lastStatus = '';
  let isTroubleTold = false;
  let isAliveQueued = false;

  const send = (...assignments: readonly string[]): void => {
    if (!isHeard) return;
    // One after the other: their order is what they mean.
    queue = queue
      .then(() => hand(command, assignments, environment))
      .catch((error: unknown) => {
        if (isTroubleTold) return;
        isTroubleTold = true;
        onTrouble(error instanceof Error ? error.message : String(error));
      });
  };

  const watchdogMs = isHeard ? watchdogOf(environment, pid) : null;
  return {
    watchdogMs,
    beatMs: Math.min(beatMs, (watchdogMs ?? Infinity) / 4),
    ready(status) {
      lastStatus = status;
      send('READY=1', `STATUS=${status}`);
    },
    status(text) {
      if (text === lastStatus) return;
      lastStatus = text;
      send(`STATUS=${text}`);
    },
    working(text) {
      lastStatus = text;
      send(`EXTEND_TIMEOUT_USEC=${extendUsec}`, `STATUS=${text}`);
    },
    // The moment is for Type=notify-reload; others do not mind it.
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${Math.round(monotonicUsec())}`),
    stopping: () => send('STOPPING=1', 'STATUS=Stopping'),
    alive() {
      if (isAliveQueued) return;
      isAliveQueued = true;
      send('WATCHDOG=1');
      queue = queue.then(() => {
        isAliveQueued = false;
      });
    },
    flush: () => queue,
  };
}

/** Asks for more time while something takes long that comes before READY. */
export async function whileWorking<Result>(
  systemd: Pick<Systemd, 'beatMs' | 'working'>,
  text: string,
  work: Promise<Result>,
): Promise<Result> {
  const heart = setInterval(() => systemd.working(text), systemd.beatMs);
  try {
    return await work;
  } finally {
    clearInterval(heart);
  }
}

/** CLOCK_MONOTONIC, on which the service manager compares. */
function monotonicUsec(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

function watchdogOf(environment: SystemdOptions['environment'], pid: number): number | null {
  const usec = Number(environment['WATCHDOG_USEC'] ?? '');
  const forPid = environment['WATCHDOG_PID'];
  if (!Number.isSafeInteger(usec) || usec <= 0) return null;
  return forPid === undefined || Number(forPid) === pid ? usec / 1000 : null;
}

/** The child gets nothing but what it needs to find the socket. */
function hand(
  command: string,
  assignments: readonly string[],
  environment: SystemdOptions['environment'],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...assignments], {
      env: {
        PATH: environment['PATH'] ?? '/usr/bin:/bin',
        NOTIFY_SOCKET: environment['NOTIFY_SOCKET'] ?? '',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: handTimeoutMs,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      said = `${said}${piece}`.slice(0, 300);
    });
    child.once('error', (error) =>
      reject(new Error(`Cannot run ${command}: ${error.message}`, { cause: error })),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed (${signal ?? code}): ${said.trim()}`));
    });
  });
}

const beatMs = 5_000;
const handTimeoutMs = 10_000;
/** Far more than from one beat to the next, also on a machine that does many other things. */
const extendUsec = 120_000_000;
