/** What becomes of the hints of a run that goes on, on their way from the disk and from the drive. */
import type { HintFate, SeededRandom } from '@tidemark/testkit';
import type { Faults } from './faults.ts';

export const hintTexts = {
  'hint-lost': 'a hint of a change never arrives',
  'hint-twice': 'a hint arrives twice',
  'hint-late': 'a hint arrives later than others that came after it',
  'hint-overflow': 'a hint does not say where something changed',
} as const satisfies Record<string, string>;

type HintFault = keyof typeof hintTexts;

/** Chances, per hint. */
export type HintRates = Readonly<Record<HintFault, number>>;

const faultOf = {
  'hint-lost': 'drop',
  'hint-twice': 'twice',
  'hint-late': 'hold',
  'hint-overflow': 'overflow',
} as const satisfies Record<HintFault, HintFate>;

const kinds = Object.keys(hintTexts) as readonly HintFault[];

/** Half of the worlds lose none, some lose all of them. */
export function drawHints(random: SeededRandom): HintRates {
  const rate = (): number => (random.happens(0.5) ? 0 : random.pick([0.05, 0.3, 1]) / kinds.length);
  return { 'hint-lost': rate(), 'hint-twice': rate(), 'hint-late': rate(), 'hint-overflow': rate() };
}

/** Draws what becomes of one hint, and counts it. */
export function fateOfHint(rates: HintRates, random: SeededRandom, faults: Pick<Faults, 'strike'>): HintFate {
  let left = random.fraction();
  for (const kind of kinds) {
    left -= rates[kind];
    if (left >= 0) continue;
    faults.strike(kind);
    return faultOf[kind];
  }
  return 'tell';
}
