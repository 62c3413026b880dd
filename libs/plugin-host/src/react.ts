/** Calls the reactions of one plugin, one after the other. */
import type { Clock, RecordedEvent } from '@tidemark/contracts';
import type { WholeReactContext } from '@tidemark/plugin-sdk/unstable';
import type { ToldNotice, Reactions } from '@tidemark/plugin-sdk';
import { failureOf } from './fault.ts';
import { createHappenings, createHeld, type Happening } from './happenings.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import type { Watched } from './watched.ts';

export interface Reacting {
  take(batch: readonly RecordedEvent[]): void;
  hear(told: ToldNotice): void;
  /** The reaction that is under way. */
  readonly current: Happening['type'] | null;
  /** Resolves when everything taken so far was handed over. */
  idle(): Promise<void>;
}

/** So many may wait for a plugin that is slow; it is told of no more until it has caught up. */
const waitingMax = 10_000;

/** Nothing happens for a plugin that does not react. */
export function startReacting(
  loaded: LoadedPlugin,
  {
    clock,
    streams,
    signal,
  }: { readonly clock: Clock; readonly streams: Watched['streams']; readonly signal: AbortSignal },
): void {
  const { config, grant, name, plugin, state } = loaded;
  if (plugin.on === undefined) return;
  const reacting = react({
    ...{ reactions: plugin.on, context: { ...grant, config, state, signal } },
    ...{ run: loaded.run, clock, onEnd: loaded.countReaction },
    onFault: (error, reaction) => loaded.fault(failureOf(error, `react ("${reaction}")`, name)),
    onOverflow: () =>
      loaded.fault({
        code: 'pluginFault',
        detail: `Plugin "${name}" is too slow: it is not told of everything that happens`,
      }),
  });
  loaded.reacting = reacting;
  streams.events.subscribe((batch) => reacting.take(batch));
  streams.notices.subscribe((told) => reacting.hear(told));
}

function react(options: {
  readonly reactions: Reactions<WholeReactContext>;
  readonly context: WholeReactContext;
  /** Calls code of the plugin. */
  readonly run: LoadedPlugin['run'];
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly onEnd: LoadedPlugin['countReaction'];
  /** `reaction`: which one it was in. */
  readonly onFault: (error: unknown, reaction: Happening['type']) => void;
  /** Told once each time that it falls behind. */
  readonly onOverflow: () => void;
}): Reacting {
  const { reactions, context, run, clock, onEnd, onFault, onOverflow } = options;
  const happeningsOf = createHappenings();
  const heldIn = createHeld();
  const waiting: Happening[] = [];
  let working: Promise<void> | null = null;
  let current: Happening['type'] | null = null;
  let isOverflowing = false;

  return {
    take: (batch) => queue(happeningsOf(batch)),
    hear: (told) => queue(heldIn(told)),
    get current() {
      return current;
    },
    async idle() {
      while (working !== null) await working;
    },
  };

  function queue(happenings: readonly Happening[]): void {
    for (const one of happenings) {
      if (reactions[one.type] === undefined) continue;
      if (waiting.length < waitingMax) waiting.push(one);
      else if (!isOverflowing) {
        isOverflowing = true;
        onOverflow();
      }
    }
    if (waiting.length > 0) working ??= work();
  }

  async function work(): Promise<void> {
    await Promise.resolve();
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      if (context.signal.aborted) waiting.length = 0;
      else {
        current = one.type;
        const startedAt = clock.monotonic();
        const succeeded = await run(() => call(one)).then(
          () => true,
          (error: unknown) => {
            onFault(error, one.type);
            return false;
          },
        );
        current = null;
        onEnd(one.type, succeeded, clock.monotonic() - startedAt);
      }
    }
    isOverflowing = false;
    working = null;
  }

  async function call(one: Happening): Promise<void> {
    switch (one.type) {
      case 'finished':
        await reactions.finished?.(one.happened, context);
        return;
      case 'conflict':
        await reactions.conflict?.(one.happened, context);
        return;
      case 'problem':
        await reactions.problem?.(one.happened, context);
        return;
      case 'held':
        await reactions.held?.(one.happened, context);
        return;
      case 'rested':
        await reactions.rested?.(one.happened, context);
    }
  }
}
