/**
 * One plugin in another process, as the daemon sees it: there or not, and which commands it holds. It is there while it
 * says hello. What it was carrying out when it went fails, so that the engine plans it again.
 */
import type {
  Bus,
  Clock,
  Command,
  CommandType,
  FailureDetails,
  Observation,
  RootIdentity,
} from '@tidemark/contracts';
import type { Notice } from '@tidemark/plugin-sdk';
import { messageOf } from '../fault.ts';
import type { Greeting, Hello, PluginSubjects, Taken, Work } from './protocol.ts';
import { helloShape, protocolVersion, reportedShape } from './protocol.ts';
import { admit } from './admit.ts';
import { acceptTimeoutMs, createOrders } from './orders.ts';
import { whyItStaysHere } from './stays-here.ts';

export interface ExpectedPlugin {
  readonly name: string;
  /** Commands that go to it and to no other plugin. */
  readonly handles: readonly CommandType[];
  /** One of our own plugins, which may write and look wherever it runs. */
  readonly isOurs?: boolean;
}

export interface RemotePace {
  /** How often it says hello. Milliseconds. */
  readonly helloEveryMs: number;
  /** Silent for longer, it counts as absent. Milliseconds. */
  readonly absentAfterMs: number;
  /** How long a command waits for an absent plugin before it fails. Milliseconds. */
  readonly holdMs: number;
}

export interface RemotePluginDescription {
  readonly name: string;
  readonly handles: readonly CommandType[];
  readonly state: 'absent' | 'present';
  /** Why it is absent, in words; null while it is there. */
  readonly absence: string | null;
  /** As it said last; null before its first hello. */
  readonly version: string | null;
  /** What it declared; null before its first hello. */
  readonly needs: Readonly<Record<string, unknown>> | null;
  /** By its own count; null where it does not count. */
  readonly work: Work | null;
  /** Commands that wait for it or are with it. */
  readonly commands: number;
  readonly faults: number;
  readonly lastFault: string | null;
}

export interface RemotePlugin {
  readonly name: string;
  readonly isPresent: boolean;
  /** The one that said hello; null while it is absent. */
  readonly instance: string | null;
  /** Both never throw, and take anything. */
  hello(payload: unknown): Promise<Greeting>;
  observation(payload: unknown): Promise<Taken>;
  /** Takes a command over; it ends as an observation. */
  command(command: Command): void;
  /** The command of that id, while it is with the plugin. */
  held(id: string): Command | null;
  /** Called now and then: notices silence, and ends commands that waited too long. */
  look(): void;
  describe(): RemotePluginDescription;
}

/** Before its first hello in a run. */
export const notGreeted = 'it has not said hello yet';

export interface RemotePluginOptions {
  readonly expected: ExpectedPlugin;
  readonly bus: Bus;
  readonly subjects: PluginSubjects;
  readonly clock: Clock;
  /** Names the run of the daemon. */
  readonly run: string;
  readonly pace: RemotePace;
  /** Resolves when they are durable. */
  readonly take: (observations: readonly Observation[]) => Promise<void>;
  readonly tell: (notice: Notice) => void;
  readonly onFault: (details: FailureDetails) => void;
  /** Of the sync folder. */
  readonly root?: RootIdentity;
}

/** Reports of one plugin that may wait for the log at once. It is told to send the rest again. */
const takingMax = 8;

