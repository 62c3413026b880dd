/** Which faults struck over many seeds, as a table, and which never did. */
import { type FaultCounts, faultNames, type FaultName } from './faults.ts';

export interface Coverage {
  /** One seed has ended. */
  add(counts: FaultCounts): void;
  /** One line for each fault. */
  table(): readonly string[];
  /** Faults that struck in no seed. */
  missing(): readonly FaultName[];
}

/** Fewer seeds than this may miss a fault by chance. */
export const seedsForCoverage = 3000;

export function createCoverage(): Coverage {
  const seeds = new Map<FaultName, number>();
  const times = new Map<FaultName, number>();
  const width = Math.max(...faultNames.map((name) => name.length));
  return {
    add(counts) {
      for (const [name, count] of counts) {
        seeds.set(name, (seeds.get(name) ?? 0) + 1);
        times.set(name, (times.get(name) ?? 0) + count);
      }
    },
    table: () => [
      `${'fault'.padEnd(width)}  ${'struck'.padStart(9)}  ${'in seeds'.padStart(9)}`,
      ...faultNames.map(
        (name) =>
          `${name.padEnd(width)}  ${String(times.get(name) ?? 0).padStart(9)}  ${String(seeds.get(name) ?? 0).padStart(9)}`,
      ),
    ],
    missing: () => faultNames.filter((name) => (times.get(name) ?? 0) === 0),
  };
}
