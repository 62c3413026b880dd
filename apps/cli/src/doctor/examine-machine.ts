/** What every sync rests on: login, drive, clock, folder, watching, secrets, log. */
import { existsSync } from 'node:fs';
import { Failure, failureGuide } from '@tidemark/contracts';
import type { Account } from '@tidemark/daemon';
import { createRulesFor, logFolder, stateFromLog, withLogCopy } from '@tidemark/daemon';
import { markerName } from '@tidemark/disk';
import {
  checkSecretFiles,
  checkSyncFolder,
  judgeClock,
  judgementOf,
  judgeWatchLimits,
  watchLimitsFor,
  type Finding,
} from '@tidemark/doctor';
import type { CommandContext } from '../context.ts';
import { clock } from '../open.ts';

export async function examineMachine(
  { profile }: CommandContext,
  account: Account,
): Promise<readonly Finding[]> {
  const { settings, locations } = profile;
  const log = await examineLog(logFolder(profile));
  return [
    await examineClock(account),
    ...checkSecretFiles(locations.directory, secretFiles),
    ...(await examineAccount(account)),
    ...checkSyncFolder({
      path: settings.sync_dir,
      markerName,
      reservedBytes: settings.space_reservation,
      isSynced: log.isSynced,
    }),
    ...(existsSync(settings.sync_dir) ? [judgeWatchLimits(watchLimitsFor(settings.sync_dir))] : []),
    log.finding,
  ];
}

const secretFiles = ['refresh_token', 'session_upload.*', 'tidemark/drives/*/secrets/*/*'];

async function examineClock({ serviceTime }: Account): Promise<Finding> {
  try {
    const serviceAt = await serviceTime();
    return judgeClock(clock.now(), Number.isNaN(serviceAt) ? null : serviceAt, 'its answer had no date');
  } catch (error) {
    return judgeClock(0, null, failureOf(error).details.detail);
  }
}

async function examineAccount({ login, drive }: Account): Promise<readonly Finding[]> {
  const [ofLogin, ofDrive] = [judgementOf('login'), judgementOf('drive')];
  const unseen = ofDrive.couldNotTry('Only who is logged in can see it');
  try {
    if (!(await login.isStored())) return [ofLogin.failed('Nobody is logged in', 'tidemark auth'), unseen];
  } catch (error) {
    // There is one, and it may not be used as it lies there.
    const { code, detail } = failureOf(error).details;
    return [ofLogin.failed(detail, failureGuide[code].remedy), unseen];
  }
  try {
    const { kind, id } = await drive.info();
    return [ofLogin.ok('The stored login is accepted'), ofDrive.ok(`${kind} drive ${id} answers`)];
  } catch (error) {
    const { code, detail } = failureOf(error).details;
    const { remedy } = failureGuide[code];
    if (code === 'loginRequired' || code === 'loginRefused') return [ofLogin.failed(detail, remedy), unseen];
    return [
      ofLogin.couldNotTry('The service was not reached, or did not say'),
      ofDrive.failed(detail, remedy),
    ];
  }
}

interface LogExamined {
  readonly finding: Finding;
  /** The folder was synced before, so it has to carry the mark. */
  readonly isSynced: boolean;
}

async function examineLog(folder: string): Promise<LogExamined> {
  const { ok, failed } = judgementOf('log');
  if (!existsSync(folder))
    return { finding: ok('There is none yet: nothing has been synced'), isSynced: false };
  try {
    return await withLogCopy(folder, async (log) => {
      const { opening } = log;
      if (opening.state === 'damaged')
        return { finding: failed(opening.detail, failureGuide.logDamaged.remedy), isSynced: true };
      const verdict = await log.verify();
      if (!verdict.ok)
        return {
          finding: failed(`Broken at event ${verdict.at}: ${verdict.detail}`, failureGuide.logDamaged.remedy),
          isSynced: true,
        };
      const { state } = await stateFromLog(log, createRulesFor());
      return { finding: ok(`${verdict.head} events, chain unbroken`), isSynced: state.started !== null };
    });
  } catch (error) {
    const { code, detail } = failureOf(error).details;
    return { finding: failed(detail, failureGuide[code].remedy), isSynced: false };
  }
}

/** Whatever is no failure is a defect of ours. */
function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
