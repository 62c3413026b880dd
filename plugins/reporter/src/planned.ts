/** Lines about what was decided: the looks a pass begins with, totals, and what is about to change. */
import type { Command, CommandOf, CommandType, EventOf } from '@tidemark/plugin-sdk';
import { ruleTexts } from '@tidemark/plugin-sdk/unstable';
import { renderSyncOptions } from './developer.ts';
import type { Line } from './line.ts';
import { debug, info, verbose } from './line.ts';
import { dotted, shownPath } from './paths.ts';
import { passLines } from './pass-lines.ts';
import { renderReached } from './reached.ts';
import { renderTotals } from './totals.ts';
import type { View } from './view.ts';
import {
  firstAttempts,
  isAboutSubscription,
  isChange,
  isCleaning,
  isLook,
  isQuiet,
  looking,
} from './view.ts';
import { renderCreating, renderRenewing } from './webhook.ts';

export function renderPlanned(view: View, { commands }: EventOf<'Planned'>): readonly Line[] {
  const quiet = isQuiet(view) && !commands.some(isChange);
  const beginning =
    quiet || view.pass.announced || commands.every(isAboutSubscription) ? [] : renderBeginning(view);
  return [
    ...beginning,
    ...renderTotals(view.pass.totals, firstAttempts(view, commands)),
    ...commands.flatMap((command) => (quiet && isLook(command) ? [] : renderCommand(view, command))),
    ...renderWatchedFiles(view, commands),
    ...commands.map(({ id, type, path, reason }) =>
      debug(`Command ${id}: ${type} "${path}" (${reason.rule}: ${reason.differs})`),
    ),
  ];
}

/** Said where the peer says it: before the first pass. */
function renderBeginning(view: View): readonly Line[] {
  return [
    ...(view.pass.number === 1 ? renderReached(view) : []),
    looking(view, passLines.begins),
    ...renderSyncOptions(view),
  ];
}

function renderCommand(view: View, command: Command): readonly Line[] {
  return [...renderInclusion(view, command), ...begin[command.type](view, command as never)];
}

/** What arrives on a side for the first time, where a `sync_list` says what may. */
function renderInclusion({ started }: View, command: Command): readonly Line[] {
  const filter = started?.policy.filter;
  if (filter?.syncList == null) return [];
  const { type, path } = command;
  if (type === 'CreateLocalFolder' || type === 'CreateRemoteFolder')
    return [verbose(`Including path - included by sync_list config: ${dotted(path)}`)];
  const isNew =
    (type === 'DownloadFile' && command.expected === null) ||
    (type === 'UploadFile' && command.target.as === 'new');
  if (!isNew) return [];
  return filter.syncRootFiles && !path.includes('/')
    ? [verbose(`Path retained due to 'sync_root_files' override for logical root file: ${dotted(path)}`)]
    : [verbose(`Including file - included by sync_list config: ${dotted(path)}`)];
}

type Begin<Type extends CommandType> = (view: View, command: CommandOf<Type>) => readonly Line[];

