/** What every sync rests on: login, drive, clock, folder, watching, secrets, log. */
import { existsSync } from 'node:fs';
import { Failure, failureGuide } from '@tidemark/contracts';
import type { Account, Profile } from '@tidemark/daemon';
import {
  createRulesFor,
  diskOf,
  logFolder,
  recogniseRoot,
  refuseUnfitRoot,
  stateFromLog,
  watchedFolders,
  withLog,
} from '@tidemark/daemon';
import {
  checkSecretFiles,
  checkSyncFolder,
  judgeClock,
  judgementOf,
  judgeWatchLimits,
  watchLimitsFor,
  type Finding,
} from '@tidemark/doctor';
import type { State } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { clock, random } from '../open.ts';

export async function examineMachine(
  { profile }: CommandContext,
  account: Account,
): Promise<readonly Finding[]> {
  const { settings, locations } = profile;
  const log = await examineLog(profile);
  return [
    await examineClock(account),
    ...checkSecretFiles(locations.directory, secretFiles),
    ...(await examineAccount(account)),
    ...examineFolder(profile, log.folder),
    ...(existsSync(settings.sync_dir)
      ? [judgeWatchLimits(watchLimitsFor(settings.sync_dir, watchedFolders(profile)))]
      : []),
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

function examineFolder(profile: Profile, known: LogExamined['folder']): readonly Finding[] {
  const { sync_dir: path, space_reservation: reservedBytes } = profile.settings;
  try {
    refuseUnfitRoot(profile);
  } catch (error) {
    const { code, detail } = failureOf(error).details;
    return [judgementOf('sync_dir').failed(detail, failureGuide[code].remedy)];
  }
  return checkSyncFolder({ path, reservedBytes, known });
}

interface LogExamined {
  readonly finding: Finding;
  /** Whether the folder is the one that was synced before. */
  readonly folder: Parameters<typeof checkSyncFolder>[0]['known'];
}

async function examineLog(profile: Profile): Promise<LogExamined> {
  const folder = logFolder(profile);
  const { ok, failed } = judgementOf('log');
  if (!existsSync(folder))
    return { finding: ok('There is none yet: nothing has been synced'), folder: 'new' };
  try {
    return await withLog(folder, async (log) => {
      const { opening } = log;
      if (opening.state === 'damaged')
        return { finding: failed(opening.detail, failureGuide.logDamaged.remedy), folder: 'new' };
      const verdict = await log.verify();
      if (!verdict.ok)
        return {
          finding: failed(`Broken at event ${verdict.at}: ${verdict.detail}`, failureGuide.logDamaged.remedy),
          folder: 'new',
        };
      // Without the rules of plugins, so that one which does not load leaves the examination whole: only the folder is judged by the state.
      const { state } = await stateFromLog(log, createRulesFor());
      return {
        finding: ok(`${verdict.head} events, chain unbroken`),
        folder: await folderFor(profile, state),
      };
    });
  } catch (error) {
    const { code, detail } = failureOf(error).details;
    return { finding: failed(detail, failureGuide[code].remedy), folder: 'new' };
  }
}

async function folderFor(profile: Profile, state: State): Promise<LogExamined['folder']> {
  if (state.started === null || !existsSync(profile.settings.sync_dir)) return 'new';
  const disk = diskOf(profile, clock, random);
  try {
    return (await recogniseRoot(disk, state)).verdict;
  } catch (error) {
    if (failureOf(error).code === 'rootSuspended') return 'other';
    throw error;
  } finally {
    await disk.close();
  }
}

/** Whatever is no failure is a defect of ours. */
function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
