/** Lines about commands that were done. */
import type { Command, CommandOf, CommandType, EventOf } from '@tidemark/plugin-sdk';
import type { Effect } from '@tidemark/plugin-sdk/unstable';
import { besidePath, effectOf } from '@tidemark/plugin-sdk/unstable';
import type { Line } from './line.ts';
import { debug, info, verbose } from './line.ts';
import { metrics } from './metrics.ts';
import { dotted, shownPath } from './paths.ts';
import type { UnderWay, View } from './view.ts';
import { isChange } from './view.ts';
import { renderDeleted, renderGranted } from './webhook.ts';

type Succeeded = EventOf<'CommandSucceeded'>;

export function renderSucceeded(
  view: View,
  event: Succeeded,
  { command, plannedAt }: UnderWay,
  at: number,
): readonly Line[] {
  const effect = effectOf(command, event);
  const lines = done[command.type](view, command as never, event, effect);
  const measured = view.config.displayTransferMetrics ? metrics(command, effect, at - plannedAt) : [];
  const requests = (event.requestIds ?? []).map((id) => debug(`API Request ID: ${id}`));
  return [...lines, ...rehearsed(view, command), ...measured, ...requests];
}

/** What a rehearsal adds, so that no user takes it for the deed. */
function rehearsed({ config }: View, { type, path }: Command): readonly Line[] {
  if (!config.dryRun) return [];
  if (type === 'CreateLocalFolder') return [info(`DRY-RUN: Not creating local directory: ${path}`)];
  if (type === 'DeleteRemote')
    return [info('DRY-RUN: Not performing online delete activity due to --dry-run')];
  return isChange({ type }) ? [verbose(`DRY-RUN: ${type} was not carried out: ${path}`)] : [];
}

type Done<Type extends CommandType> = (
  view: View,
  command: CommandOf<Type>,
  event: Succeeded,
  effect: Effect,
) => readonly Line[];

const nothing = (): readonly Line[] => [];

const done: { readonly [Type in CommandType]: Done<Type> } = {
  ReadRemote: nothing,
  ReadRemoteItems: nothing,
  ScanLocal: nothing,
  HashFile: nothing,
  CreateRemoteFolder: (view, { path }) => [
    info(`Successfully created the remote directory ${shownPath(view, path)} on Microsoft OneDrive`),
  ],
  UploadFile: (view, { path, target }, { unconfirmed }) => [
    info(`${uploading(target.as)}: ${shownPath(view, path)} ... done`),
    ...(unconfirmed === true
      ? [
          info(
            `WARNING: Microsoft OneDrive changed this file as it stored it; the local version counts as uploaded (OneDrive/onedrive-api-docs issue 935): ${path}`,
          ),
        ]
      : []),
  ],
  MoveRemote: (_view, { path, fromPath, provisional }) =>
    provisional || fromPath === undefined ? [] : [info(`Moving ${fromPath} to ${path} ... done`)],
  DeleteRemote: (view, { path }) => [
    info(`Successfully deleted item from Microsoft OneDrive: ${shownPath(view, path)}`),
  ],
  SetRemoteTime: nothing,
  CreateLocalFolder: (_view, { path }) => [verbose(`Created local directory: ${dotted(path)}`)],
  DownloadFile: (view, { path }, { unconfirmed }, { transfer, displaced }) => [
    ...(displaced?.to === 'beside' ? [preserved(path, displaced.path)] : []),
    transfer === null
      ? verbose(`The local file is the same as the one online: ${path}`)
      : info(`Downloading file: ${shownPath(view, path)} ... done`),
    ...(unconfirmed === true
      ? [verbose(`The content could not be compared with a hash from online: ${path}`)]
      : []),
  ],
  KeepRemoteCopy: (_view, { path }, _event, { displaced }) => {
    if (displaced?.to !== 'beside') return [verbose(`The local file is the same as the one online: ${path}`)];
    const copy = displaced.path;
    return [
      info(`Downloading file: ${copy} ... done`),
      verbose(
        `The item online differs from the local one, preserving the version of Microsoft OneDrive to prevent data loss: ${path} -> ${copy}`,
      ),
    ];
  },
  KeepLocalCopy: (_view, { path }, { kept }) => [
    verbose(
      `The local item is out-of-sync with OneDrive, preserving to preserve existing file and prevent local data loss: ${path} -> ${besidePath(path, kept?.name ?? '')}`,
    ),
  ],
  MoveLocal: (_view, { path, toPath, provisional, reason: { rule } }) => {
    if (provisional) return [];
    const moved = info(`Moving ${path} to ${toPath} ... done`);
    return rule === 'edit-steps-aside' ? [preserved(path, toPath), moved] : [moved];
  },
  DeleteLocal: ({ started }, { path, kind, reason: { rule } }) => {
    const noun = kind === 'file' ? 'file' : 'directory';
    if (rule === 'source-uploaded') return [info(`Removed local file:  ${path}`)];
    if (rule === 'source-emptied') return [info(`Removed parental path:  ${path}`)];
    return [
      started?.policy.cleanupLocal === true
        ? info(`Removed local ${noun}: ${path}`)
        : info(`Deleting local ${noun}: ${path}`),
    ];
  },
  SetLocalTime: nothing,
  CreateSubscription: (view, { type }, event) => renderGranted(view, type, event),
  RenewSubscription: (view, { type }, event) => renderGranted(view, type, event),
  DeleteSubscription: renderDeleted,
};

export function uploading(as: 'new' | 'version'): string {
  return as === 'new' ? 'Uploading new file' : 'Uploading modified file';
}

function preserved(path: string, copy: string): Line {
  return verbose(
    `The local item is out-of-sync with OneDrive, renaming to preserve existing file and prevent local data loss: ${path} -> ${copy}`,
  );
}
