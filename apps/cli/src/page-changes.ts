/** What the page of the inspector offers beside a monitor: taking back a decision, and settling a conflict. First the plan, then exactly it. */
import { createHash } from 'node:crypto';
import type { EventLog } from '@tidemark/contracts';
import type { WantedChanges } from '@tidemark/control';
import {
  createRulesFor,
  diskOf,
  findSpan,
  logFolder,
  settingsRules,
  stateFromLog,
  undoPlan,
  unfinishedChanges,
  unfinishedLines,
  withLog,
} from '@tidemark/daemon';
import type { Conflict, RulesFor } from '@tidemark/engine';
import { userChangeText } from '@tidemark/engine';
import type { ChangesPlanned, MakesChanges, Wish } from '@tidemark/inspector';
import type { CommandContext } from './context.ts';
import { handOver } from './hand-over.ts';
import { clock, random } from './open.ts';
import { conflictsIn, settleConflicts } from './settle-conflicts.ts';
import {
  type ChangesText,
  nothingPossible,
  oneSideOnly,
  shortened,
  undoAsked,
  undoQuestion,
  undoText,
} from './undo-text.ts';

interface Planned {
  readonly text: ChangesText;
  readonly question: string;
  /** Null: nothing can be done. */
  readonly wanted: WantedChanges | null;
}

/** The log is read where it is, and neither the drive nor the network is asked. */
export function pageChanges({ profile }: CommandContext): MakesChanges {
  const planned = (wish: Wish): Promise<Planned> =>
    withLog(logFolder(profile), async (log) => {
      const rulesFor = createRulesFor(await settingsRules(profile));
      const unfinished = await unfinishedChanges(log.read());
      if (unfinished !== null) return nothing(unfinishedLines(unfinished).join(' '));
      return wish.type === 'undo' ? undone(log, rulesFor, wish.seq) : settled(log, rulesFor, wish);
    });

  async function undone(log: EventLog, rulesFor: RulesFor, seq: number): Promise<Planned> {
    const { settings } = profile;
    if (settings.download_only || settings.upload_only) return nothing(oneSideOnly);
    const span = await findSpan(log, { by: 'seq', seq });
    if (typeof span === 'string') return nothing(span);
    const { state } = await stateFromLog(log, rulesFor);
    const driveKind = state.started?.drive.kind;
    if (driveKind === undefined) return nothing(nothingPossible);
    const disk = diskOf(profile, clock, random);
    try {
      const plan = await undoPlan({ log, disk, state, driveKind, span, rulesFor });
      const text = undoText(plan, span);
      if (plan.changes.length === 0) return { text, question: '', wanted: null };
      const wanted = { source: 'undo', asked: undoAsked(span), changes: plan.changes, settled: [] } as const;
      return { text, question: undoQuestion(plan), wanted };
    } finally {
      await disk.close();
    }
  }

  async function settled(
    log: EventLog,
    rulesFor: RulesFor,
    { conflict, keep }: Extract<Wish, { type: 'keep' }>,
  ): Promise<Planned> {
    const { state } = await stateFromLog(log, rulesFor);
    const found = await conflictsIn(log, state);
    const meant = found.filter(({ keptId }) => keptId === conflict);
    if (meant.length === 0) return nothing('This conflict is settled already');
    const { asked, changes, settled: agreed, left } = settleConflicts(meant, found, keep);
    const [one] = left;
    if (changes.length + agreed.length === 0) return nothing(one === undefined ? '' : saidOf(one));
    return {
      text: {
        title: `To ${asked.replace('decision to ', '')}:`,
        changes: shortened([
          ...changes.map(userChangeText),
          ...meant.filter(() => keep === 'both').map(bothStay),
        ]),
        leftTitle: left.length === 0 ? null : 'This stays as it is:',
        left: shortened(left.map(saidOf)),
      },
      question: changes.length === 0 ? 'List it no more?' : undoQuestion({ changes, refused: [] }),
      wanted: { source: 'conflicts', asked, changes, settled: agreed },
    };
  }

  return {
    async plan(wish): Promise<ChangesPlanned> {
      const { text, question, wanted } = await planned(wish);
      return { ...text, question, hash: wanted === null ? null : hashOf(wanted) };
    },
    async make(wish, hash) {
      const { wanted } = await planned(wish);
      if (wanted === null || hashOf(wanted) !== hash)
        return {
          isDone: false,
          lines: ['Nothing was changed: the plan is another one by now. Look at it again'],
        };
      const { errors, line } = await handOver(profile, wanted);
      return { isDone: errors.length === 0, lines: line === null ? errors : [line, ...errors] };
    },
  };
}

const nothing = (title: string): Planned => ({
  text: { title, changes: [], leftTitle: null, left: [] },
  question: '',
  wanted: null,
});

const hashOf = ({ changes, settled }: WantedChanges): string =>
  createHash('sha256')
    .update(JSON.stringify([changes, settled]))
    .digest('hex');

const saidOf = ({ path, why }: { readonly path: string; readonly why: string }): string =>
  `"${path}": ${why}`;

const bothStay = ({ named, kept }: Conflict): string =>
  `leave "${named.path}" and "${kept.path}" as they are, two files of their own`;
