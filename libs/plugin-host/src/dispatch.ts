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
  CommandCompleted,
  CommandType,
  Observation,
} from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import { carryOut } from './carry-out.ts';
import { failureOf } from './fault.ts';
import type { Handlers } from './handlers.ts';
import type { Limiter } from './limiter.ts';
import { createLimiter } from './limiter.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { asOurs } from './stray-errors.ts';
import type { Subjects } from './subjects.ts';

export interface Dispatch {
  /** Listens for the commands of one kind. */
  listen(type: CommandType, handlers: Handlers): Promise<void>;
  /** Takes nothing more and drops what waits. Abort the signal first; await `idle` after. */
  close(): Promise<void>;
  idle(): Promise<void>;
  /** What runs now, with the plugin that was given it first. */
  underWay(): Iterable<readonly [Command, LoadedPlugin]>;
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
  const running = new Map<Command, LoadedPlugin>();

  return {
    async listen(type, handlers) {
      subscriptions.push(
        // The engine's own words; in another process the border has read them.
        await bus.subscribe(subjects.command(type), (payload) => take(handlers, payload as Command)),
      );
    },
    async close() {
      for (const limiter of Object.values(limiters)) limiter.close();
      await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
    },
    async idle() {
      await Promise.all(Object.values(limiters).map((limiter) => limiter.idle()));
    },
    underWay: () => running,
  };

  async function take(handlers: Handlers, command: Command): Promise<void> {
    if (signal.aborted || !remember(command.id)) return;
    await limiters[limitNameOf(command.type)].enter(() => run(handlers, command));
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

  /** Its first handler speaks for all of them. */
  async function run(handlers: Handlers, command: Command): Promise<void> {
    const [loaded] = handlers;
    const put = (observation: Observation): Promise<void> =>
      asOurs(() => loaded.outbox.report(observation, command.id));
    running.set(command, loaded);
    const ended = await carryOut(handlers, command, { bus, subjects, clock, signal, put });
    running.delete(command);
    // What a handler throws when it is stopped is no outcome.
    if (ended.type === 'CommandSucceeded' || !signal.aborted) await tell(loaded, ended);
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
}

function limitNameOf(type: CommandType): LimitName {
  return type === 'ReadRemote' || type === 'ReadRemoteItems' || type === 'ScanLocal'
    ? 'look'
    : commandEffects[type];
}
