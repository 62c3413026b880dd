/**
 * What one plugin reports for its rules, on its way to the log: of the right shape, within bounds, numbered, and in parts that every
 * bus takes.
 */
import type { Fact, FactsReported } from '@tidemark/contracts';
import type { FactsReport, Plugin } from '@tidemark/plugin-sdk';

export interface FactsBorder {
  /** Throws TypeError: what is wrong with the report. Nothing of it is taken in then. */
  take(report: FactsReport): readonly FactsReported[];
}

const keyLengthMax = 300;
const valueBytesMax = 8 * 1024;
const factsMax = 10_000;
const bytesMax = 4 * 1024 * 1024;
/** Of the JSON. NATS takes a megabyte. */
const partBytesMax = 128 * 1024;

export function createFactsBorder(plugin: Plugin): FactsBorder {
  /** Bytes of each fact. Null before the first complete report of the run. */
  let sizes: Map<string, number> | null = null;
  let reports = 0;

  /** The facts that the plugin has after the report. */
  function after(facts: readonly Fact[], isComplete: boolean): Map<string, number> {
    if (!isComplete && sizes === null)
      throw new TypeError(
        'its first report of facts in a run has to be complete: what an earlier run told may hold no more',
      );
    const known = new Map(isComplete ? [] : sizes);
    for (const { key, value } of facts) {
      if (value === null) known.delete(key);
      else known.set(key, Buffer.byteLength(key) + Buffer.byteLength(value));
    }
    if (known.size > factsMax)
      throw new TypeError(
        `it reported ${known.size} facts, and ${factsMax} are the most that a plugin may have`,
      );
    let bytes = 0;
    for (const size of known.values()) bytes += size;
    if (bytes > bytesMax)
      throw new TypeError(
        `its facts take ${bytes} bytes together, and ${bytesMax} are the most that a plugin may have`,
      );
    return known;
  }

  return {
    take(report) {
      if (plugin.rules?.facts !== true)
        throw new TypeError('it reported facts, and its rules do not declare them (facts: true)');
      const facts = readFacts(report.facts);
      const isComplete = report.complete === true;
      const before = isComplete ? null : sizes;
      sizes = after(facts, isComplete);
      const parts = inParts(facts.filter(({ key, value }) => value !== null || before?.has(key) === true));
      return parts.map((part, index) => ({
        type: 'FactsReported',
        report: reports++,
        facts: part,
        ...(isComplete && { complete: true }),
        ...(isComplete && index < parts.length - 1 && { more: true }),
      }));
    },
  };
}

/** One for each key: the last. */
function readFacts(facts: unknown): readonly Fact[] {
  if (!Array.isArray(facts)) throw new TypeError('its report of facts holds no list of facts');
  return [...new Map(facts.map(readFact).map((fact) => [fact.key, fact])).values()];
}

/** No compiler has seen what a plugin from elsewhere gives. */
function readFact(fact: unknown): Fact {
  const { key, value } = (fact ?? {}) as Record<string, unknown>;
  if (typeof key !== 'string' || (typeof value !== 'string' && value !== null))
    throw new TypeError('a fact that it reported has no key and value that are texts');
  if (key.length > keyLengthMax)
    throw new TypeError(
      `the key of its fact ${named(key)} has ${key.length} characters, and ${keyLengthMax} are the most`,
    );
  const bytes = value === null ? 0 : Buffer.byteLength(value);
  if (bytes > valueBytesMax)
    throw new TypeError(
      `the value of its fact ${named(key)} has ${bytes} bytes, and ${valueBytesMax} are the most`,
    );
  return { key, value };
}

function inParts(facts: readonly Fact[]): readonly (readonly Fact[])[] {
  const parts: Fact[][] = [[]];
  let bytes = 0;
  for (const fact of facts) {
    const ofFact = Buffer.byteLength(JSON.stringify(fact));
    if (bytes + ofFact > partBytesMax) {
      parts.push([]);
      bytes = 0;
    }
    bytes += ofFact;
    parts.at(-1)?.push(fact);
  }
  return parts;
}

const named = (key: string): string => JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
