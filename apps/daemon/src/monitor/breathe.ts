/** Long work beside a run is done by little and little. */

/** Resolves when whatever else waits has had its turn. */
export const breathe = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
