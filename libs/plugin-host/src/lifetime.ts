/** The state of a plugin from the start of a run to its end. */
import type { Clock } from '@tidemark/contracts';
import type { WholeSetupContext } from '@tidemark/plugin-sdk/unstable';
import { messageOf } from './fault.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { SetupError } from './setup-error.ts';

/** A run must not wait for ever for one plugin. */
const setupTimeoutMs = 30_000;

/** Throws SetupError. */
export async function setUp(loaded: LoadedPlugin, clock: Clock, signal: AbortSignal): Promise<void> {
  const { plugin, name, config, grant } = loaded;
  if (plugin.setup === undefined) return;
  const context: WholeSetupContext = { ...grant, config, signal };
  const startedAt = clock.monotonic();
  const over = new AbortController();
  const late = clock.sleep(setupTimeoutMs, over.signal).then(() => {
    if (!over.signal.aborted) throw new Error(`it was not done after ${setupTimeoutMs / 1_000} s`);
  });
  try {
    loaded.state = (await Promise.race([
      (async () => loaded.run(() => plugin.setup?.(context)))(),
      late,
    ])) as never;
    loaded.isSetUp = true;
  } catch (error) {
    throw new SetupError(
      name,
      `its setup failed: ${messageOf(error)}`,
      'Correct it, or take the plugin out of this run',
    );
  } finally {
    over.abort();
    loaded.startMs += clock.monotonic() - startedAt;
    late.catch(() => undefined);
  }
}

/** Once, and only what was set up. Never rejects. */
export async function dispose(loaded: LoadedPlugin): Promise<void> {
  if (!loaded.isSetUp) return;
  loaded.isSetUp = false;
  try {
    await loaded.run(() => loaded.plugin.dispose?.(loaded.state));
  } catch (error) {
    const detail = `Cannot dispose of the state of plugin "${loaded.name}": ${messageOf(error)}`;
    loaded.fault({ code: 'pluginFault', detail });
  }
}
