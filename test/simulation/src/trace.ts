/** The trace: what happened, line by line, and one number that two equal runs share. */

export interface Trace {
  line(text: string): void;
  /** The last lines. */
  tail(): readonly string[];
  readonly hash: string;
  readonly lines: number;
}

const keptMax = 400;

export function createTrace(onLine: (line: string) => void = () => undefined): Trace {
  const kept: string[] = [];
  let high = 0xdead_beef;
  let low = 0x41c6_ce57;
  let lines = 0;
  return {
    line(text) {
      lines += 1;
      for (let index = 0; index < text.length; index += 1) {
        const code = text.charCodeAt(index);
        high = Math.imul(high ^ code, 0x9e37_79b1);
        low = Math.imul(low ^ code, 0x5f35_6495) + 1;
      }
      kept.push(text);
      if (kept.length > 2 * keptMax) kept.splice(0, keptMax);
      onLine(text);
    },
    tail: () => kept.slice(-keptMax),
    get hash() {
      const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
      return hex(high) + hex(low);
    },
    get lines() {
      return lines;
    },
  };
}
