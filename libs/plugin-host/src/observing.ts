/** Lets one plugin observe: gives it its context, reads what it brings, and puts that into its outbox. */
import type { Clock, Observation } from '@tidemark/contracts';
import type { SpontaneousObservation } from '@tidemark/plugin-sdk';
import type { WholeObserveContext } from '@tidemark/plugin-sdk/unstable';
import { Observable } from 'rxjs';
import { createFactsBorder } from './facts-border.ts';
import { failureOf } from './fault.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { asSpontaneous, runSource } from './source.ts';
import { asOurs } from './stray-errors.ts';
import type { Watched } from './watched.ts';

/** Nothing happens for a plugin that does not observe. `streams`: for one that watches the run. */
export function startObserving(
  loaded: LoadedPlugin,
  {
    clock,
    signal,
    streams,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly streams?: Watched['streams'] },
): void {
  const { config, grant, name, ours, outbox, plugin, state } = loaded;
  const start = plugin.observe;
  if (start === undefined) return;
  const facts = createFactsBorder(plugin);
  const read = (observation: SpontaneousObservation) => asSpontaneous(observation, facts, ours);
  const context = {
    ...{ ...grant, config, state, signal },
    report: (observation: SpontaneousObservation) => report(loaded, () => read(observation)),
    ...(streams !== undefined && shownTo(loaded, streams)),
  } as WholeObserveContext;
  loaded.source = runSource({
    observe: () => start(context),
    run: loaded.run,
    read,
    put: (observation) => void asOurs(() => outbox.put(observation)),
    clock,
    onFault: (error) => loaded.fault(failureOf(error, 'go on observing', name)),
  });
}

/** A subscriber of its own that throws is the plugin's fault, not that of the one that told it something. */
function shownTo(loaded: LoadedPlugin, streams: Watched['streams']): Watched['streams'] {
  if (loaded.ours) return streams;
  const shown = <Told>(stream: Observable<Told>): Observable<Told> =>
    new Observable((subscriber) =>
      stream.subscribe({
        next: (told) => loaded.run(() => subscriber.next(told)),
        complete: () => loaded.run(() => subscriber.complete()),
      }),
    );
  return {
    events: shown(streams.events),
    verdicts: shown(streams.verdicts),
    progress: shown(streams.progress),
    notices: shown(streams.notices),
  };
}

/** What is refused is the plugin's own fault, even when it does not wait for the answer. */
function report(loaded: LoadedPlugin, read: () => readonly Observation[]): Promise<void> {
  const taken = (async () => {
    await Promise.all(taking(loaded, read).map((one) => asOurs(() => loaded.outbox.put(one))));
  })();
  taken.catch(() => undefined);
  return taken;
}

function taking(loaded: LoadedPlugin, read: () => readonly Observation[]): readonly Observation[] {
  try {
    return read();
  } catch (error) {
    loaded.fault(failureOf(error, 'take over a report', loaded.name));
    throw error;
  }
}
