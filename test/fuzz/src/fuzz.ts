/** Gives a target one input after the other, and tells of those that it throws at or is slow with. */
import { createChance } from './chance.ts';
import type { Target } from './targets.ts';

export interface Finding {
  readonly input: string | Buffer;
  readonly seed: number;
  /** What it threw, or how long it took. */
  readonly what: string;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly findings: readonly Finding[];
  /** Of the slowest input, in milliseconds. */
  readonly slowestMs: number;
}

export interface FuzzOptions {
  /** Of the first input; the next one has the next seed. */
  readonly seed: number;
  readonly inputs: number;
  readonly findingsMax?: number;
  /** An input that takes longer is a finding. */
  readonly limitMs?: number;
  /** Milliseconds, of any beginning. */
  readonly now: () => number;
  /** Before each input. */
  readonly onInput?: (seed: number) => void;
}

/** First the samples as they are, then what comes of them. */
export function fuzz(
  { samples, mutate, parse }: Target,
  { seed, inputs, findingsMax = 10, limitMs = 1000, now, onInput }: FuzzOptions,
): FuzzResult {
  const findings: Finding[] = [];
  let slowestMs = 0;
  let done = 0;
  const tryOne = (input: string | Buffer, at: number): void => {
    onInput?.(at);
    const before = now();
    try {
      parse(input);
    } catch (error) {
      findings.push({ input, seed: at, what: error instanceof Error ? (error.stack ?? '') : String(error) });
    }
    const tookMs = now() - before;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > limitMs) findings.push({ input, seed: at, what: `${Math.round(tookMs)} ms` });
    done += 1;
  };
  for (const sample of samples) tryOne(sample, -1);
  for (let at = seed; at < seed + inputs && findings.length < findingsMax; at++)
    tryOne(mutate(samples, createChance(at)), at);
  return { inputs: done, findings, slowestMs };
}
