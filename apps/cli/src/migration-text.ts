/** A migration in words. Names are as they are: `escaped` is up to the caller, line by line. */
import type { Believed } from '@tidemark/daemon';
import { counted } from './counted.ts';
import type { MigrationPlan, MigrationReport } from './migration-report.ts';
import { sizeText } from './size-text.ts';

export function reportText(report: MigrationReport): readonly string[] {
  const { login, config, syncList, syncFolder, believed, unreadable, interrupted } = report;
  return [
    `To take over from the onedrive client: ${report.directory}`,
    login.isStored
      ? `  login        stored, used as it is; ${login.isOfOwnApplication ? 'of your own application' : "of that client's application, which no new login can be made with"}`
      : '  login        none stored: log in first with tidemark auth',
    config === null
      ? '  config       none: the defaults hold'
      : `  config       "${config.path}", used as it is; it sets ${config.settings.length === 0 ? 'nothing' : config.settings.join(', ')}`,
    syncList === null
      ? '  sync_list    none'
      : `  sync_list    "${syncList.path}", used as it is: ${counted(syncList.rules, 'rule')}`,
    `  sync folder  "${syncFolder}"`,
    unreadable !== null
      ? `  database     cannot be read, which changes nothing: ${unreadable}`
      : believed === null
        ? '  database     none: that client has not synced with this profile'
        : `  database     ${counted(believed.files, 'file')} and ${counted(believed.folders, 'folder')}: hints, not believed`,
    ...(believed === null ? [] : leftOpenText(believed)),
    ...(interrupted === 0
      ? []
      : [`  interrupted  ${counted(interrupted, 'transfer')} of that client: begun anew by Tidemark`]),
    ...(report.isTakenOver ? ['  state        Tidemark has synced with this profile before'] : []),
  ];
}

/** What the client has not seen: without an agreement that it can prove, Tidemark treats these with care. */
function leftOpenText({ files, folders, changed, missing }: Believed): readonly string[] {
  if (changed.length + missing.length === 0) return [];
  if (missing.length === files + folders)
    return [
      'WARNING: The sync folder holds nothing of what that client synced. Mount it, or check sync_dir: otherwise',
      '         everything is downloaded into it.',
    ];
  const told = (paths: readonly string[], what: string): readonly string[] =>
    paths.length === 0
      ? []
      : [
          `               ${what}`,
          ...paths.slice(0, shownMax).map((path) => `                 "${path}"`),
          ...(paths.length > shownMax ? [`                 and ${paths.length - shownMax} more`] : []),
        ];
  return [
    ...told(changed, `${counted(changed.length, 'file')} saved since that client ran last:`),
    ...told(missing, `${counted(missing.length, 'item')} gone since that client ran last:`),
    '               Better let it carry these over before: onedrive --sync; up to version 2.4: onedrive --synchronize.',
    '               Otherwise both versions of a file that differs are kept, and what is gone here comes back from the drive.',
  ];
}

export function planText({ same, bytes, report }: MigrationPlan): readonly string[] {
  const counts = new Map<string, number>();
  for (const command of report.commands) {
    const what = wordsOf(command);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const { length: left } = report.leftAlone.filter(({ standing }) => standing !== 'ignored');
  return [
    'What Tidemark would do, now that it has compared both sides by hash:',
    `  ${counted(same, 'item')} the same on both sides: nothing is transferred`,
    ...[...counts].map(([what, count]) => `  ${count} × ${what}`),
    ...(bytes.download + bytes.upload === 0
      ? []
      : [`  ${sizeText(bytes.download)} to download, ${sizeText(bytes.upload)} to upload`]),
    ...(left === 0 ? [] : [`  ${counted(left, 'item')} left alone: tidemark plan says why`]),
  ];
}

export const filesText = ({ stateFolder }: MigrationReport): string =>
  `The files of the onedrive client stay as they are; Tidemark keeps its own in "${stateFolder}".`;

export const takenOverText = (plan: MigrationPlan): readonly string[] => [
  `Taken over: ${counted(plan.same, 'item')} without a transfer, ${counted(plan.report.commands.length, 'change')} made`,
  'Run this next:',
  '  systemctl --user disable --now onedrive   # if it ran as a service',
  '  tidemark monitor                          # or: systemctl --user enable --now tidemark',
  'The way back: tidemark migrate back',
];

export const backText = (report: MigrationReport, plan: MigrationPlan): readonly string[] => [
  `Back to the onedrive client: ${report.directory}`,
  `  login        the newest one is in its place: "${report.login.path}"`,
  '  config       Tidemark has changed nothing in it',
  plan.report.commands.length === 0
    ? `  both sides   are the same: ${counted(plan.same, 'item')}`
    : `  both sides   ${counted(plan.report.commands.length, 'change')} not carried over yet: run tidemark sync first`,
  ...report.inSyncFolder.flatMap((path) => [
    `  trash        WARNING: it is in the sync folder: "${path}"`,
    '               Move it elsewhere first: that client uploads it, or deletes it for good (cleanup_local_files)',
  ]),
  'Then, one after the other:',
  '  systemctl --user disable --now tidemark   # if it runs as a service',
  '  onedrive --sync --resync                  # once, and agree; up to version 2.4: onedrive --synchronize --resync',
  '  systemctl --user enable --now onedrive    # if you want it as a service',
  'With --resync that client compares both sides anew and transfers nothing that is the same. Without it, it works from',
  'what it knew before Tidemark, and uploads once more what changed since.',
  `Tidemark's state is kept in "${report.stateFolder}"; take over again at any time with tidemark migrate.`,
];

const shownMax = 10;

function wordsOf(command: MigrationPlan['report']['commands'][number]): string {
  switch (command.type) {
    case 'DownloadFile':
      return 'keepAs' in command && command.keepAs !== null
        ? 'keep both versions of a file that differs'
        : 'download a file';
    case 'KeepRemoteCopy':
    case 'KeepLocalCopy':
      return 'keep both versions of a file that differs';
    case 'UploadFile':
      return 'upload a file';
    case 'CreateLocalFolder':
      return 'make a folder on disk';
    case 'CreateRemoteFolder':
      return 'make a folder on the drive';
    case 'SetLocalTime':
      return 'set the time of a file on disk';
    case 'SetRemoteTime':
      return 'set the time of a file on the drive';
    case 'MoveLocal':
      return 'move an item on disk';
    case 'MoveRemote':
      return 'move an item on the drive';
    case 'DeleteLocal':
      return 'move an item on disk into the trash';
    case 'DeleteRemote':
      return 'delete an item on the drive';
    default:
      return command.type;
  }
}
