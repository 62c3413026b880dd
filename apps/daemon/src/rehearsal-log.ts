/** What a run would find in the log, read where it is: nothing is written, so nothing is left behind however a rehearsal ends. */
import { existsSync } from 'node:fs';
import { Failure } from '@tidemark/contracts';
import { initialState } from '@tidemark/engine';
import { createMemoryLog, readLogInPlace } from '@tidemark/event-log';
import type { LockedLog } from './open-run.ts';
import type { Profile } from './profile.ts';
import { logFolder } from './profile.ts';
import { rulesOfRuns, unheardRules } from './settings-rules.ts';
import { stateFromLog } from './state-from-log.ts';

/** A run would put a damaged log aside; its rehearsal begins with an empty one. Throws Failure for other obstacles. */
export async function readLogForRehearsal(profile: Profile): Promise<LockedLog> {
  const folder = logFolder(profile);
  if (!existsSync(folder)) return emptyLog();
  try {
    const log = await readLogInPlace(folder);
    try {
      const { opening } = log;
      if (opening.state === 'damaged') throw new Failure({ code: 'logDamaged', detail: opening.detail });
      const { rulesFor, hears } = await rulesOfRuns(profile);
      const { state, unfinished, unheard } = await stateFromLog(log, rulesFor, { hears });
      return { log, state, forget: unheardRules(unheard), notices: [], unfinished };
    } catch (error) {
      await log.close();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'logDamaged') throw error;
    return {
      ...emptyLog(),
      forget: `the event log was damaged: ${error.message}`,
      notices: [
        `WARNING: The event log is damaged: ${error.message}`,
        '         Both sides are compared by content; nothing is deleted in this run.',
      ],
    };
  }
}

export const emptyLog = (): LockedLog => ({
  log: createMemoryLog(),
  state: initialState(),
  forget: null,
  notices: [],
  unfinished: null,
});
