/** The daemon's side of one plugin in another process, and somebody at the other end who sends whatever a test wants. */
import { createInProcessBus } from '@tidemark/bus';
import type { Command, CommandType, Observation } from '@tidemark/contracts';
import type { ToldNotice } from '@tidemark/plugin-sdk';
import { createSpecClock, turn } from '../spec-world.ts';
import { subjectsOf } from '../subjects.ts';
import { pluginSubjectsOf } from './protocol.ts';
import { createRemotePlugins } from './remote-plugins.ts';

export const pace = { helloEveryMs: 1_000, absentAfterMs: 3_000, holdMs: 10_000 };

export interface SpecRemote {
  readonly taken: Observation[];
  readonly notices: ToldNotice['notice'][];
  /** Commands that reached the plugin. */
  readonly received: Command[];
  /** How many commands came in each message that held several. */
  readonly lists: readonly number[];
  readonly faults: string[];
  hello(given?: object): Promise<unknown>;
  report(...observations: readonly unknown[]): Promise<unknown>;
  /** Told notices, with their times. */
  readonly told: ToldNotice[];
  /** Sends what it says by the way. */
  tell(payload: unknown): Promise<void>;
  readonly now: () => number;
  /** Sends a message that has not even the outer shape. */
  say(subject: 'hello' | 'observation', payload: unknown): Promise<unknown>;
  /** What a plan holds, at once. */
  give(...commands: readonly Command[]): Promise<void>;
  advance(byMs: number): Promise<void>;
  describe: ReturnType<typeof createRemotePlugins>['describe'];
}

export interface SpecRemoteOptions {
  readonly handles?: readonly CommandType[];
  /** It is one of our own. */
  readonly isOurs?: boolean;
  /** What the plugin answers to commands; null: it is deaf. */
  readonly answer?: ((command: Command) => unknown) | null;
  /** Replaces taking over. */
  readonly take?: () => Promise<void>;
}

export async function createSpecRemote(options: SpecRemoteOptions = {}): Promise<SpecRemote> {
  const { handles = [], isOurs = false, answer = () => ({ accepted: true }) } = options;
  const clock = createSpecClock();
  const errors: unknown[] = [];
  const lists: number[] = [];
  const bus = createInProcessBus({ clock, onError: (error) => errors.push(error) });
  const wire = pluginSubjectsOf('home', 'far');
  const [taken, notices, received, faults]: [Observation[], ToldNotice['notice'][], Command[], string[]] = [
    [],
    [],
    [],
    [],
  ];
  const told: ToldNotice[] = [];
  await bus.subscribe(subjectsOf('home').notice, (payload) => {
    for (const one of payload as readonly ToldNotice[]) {
      told.push(one);
      notices.push(one.notice);
    }
  });
  if (answer !== null) {
    const take = (command: Command): unknown => {
      received.push(command);
      return answer(command);
    };
    await bus.respond(wire.command, (payload) => {
      if (!Array.isArray(payload)) return take(payload as Command);
      lists.push(payload.length);
      return payload.map(take);
    });
  }
  const remote = createRemotePlugins({
    expected: [{ name: 'far', handles, isOurs }],
    ...{ bus, clock, pace, driveKey: 'home', run: 'run-1' },
    take: async (_plugin, observations) => {
      await options.take?.();
      taken.push(...observations);
    },
    onFault: ({ details }) => faults.push(details.detail),
  });
  const started = remote.start();
  await turn();
  await clock.advance(pace.helloEveryMs * 2);
  await started;
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 5; round += 1) await turn();
    // Whatever anybody sends, the daemon's own bus has nothing to complain about.
    if (errors.length > 0) throw errors[0];
  };
  const ask = async (subject: string, payload: unknown): Promise<unknown> => {
    const reply = bus.request(subject, payload, 60_000);
    await settle();
    return reply;
  };
  return {
    ...{ taken, notices, told, received, lists, faults, now: () => clock.now() },
    async tell(payload) {
      await bus.publish(wire.notice, payload);
      await settle();
    },
    describe: remote.describe,
    hello: (given = {}) =>
      ask(wire.hello, { protocol: 1, version: '1.0.0', instance: 'instance-1', handles, ...given }),
    report: (...observations) => ask(wire.observation, { instance: 'instance-1', observations }),
    say: (subject, payload) => ask(wire[subject], payload),
    async give(...commands) {
      const { command: subject } = subjectsOf('home');
      await Promise.all(commands.map((command) => bus.publish(subject(command.type), command)));
      await settle();
    },
    async advance(byMs) {
      for (let left = byMs; left > 0; left -= 500) {
        await clock.advance(Math.min(left, 500));
        await settle();
      }
    },
  };
}
