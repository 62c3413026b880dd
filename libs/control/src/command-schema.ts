/** A command as programs are shown it: as it was planned, with what must still hold when it is carried out. */
import { z } from 'zod';

const count = z.int().nonnegative();

export const commandSchema = z.looseObject({
  /** `seq/index` of the plan that made it. */
  id: z.string(),
  item: count,
  /** One of the list in libs/contracts/src/commands/command.ts. */
  type: z.string(),
  /** Relative to the sync folder. */
  path: z.string(),
  /** `rule`: one of the list in libs/contracts/src/commands/reason.ts. `causes`: numbers of events. */
  reason: z.looseObject({ rule: z.string(), differs: z.string(), causes: z.array(count) }),
});
