/**
 * The commands of one plugin in another process: on their way to it, or with it, until they end. It is the only place of the daemon
 * where commands for that plugin wait; that each is carried out once is seen to where it is carried out.
 */
import type { Bus, Clock, Command, CommandId, FailureDetails, Observation } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import { acceptedShape, type Accepted } from './protocol.ts';
import { shown } from './read-result.ts';

export interface Orders {
  readonly size: number;
  /** The command of that id, until it has ended. */
  find(id: string): Command | null;
  /** Takes a command over and sends it. What is there already is not sent again. */
  add(command: Command): void;
  /** Sends what no instance has accepted, as it is: one that was killed before it answered may have begun with it. */
  send(): void;
  /** Its outcome is known. */
  ended(id: string): void;
  /** Ends it as a failure. */
  fail(id: string, code: FailureDetails['code'], reason: string): void;
  /** Ends, as absent, what an instance that is gone had accepted. How far it came is unknown. */
  failHeld(reason: string): void;
  /** Ends, as absent, what has waited so long for an instance. Milliseconds. */
  failWaiting(longerThanMs: number): void;
}

export interface OrdersOptions {
  readonly plugin: string;
  readonly bus: Bus;
  /** Where the plugin takes commands. */
  readonly subject: string;
  readonly clock: Clock;
  /** Several commands in one message, as plugins of ours take them. */
  readonly inLists: boolean;
  /** The one that takes commands now; null while there is none. */
  readonly instance: () => string | null;
  /** A command has ended as a failure. */
  readonly onEnd: (observation: Observation) => void;
  /** The plugin did not take a command that it said it handles. */
  readonly onRefusal: (detail: string) => void;
}

/** A command on its way to the plugin, or with it. */
interface Order {
  readonly command: Command;
  readonly since: number;
  sending: boolean;
  /** The instance that accepted it. */
  holder: string | null;
}

export const acceptTimeoutMs = 5_000;
/** A plan may hold thousands. */
const listMax = 64;
const answers = z.array(acceptedShape);

export function createOrders(options: OrdersOptions): Orders {
  const { plugin, bus, subject, clock, inLists } = options;
  const orders = new Map<string, Order>();
  let isSending = false;

  return {
    get size() {
      return orders.size;
    },
    find: (id) => orders.get(id)?.command ?? null,
    add(command) {
      if (orders.has(command.id)) return;
      orders.set(command.id, { command, since: clock.monotonic(), sending: false, holder: null });
      void sendSoon();
    },
    send: () => void sendSoon(),
    ended: (id) => void orders.delete(id),
    fail(id, code, reason) {
      const order = orders.get(id);
      if (order !== undefined) fail(order, code, reason);
    },
    failHeld(reason) {
      for (const order of [...orders.values()])
        if (order.holder !== null) fail(order, 'pluginAbsent', reason);
    },
    failWaiting(longerThanMs) {
      const now = clock.monotonic();
      for (const order of [...orders.values()])
        if (order.holder === null && now - order.since >= longerThanMs)
          fail(order, 'pluginAbsent', 'it is not there');
    },
  };

  /** What the same step brings travels together. */
  async function sendSoon(): Promise<void> {
    if (isSending) return;
    isSending = true;
    await Promise.resolve();
    isSending = false;
    const waiting = [...orders.values()].filter(({ sending, holder }) => !sending && holder === null);
    const lengthMax = inLists ? listMax : 1;
    for (let start = 0; start < waiting.length; start += lengthMax)
      void deliver(waiting.slice(start, start + lengthMax));
  }

  /** The plugin is not there or does not answer in time: they are sent again as long as it is there. */
  async function deliver(sent: readonly Order[]): Promise<void> {
    const instance = options.instance();
    if (instance === null) return;
    for (const order of sent) order.sending = true;
    const answer = await ask(sent.map(({ command }) => command)).catch((error: unknown) => error);
    for (const order of sent) order.sending = false;
    if (isTooLarge(answer)) return tooLarge(sent);
    const read = answers.safeParse(inLists ? answer : [answer]);
    if (read.success) for (const [index, order] of sent.entries()) take(order, read.data[index], instance);
  }

  function ask(commands: readonly Command[]): Promise<unknown> {
    return bus.request(subject, inLists ? commands : commands[0], acceptTimeoutMs);
  }

  function take(order: Order, answer: Accepted | undefined, instance: string): void {
    if (answer === undefined || !orders.has(order.command.id)) return;
    if ('refused' in answer) {
      const detail = shown(answer.refused);
      options.onRefusal(detail);
      fail(order, 'pluginFault', detail);
    } else if (options.instance() === instance) order.holder = instance;
  }

  async function tooLarge(sent: readonly Order[]): Promise<void> {
    const [only, ...others] = sent;
    if (only === undefined) return;
    if (others.length === 0) return fail(only, 'pluginFault', 'the command is larger than the bus takes');
    const middle = Math.ceil(sent.length / 2);
    await Promise.all([deliver(sent.slice(0, middle)), deliver(sent.slice(middle))]);
  }

  function fail({ command: { id, type, path } }: Order, code: FailureDetails['code'], reason: string): void {
    orders.delete(id);
    const detail = `Cannot carry out ${type} "${path}": plugin "${plugin}" runs in another process: ${reason}`;
    options.onEnd({ type: 'CommandFailed', command: id as CommandId, failure: { code, detail } });
  }
}

const isTooLarge = (answer: unknown): boolean =>
  answer instanceof Error && 'code' in answer && answer.code === 'payloadTooLarge';
