/**
 * Errors that no code waits for: a promise that a plugin left alone, or a timer or a subscription of its own that throws. By itself each of
 * them ends the process. Here it is a fault of the plugin that started what failed, and the run goes on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

type OnStray = (error: unknown) => void;

const working = new AsyncLocalStorage<OnStray>();

/** Does a plugin's work: what that starts, and what goes on from there, is the plugin's as well. */
export const asWorkOf = <Result>(onStray: OnStray, work: () => Result): Result => working.run(onStray, work);

/** Does work of ours that a plugin's work asked for. */
export const asOurs = <Result>(work: () => Result): Result => working.exit(work);

/** By the name of a plugin: whom to tell of what its file started when it was loaded, and what came before there was a run. */
const runs = new Map<string, OnStray>();
const unheard = new Map<string, unknown[]>();
const unheardMax = 20;

/** Loads a file: what that starts by itself is the work of the plugin that it turns out to hold. Throws what `load` throws. */
export async function asFileOf<Loaded>(
  load: () => Promise<Loaded>,
  nameOf: (loaded: Loaded) => string,
): Promise<Loaded> {
  const early: unknown[] = [];
  let name: string | null = null;
  const onStray: OnStray = (error) => void (name === null ? early.push(error) : tell(name, error));
  const loaded = await asWorkOf(onStray, load);
  name = nameOf(loaded);
  for (const error of early) tell(name, error);
  return loaded;
}

/** For a run with this plugin: from now on, and what came before. */
export function hearFileOf(plugin: string, onStray: OnStray): void {
  runs.set(plugin, onStray);
  const before = unheard.get(plugin) ?? [];
  unheard.delete(plugin);
  for (const error of before) onStray(error);
}

function tell(plugin: string, error: unknown): void {
  const onStray = runs.get(plugin);
  if (onStray !== undefined) return onStray(error);
  const waiting = unheard.get(plugin) ?? [];
  if (waiting.length < unheardMax) unheard.set(plugin, [...waiting, error]);
}

let isCatching = false;

/** For this process, from now on. What is no work of a plugin ends the process as it does without this. */
export function catchStrayErrors(): void {
  if (isCatching) return;
  isCatching = true;
  process.on('unhandledRejection', catchRejection);
  process.on('uncaughtException', catchException);
}

function catchRejection(error: unknown): void {
  const onStray = working.getStore();
  if (onStray !== undefined) onStray(error);
  // Thrown here it is an uncaught exception, which is what Node makes of it.
  else if (process.listenerCount('unhandledRejection') === 1) throw error;
}

function catchException(error: unknown): void {
  const onStray = working.getStore();
  if (onStray !== undefined) onStray(error);
  else if (process.listenerCount('uncaughtException') === 1) {
    process.off('uncaughtException', catchException);
    // Thrown in here it would end the process with another exit code.
    process.nextTick(() => {
      throw error;
    });
  }
}