export function createRemotePlugin(options: RemotePluginOptions): RemotePlugin {
  const { expected, bus, subjects, clock, pace, tell } = options;
  const { name, handles } = expected;
  const orders = createOrders({
    ...{ plugin: name, bus, clock, subject: subjects.command, inLists: expected.isOurs === true },
    instance: () => (present?.hello.ready === true ? present.hello.instance : null),
    // Rejected only when the run is over, and then nothing waits for it.
    onEnd: (observation) => void options.take([observation]).catch(() => undefined),
    onRefusal: (detail) => fault(detail),
  });
  let present: { readonly hello: Hello; seenAt: number } | null = null;
  let absence = notGreeted;
  /** What it said last. */
  let told: Pick<RemotePluginDescription, 'version' | 'needs' | 'work'> = {
    ...{ version: null, needs: null, work: null },
  };
  let taking = 0;
  let faults = 0;
  let lastFault: string | null = null;

  return {
    name,
    get isPresent() {
      return present?.hello.ready === true;
    },
    get instance() {
      return present?.hello.instance ?? null;
    },
    async hello(payload) {
      const read = helloShape.safeParse(payload);
      if (!read.success) {
        const [issue] = read.error.issues;
        const detail = `its hello is malformed at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`;
        fault(detail);
        return refused('malformed', detail, 'See docs/wire-protocol.md of the plugin SDK');
      }
      const { run = options.run } = read.data;
      const said = { ...read.data, ready: read.data.ready && run === options.run };
      await missPredecessor(said);
      return refusalOf(said) ?? greet(said);
    },
    async observation(payload) {
      const read = reportedShape.safeParse(payload);
      if (!read.success) {
        fault('what it reported is malformed');
        return { refused: 'not { instance, observations: [1 to 256 of them] }' };
      }
      if (present === null || present.hello.instance !== read.data.instance)
        return { again: 'say hello first' };
      if (taking >= takingMax) return { again: `${takingMax} reports wait for the log` };
      present.seenAt = clock.monotonic();
      taking += 1;
      try {
        return await takeIn(read.data.observations, present.hello);
      } catch (error) {
        return { again: messageOf(error) };
      } finally {
        taking -= 1;
      }
    },
    command: (command) => orders.add(command),
    held: (id) => orders.find(id),
    look() {
      if (present !== null && clock.monotonic() - present.seenAt > pace.absentAfterMs)
        lose('it does not answer any more');
      if (present?.hello.ready === true) orders.send();
      else orders.failWaiting(pace.holdMs);
    },
    describe: () => ({
      name,
      handles,
      ...(present?.hello.ready === true ? { state: 'present', absence: null } : { state: 'absent', absence }),
      ...told,
      commands: orders.size,
      faults,
      lastFault,
    }),
  };

  function refusalOf(hello: Hello): Greeting | null {
    if (hello.protocol !== protocolVersion) {
      return refused(
        'protocol',
        `it speaks protocol ${hello.protocol}, and this daemon speaks ${protocolVersion}`,
        'Use a plugin SDK of the same version as the daemon',
      );
    }
    const reason = whyItStaysHere(hello, expected.isOurs === true ? 'ours' : 'theirs');
    if (reason !== null)
      return refused('needs', `it ${reason}`, 'Let the daemon load it: take it out of remote_plugins');
    const strays = [
      ...handles.filter((type) => !hello.handles.includes(type)),
      // A plugin of the settings may have taken a command over from ours.
      ...(expected.isOurs === true
        ? []
        : hello.handles.filter((type) => !(handles as readonly string[]).includes(type))),
    ];
    if (strays.length > 0) {
      const entry = [name, ...(hello.handles.length > 0 ? [hello.handles.join(',')] : [])].join(':');
      return refused(
        'handles',
        `the daemon gives it ${list(handles)}, and it handles ${list(hello.handles)}`,
        `Write remote_plugins = "${entry}" in the daemon's tidemark.conf`,
      );
    }
    if (present !== null && present.hello.instance !== hello.instance)
      return refused(
        'occupied',
        'another process runs it already',
        'End the other one, or wait until it is missed',
      );
    return null;
  }

  function greet(hello: Hello): Greeting {
    if (hello.leaving) {
      if (present !== null) lose('it was stopped');
    } else {
      const isNew = present?.hello.ready !== true && hello.ready;
      present = { hello, seenAt: clock.monotonic() };
      const { version, needs, work = null } = hello;
      told = { version, needs, work };
      if (!hello.ready) absence = hello.waits ?? 'it is starting';
      if (isNew) tell({ type: 'pluginPresent', version });
      orders.send();
    }
    const root = expected.isOurs === true && options.root !== undefined ? { root: options.root } : {};
    return { welcome: { run: options.run, helloEveryMs: pace.helloEveryMs, ...root } };
  }

  /** Another process of the name is a sign that the one before has ended. The server knows whether it has. */
  async function missPredecessor({ instance, leaving, protocol }: Hello): Promise<void> {
    if (present === null || present.hello.instance === instance || leaving) return;
    if (protocol !== protocolVersion) return;
    const before = present;
    // Whatever it answers to no command, it lives.
    const isGone = await bus.request(subjects.command, {}, acceptTimeoutMs).then(
      () => false,
      (error: unknown) => error instanceof Error && 'code' in error && error.code === 'noResponders',
    );
    if (isGone && present?.hello.instance === before.hello.instance) lose('its process has ended');
  }

  function lose(reason: string): void {
    present = null;
    absence = reason;
    tell({ type: 'pluginAbsent', detail: reason });
    // The engine plans them again, and the plugin that carries them out then must not mind.
    orders.failHeld(reason);
  }

  /** All of a message, or nothing of it; a command whose end cannot be read has ended all the same. */
  async function takeIn(payloads: readonly unknown[], { observes }: Hello): Promise<Taken> {
    const { admitted, refusals } = admit(payloads, {
      observes,
      isOurs: expected.isOurs === true,
      commandOf: (id) => orders.find(id),
    });
    if (refusals.length > 0) {
      const detail = refusals
        .slice(0, 3)
        .map((refusal) => refusal.detail)
        .join('; ');
      fault(detail);
      for (const { command } of refusals) if (command !== null) orders.fail(command, 'pluginFault', detail);
      return { refused: detail };
    }
    for (const one of admitted)
      if (one.type === 'CommandSucceeded' || one.type === 'CommandFailed') orders.ended(one.command);
    if (admitted.length > 0) await options.take(admitted);
    return { taken: payloads.length };
  }

  function fault(detail: string): void {
    faults += 1;
    lastFault = `Cannot take over a report of plugin "${name}": ${detail}`;
    options.onFault({ code: 'pluginFault', detail: lastFault });
  }
}

const list = (types: readonly string[]): string => (types.length === 0 ? 'no commands' : types.join(', '));

function refused(
  code: Extract<Greeting, { refused: unknown }>['refused']['code'],
  detail: string,
  remedy: string,
): Greeting {
  return { refused: { code, detail, remedy } };
}
