/** All mutants, area by area. The number of one is its place in this list. */
import { budget } from './faults/budget.ts';
import { flushes } from './faults/flushes.ts';
import { fold } from './faults/fold.ts';
import { gate } from './faults/gate.ts';
import { listener } from './faults/listener.ts';
import { log } from './faults/log.ts';
import { looks } from './faults/looks.ts';
import { planner } from './faults/planner.ts';
import { plugins } from './faults/plugins.ts';
import { preconditions } from './faults/preconditions.ts';
import { replace } from './faults/replace.ts';
import type { Area, Mutant } from './mutant.ts';
import { areas } from './mutant.ts';

const byArea: Readonly<Record<Area, readonly Mutant[]>> = {
  planner,
  fold,
  looks,
  replace,
  flushes,
  preconditions,
  log,
  gate,
  budget,
  listener,
  plugins,
};

export const mutants: readonly (Mutant & { readonly area: Area })[] = areas.flatMap((area) =>
  byArea[area].map((mutant) => ({ ...mutant, area })),
);
