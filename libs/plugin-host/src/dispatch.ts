/**
 * Dispatch: takes commands from the bus, each once, and runs them with their handlers, so many of a kind at a time.
 * After `close`, what succeeded is still told; what failed is not, because stopping may be the cause, and the next run
 * plans it again.
 */
import type {
  Bus,
  BusSubscription,
  Clock,
  Command,
  CommandFailed,
  CommandId,
  CommandCompleted,
  CommandType,
} from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import type { Outcome } from '@tidemark/plugin-sdk';
import type { WholeHandleContext } from '@tidemark/plugin-sdk/unstable';
import { failureOf } from './fault.ts';
import type { Limiter } from './limiter.ts';
import { createLimiter } from './limiter.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { createProgressTap } from './progress-tap.ts';
import { readCommand } from './read-command.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';
import type { Subjects } from './subjects.ts';

export interface Dispatch {
  readonly rejected: number;
  /** Listens for the commands of one plugin. */
  listen(loaded: LoadedPlugin): Promise<void>;
  /** Takes nothing more and drops what waits. Abort the signal first; await `idle` after. */
  close(): Promise<void>;
  idle(): Promise<void>;
}

/** How many commands run at once. Looking at a whole side must not wait behind a thousand files. */
const runningMax = { look: 2, reads: 4, writesDisk: 32, writesDrive: 32, subscribes: 1 } as const;
type LimitName = keyof typeof runningMax;

/** Ids remembered to recognise a command that the bus delivers again. Far more than an engine has in flight. */
const rememberedMax = 16_384;

export function createDispatch(options: {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Dispatch {
  const { bus, subjects, clock, signal } = options;
  const limiters: Record<LimitName, Limiter> = {
    look: createLimiter(runningMax.look),
    reads: createLimiter(runningMax.reads),
    writesDisk: createLimiter(runningMax.writesDisk),
    writesDrive: createLimiter(runningMax.writesDrive),
    subscribes: createLimiter(runningMax.subscribes),
  };
  const subscriptions: BusSubscription[] = [];
  const known = new Set<string>();
  let rejected = 0;

  return {
    get rejected() {
      return rejected;
    },
    async listen(loaded) {
      for (const type of loaded.handles) {
        subscriptions.push(
          await bus.subscribe(subjects.command(type), (payload) => take(loaded, type, payload)),
        );
      }
    },
    async close() {
      for (const limiter of Object.values(limiters)) limiter.close();
      await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
    },
    async idle() {
      await Promise.all(Object.values(limiters).map((limiter) => limiter.idle()));
    },
  };

  async function take(loaded: LoadedPlugin, type: CommandType, payload: unknown): Promise<void> {
    if (signal.aborted) return;
    const read = readCommand(payload, type);
    if (!read.ok) return reject(loaded, type, read.id, read.detail);
    if (!remember(read.command.id)) return;
    await limiters[limitNameOf(type)].enter(() => run(loaded, read.command));
  }

  /** False when the command is known already. */
  function remember(id: string): boolean {
    if (known.has(id)) return false;
    known.add(id);
    if (known.size > rememberedMax) {
      for (const oldest of known) {
        known.delete(oldest);
        break;
      }
    }
    return true;
  }

  async function reject(
    loaded: LoadedPlugin,
    type: CommandType,
    id: string | null,
    detail: string,
  ): Promise<void> {
    rejected += 1;
    const failure = { code: 'pluginFault', detail: `Cannot read a command ${type}: ${detail}` } as const;
    loaded.fault(failure);
    if (id === null || !remember(id)) return;
    // Told to the engine, which sent it: a command without an end would block its item.
    await tell(loaded, { type: 'CommandFailed', command: id as CommandId, failure });
  }

  async function run(loaded: LoadedPlugin, command: Command): Promise<void> {
    const startedAt = clock.monotonic();
    const observation = await runCommand({
      plugin: loaded.name,
      command,
      handler: (report) => callHandler(loaded, command, report),
      put: (reported) => loaded.outbox.put(reported),
      onRefusal: loaded.fault,
    });
    const succeeded = observation.type === 'CommandSucceeded';
    loaded.count(command.type, succeeded, clock.monotonic() - startedAt);
    // What a handler throws when it is stopped is neither an outcome nor a fault.
    if (!succeeded && signal.aborted) return;
    await tell(loaded, observation);
    if (observation.type === 'CommandFailed' && observation.failure.code === 'pluginFault') {
      loaded.fault(observation.failure);
    }
  }

  /**
   * An outcome that the bus can never take, a failure included, becomes a plain failure in its place: a command without an end blocks
   * its item, and a run that waits for it never ends.
   */
  async function tell(loaded: LoadedPlugin, observation: CommandCompleted | CommandFailed): Promise<void> {
    const { command } = observation;
    try {
      await loaded.outbox.put(observation);
    } catch (error) {
      const failure = failureOf(error, `tell the outcome of command ${command}`, loaded.name);
      loaded.fault(failure);
      // Words and a code alone: the bus takes these.
      await loaded.outbox.put({ type: 'CommandFailed', command, failure });
    }
  }

  function callHandler(
    { plugin, config, grant, state }: LoadedPlugin,
    command: Command,
    report: WholeHandleContext['report'],
  ): Promise<Outcome> {
    const progress = createProgressTap({
      bus,
      subject: subjects.progress,
      clock,
      command,
      stopped: () => signal.aborted,
    });
    const context: WholeHandleContext = { ...grant, config, state, signal, report, progress };
    // The table gives each type its own handler; that key and command agree is known here, and not to the compiler.
    const handler = plugin.handle?.[command.type] as
      ((command: Command, context: WholeHandleContext) => Promise<Outcome>) | undefined;
    if (handler === undefined)
      throw new SetupError(plugin.name, `it lost its handler for ${command.type}`, '');
    return handler(command, context);
  }
}

function limitNameOf(type: CommandType): LimitName {
  return type === 'ReadRemote' || type === 'ReadRemoteItems' || type === 'ScanLocal'
    ? 'look'
    : commandEffects[type];
}
