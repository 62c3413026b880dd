/** Carries out one command with those who handle it: the first is called, and each may call the one after it with `next`. */
import type { Bus, Clock, Command, CommandCompleted, CommandFailed } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Outcome } from '@tidemark/plugin-sdk';
import type { WholeHandleContext } from '@tidemark/plugin-sdk/unstable';
import type { Handlers } from './handlers.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { createProgressTap } from './progress-tap.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';
import { asOurs } from './stray-errors.ts';
import type { Subjects } from './subjects.ts';

export interface CarryOutOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Takes what is reported on the way, of all of them in one order: a part must not come after its end. */
  readonly put: WholeHandleContext['report'];
}

export async function carryOut(
  [loaded, ...others]: Handlers,
  command: Command,
  options: CarryOutOptions,
): Promise<CommandCompleted | CommandFailed> {
  const { clock, signal, put } = options;
  const startedAt = clock.monotonic();
  const next = createNext(loaded, others, command, options);
  const ended = await runCommand({
    ...{ plugin: loaded.name, command, put, onRefusal: loaded.fault },
    handler: async (report) => {
      try {
        return await callHandler(loaded, command, { report, next: next.call }, options);
      } finally {
        await next.idle();
      }
    },
  });
  const succeeded = ended.type === 'CommandSucceeded';
  loaded.count(command.type, succeeded, clock.monotonic() - startedAt - next.elapsedMs);
  // What a handler throws when it is stopped is no fault, and what another one did is not its own.
  if (!succeeded && !signal.aborted) {
    loaded.failed(ended.failure);
    const isOwnFault = ended.failure.code === 'pluginFault' && ended.failure.detail !== next.failure?.detail;
    if (isOwnFault) loaded.fault(ended.failure);
  }
  return ended;
}

/** What one handler may call, once. */
function createNext(
  caller: LoadedPlugin,
  [first, ...others]: readonly LoadedPlugin[],
  command: Command,
  options: CarryOutOptions,
) {
  const { clock } = options;
  const fault = (detail: string): Failure =>
    new Failure({
      code: 'pluginFault',
      detail: `Cannot carry out ${command.type} "${command.path}": plugin "${caller.name}" ${detail}`,
    });
  let under: Promise<Outcome> | null = null;
  let isOver = false;
  const next = {
    elapsedMs: 0,
    failure: null as Failure['details'] | null,
    async call(): Promise<Outcome> {
      if (first === undefined) throw fault(`called next, and nobody handles ${command.type} after it`);
      if (under !== null) throw fault('called next twice');
      under = asOurs(() => pass([first, ...others]));
      return under;
    },
    /** While another one works at it the command has not ended: a handler that returns early says what it does not know. */
    async idle(): Promise<void> {
      if (under === null || isOver) return;
      await under.catch(() => undefined);
      throw fault('returned before next did');
    },
  };
  return next;

  async function pass(handlers: Handlers): Promise<Outcome> {
    const startedAt = clock.monotonic();
    const ended = await carryOut(handlers, command, options);
    isOver = true;
    next.elapsedMs = clock.monotonic() - startedAt;
    if (ended.type === 'CommandFailed') {
      next.failure = ended.failure;
      throw new Failure(ended.failure, ended.remote === undefined ? {} : { remote: ended.remote });
    }
    const { type: _type, command: _command, ...outcome } = ended;
    return outcome;
  }
}

async function callHandler(
  { plugin, config, grant, run, state }: LoadedPlugin,
  command: Command,
  given: Pick<WholeHandleContext, 'report' | 'next'>,
  { bus, subjects, clock, signal }: CarryOutOptions,
): Promise<Outcome> {
  const progress = createProgressTap({
    ...{ bus, clock, command, subject: subjects.progress },
    stopped: () => signal.aborted,
  });
  const context: WholeHandleContext = { ...grant, ...given, config, state, signal, progress };
  // The table gives each type its own handler; that key and command agree is known here, and not to the compiler.
  const handler = plugin.handle?.[command.type] as
    ((command: Command, context: WholeHandleContext) => Promise<Outcome>) | undefined;
  if (handler === undefined) throw new SetupError(plugin.name, `it lost its handler for ${command.type}`, '');
  return run(() => handler(command, context));
}
