/**
 * The bus as a host sees it in a plugin's own process. The host there is the same as in the daemon; this puts its messages
 * into the words of the wire: what it reports becomes requests that the daemon answers when they are durable, and commands
 * arrive as requests that are answered when they were taken in.
 */
import type { Bus, BusSubscription, CommandType } from '@tidemark/contracts';
import type { TransferProgress } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';
import type { Subjects } from '../subjects.ts';
import type { Accepted, PluginSubjects } from './protocol.ts';
import { isCommandType, takenShape } from './protocol.ts';
import { readCommand } from './read-command.ts';

export interface RemoteBusOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly wire: PluginSubjects;
  readonly plugin: string;
  readonly instance: string;
}

export interface RemoteBus {
  readonly bus: Bus;
  /** Commands arrive from now on. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Without an answer it is sent again: the answer may have been lost with a server, and nothing minds a second time. */
const takeTimeoutMs = 5_000;
const shownAfterMs = 250;

const ofType = z.object({ type: z.string() });

type Handler = (payload: unknown, subject: string) => void | Promise<void>;

export function createRemoteBus({ bus, subjects, wire, plugin, instance }: RemoteBusOptions): RemoteBus {
  const commands = new Map<CommandType, Handler>();
  const watchers = new Map<string, Set<Handler>>();
  const commandSubject = subjects.command('' as CommandType);
  let accepting: BusSubscription | null = null;

  return {
    async open() {
      // Who handles nothing is asked nothing, and may not listen there.
      if (commands.size > 0) accepting ??= await bus.respond(wire.command, accept);
    },
    async close() {
      await accepting?.unsubscribe();
    },
    bus: {
      async publish(subject, payload) {
        if (subject === subjects.observation(plugin)) return report(payload);
        // An empty batch is the host's own mark behind everything shown before; no other process has to see it.
        if (Array.isArray(payload) && payload.length === 0) return show(subject, payload);
        if (subject === subjects.notice) return bus.publish(wire.notice, { instance, notices: payload });
        if (subject !== subjects.progress) return;
        // The host's own words.
        const { command, doneBytes, totalBytes, elapsedMs } = payload as TransferProgress;
        // What is over at once needs no figure, and small files come by the thousand.
        if (elapsedMs < shownAfterMs) return;
        return bus.publish(wire.progress, { instance, command, doneBytes, totalBytes, elapsedMs });
      },
      async subscribe(subject, handler) {
        if (subject.startsWith(commandSubject))
          return takeCommands(subject.slice(commandSubject.length), handler);
        const handlers = watchers.get(subject) ?? new Set();
        watchers.set(subject, handlers.add(handler));
        const subscription = await bus.subscribe(subject, handler);
        return {
          async unsubscribe() {
            handlers.delete(handler);
            await subscription.unsubscribe();
          },
        };
      },
      request: bus.request.bind(bus),
      respond: bus.respond.bind(bus),
      close: async () => undefined,
    },
  };

  /** Throws RefusedReport when the daemon will never take it, and anything else when it is worth another attempt. */
  async function report(observations: unknown): Promise<void> {
    const answer = takenShape.parse(
      await bus.request(wire.observation, { instance, observations }, takeTimeoutMs),
    );
    if ('refused' in answer) throw new RefusedReport(answer.refused);
    if ('again' in answer) throw new Error(`the daemon did not take it yet: ${answer.again}`);
  }

  /** Plugins of ours are given several at once, and answer for each. */
  function accept(payload: unknown): Promise<Accepted | readonly Accepted[]> {
    return Array.isArray(payload) ? Promise.all(payload.map(acceptOne)) : acceptOne(payload);
  }

  async function acceptOne(payload: unknown): Promise<Accepted> {
    const read = ofType.safeParse(payload);
    const type = read.success ? read.data.type : '';
    const handler = isCommandType(type) ? commands.get(type) : undefined;
    if (!isCommandType(type) || handler === undefined)
      return { refused: `it does not handle "${type.slice(0, 50)}"` };
    const command = readCommand(payload, type);
    if (!command.ok) return { refused: `it cannot read the command: ${command.detail}` };
    await handler(command.value, wire.command);
    return { accepted: true };
  }

  function takeCommands(type: string, handler: Handler): BusSubscription {
    // The host subscribes with types of its own table.
    commands.set(type as CommandType, handler);
    return {
      async unsubscribe() {
        commands.delete(type as CommandType);
      },
    };
  }

  async function show(subject: string, payload: unknown): Promise<void> {
    for (const handler of watchers.get(subject) ?? []) await handler(payload, subject);
  }
}

/** Known to the outbox by its code: no other attempt will get it through. */
export class RefusedReport extends Error {
  readonly code = 'refused';
  constructor(detail: string) {
    super(`the daemon refused it: ${detail}`);
    this.name = 'RefusedReport';
  }
}
