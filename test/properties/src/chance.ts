/** Choices that a number stands for, so that a history shrinks with its numbers. Zero stands for the plainest choice, always. */
export class Chance {
  private state: number;
  private readonly plain: boolean;

  constructor(seed: number) {
    this.plain = seed === 0;
    this.state = (seed * 2654435761 + 1) >>> 0;
  }

  /** In [0, count). */
  below(count: number): number {
    if (this.plain || count <= 1) return 0;
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * count);
  }

  oneIn(count: number): boolean {
    return !this.plain && this.below(count) === 0;
  }

  shuffled<Value>(values: readonly Value[]): Value[] {
    const rest = [...values];
    const shuffled: Value[] = [];
    while (rest.length > 0) shuffled.push(...rest.splice(this.below(rest.length), 1));
    return shuffled;
  }
}
