/** Lets requests have their turn during long work: resolves at once, or after a turn of the event loop when the last one is long ago. */

const sliceMs = 12;

export function createPause(): () => Promise<void> {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    begun = performance.now();
  };
}