const begin: { readonly [Type in CommandType]: Begin<Type> } = {
  ReadRemote: (view, { reason, cursor }) => {
    if (reason.rule === 'closing-read') return [looking(view, passLines.examines)];
    const drive = view.started?.drive.id ?? '';
    return [
      looking(view, 'Syncing changes from Microsoft OneDrive ...'),
      view.config.verbosity === 0
        ? looking(view, `Fetching items from the OneDrive API for Drive ID: ${drive} .`)
        : verbose(`Fetching /delta response from the OneDrive API for Drive ID: ${drive}`),
      ...(cursor === null
        ? [verbose('Performing a full scan of online data to ensure consistent local state')]
        : []),
      debug(`Perform a Full Scan True-Up: ${cursor === null}`),
      ...(isMonitoring(view) ? [debug(`Full Scan Frequency Loop Number: ${view.looksSinceFull}`)] : []),
      ...(cursor === null ? [] : [debug('Using database stored deltaLink')]),
      ...(cursor !== null && view.started?.policy.pace.cleanupAfter === 'full'
        ? [
            debug(
              'Using native /delta for this pass; authoritative cleanup deferred until monitor full-scan cadence',
            ),
          ]
        : []),
    ];
  },
  ReadRemoteItems: (_view, { ids, reason }) => [
    debug(`Reading ${ids.length} items by their ids, since ${ruleTexts[reason.rule]}`),
  ],
  ScanLocal: (view) => [
    looking(view, 'Performing a database consistency and integrity check on locally stored data'),
    looking(
      view,
      `Scanning the local file system '${view.config.syncDirectory}' for ${isCleaning(view) ? 'data to cleanup' : 'new data to upload'}`,
    ),
  ],
  HashFile: (_view, { path }) => [verbose(`Processing: ${path}`)],
  CreateRemoteFolder: (view, { path }) => [
    ...watched(view, `Local directory created: ${path}`),
    info(`OneDrive Client requested to create this directory online: ${shownPath(view, path)}`),
  ],
  UploadFile: (view, { path, target }) =>
    watched(view, target.as === 'new' ? `New local file added: ${path}` : `Local file changed: ${path}`),
  MoveRemote: (view, { path, fromPath, toName, provisional }) => {
    if (provisional) return [debug(`Moving ${path} to ${toName} for a moment, to free its name`)];
    return fromPath === undefined
      ? [info(`Moving an item to ${dotted(path)}`)]
      : [
          ...watched(view, `Local item moved: ${dotted(fromPath)} -> ${dotted(path)}`),
          info(`Moving ${dotted(fromPath)} to ${dotted(path)}`),
        ];
  },
  DeleteRemote: (view, { path, reason: { rule } }) => {
    if (rule === 'file-only-on-drive') return [info(`Deleting online file from Microsoft OneDrive: ${path}`)];
    if (rule === 'folder-only-on-drive')
      return [info(`Deleting online folder from Microsoft OneDrive: ${path}`)];
    return renderDeletion(view, path);
  },
  SetRemoteTime: (_view, { path }) => [
    verbose(`Processing: ${path}`),
    verbose('The file has not changed'),
    info('The last modified timestamp has changed however the file content has not changed'),
    verbose(
      'The local item has the same hash value as the item online but with a newer local timestamp - correcting online timestamp',
    ),
  ],
  SetLocalTime: ({ started }, { path }) => [
    verbose(`Processing: ${path}`),
    info('The last modified timestamp has changed however the file content has not changed'),
    verbose(
      started?.policy.direction === 'download'
        ? 'The local item has the same hash value as the item online - correcting local timestamp due to --download-only being used to ensure local file matches timestamp online'
        : 'The local item has the same hash value as the item online but with an older local timestamp - correcting local timestamp',
    ),
  ],
  CreateLocalFolder: (_view, { path }) => [verbose(`Attempting to create local directory: ${dotted(path)}`)],
  DownloadFile: (_view, { path, reason, keepAs }) => [
    ...(reason.rule === 'conflict-replaced' ? [unpreserved(path)] : []),
    ...(keepAs === null
      ? []
      : [
          verbose(
            `The local file to replace (${path}) contains local data that must be preserved before replacement.`,
          ),
        ]),
  ],
  KeepRemoteCopy: (_view, { path }) => [
    verbose(
      `Both versions changed: the local one keeps the name, the one on Microsoft OneDrive is kept beside it: ${path}`,
    ),
  ],
  KeepLocalCopy: (_view, { path }) => [
    verbose(
      `Both versions changed: the one on Microsoft OneDrive is newer and keeps the name there, the local one is uploaded beside it: ${path}`,
    ),
  ],
  MoveLocal: (_view, { path, toPath, provisional }) => [
    provisional
      ? debug(`Moving ${path} to ${toPath} for a moment, to free its name`)
      : info(`Moving ${dotted(path)} to ${dotted(toPath)}`),
  ],
  DeleteLocal: (view, { path, kind, reason: { rule } }) => {
    const noun = kind === 'file' ? 'file' : 'directory';
    if (rule === 'source-emptied') return [];
    if (rule === 'conflict-replaced')
      return [unpreserved(path), info(`Trying to delete local ${noun}: ${path}`)];
    if (rule === 'source-uploaded')
      return [
        info('Attempting removal of local file as --upload-only & --remove-source-files configured'),
        verbose(`Trying to delete local file: ${path}`),
      ];
    if (!isCleaning(view)) return [info(`Trying to delete local ${noun}: ${path}`)];
    return [
      ...(view.emptied.has(path) ? [verbose(`Removing parental local directory: ${path}`)] : []),
      info(`Removing local ${noun}: ${path}`),
      verbose(`Attempting removal of local ${noun}: ${path}`),
    ];
  },
  CreateSubscription: renderCreating,
  RenewSubscription: renderRenewing,
  DeleteSubscription: () => [],
};

const unpreserved = (path: string): Line =>
  info(
    `WARNING: Local Data Protection has been disabled - not creating a safeBackup. You may experience data loss on this file: ${path}`,
  );

function renderDeletion(view: View, path: string): readonly Line[] {
  return [
    ...watched(view, `Local item deleted: ${path}`),
    ...(isMonitoring(view)
      ? [
          info(
            `The operating system sent a deletion notification. Trying to delete this item as requested: ${path}`,
          ),
        ]
      : []),
    info(`Deleting item from Microsoft OneDrive: ${shownPath(view, path)}`),
  ];
}

/** What the peer says of changes it sees while monitoring, after the first pass. */
function watched(view: View, text: string): readonly Line[] {
  return isMonitoring(view) ? [verbose(`[M] ${text}`)] : [];
}

function renderWatchedFiles(view: View, commands: readonly Command[]): readonly Line[] {
  const files = commands.filter(({ type }) => type === 'UploadFile').length;
  return files === 0 ? [] : watched(view, `Total number of local file(s) added or changed: ${files}`);
}

function isMonitoring({ config, pass }: View): boolean {
  return config.mode === 'monitor' && pass.number > 1;
}
