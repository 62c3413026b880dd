/** Why a file of the trash goes for good, with the words that `explain` and the output have for it. */
export const pruneReasonTexts = {
  overdue: 'it was there for longer than trash_days',
  thinned: 'a later version of it, from the same hour, day or week, stays',
  full: 'the trash held more than trash_size',
  space: 'less disk space was free than space_reservation',
} as const satisfies Record<string, string>;

export type PruneReason = keyof typeof pruneReasonTexts;
