/** The status report in words. */
import { heldChangesText, pauseReasonTexts } from '@tidemark/contracts';
import type { StatusReport } from '@tidemark/control';
import { headline, readingText, stateTexts } from '@tidemark/control';
import { escaped } from '@tidemark/disk';

/** `now`: milliseconds since 1970. */
export const renderStatus = (report: StatusReport, now: number): readonly string[] => [
  escaped(headline(report, now)),
  ...details(report),
];

function details(report: StatusReport): readonly string[] {
  const { daemon, drive, halted, suspended } = report;
  if (report.state === 'neverSynced') return [];
  if (report.state === 'starting' && daemon !== null && daemon.reading !== null)
    return [
      `State:    starting: ${readingText(daemon.reading)} (process ${daemon.pid}, since ${daemon.startedAt})`,
      `Folder:   ${report.folder}`,
      `Log:      ${report.logFolder}`,
    ];
  const asOf = daemon === null ? ', as of the last run' : '';
  return [
    `State:    ${stateTexts[report.state]}${daemon === null ? '' : ` (process ${daemon.pid}, since ${daemon.startedAt})`}`,
    `Drive:    ${drive?.kind ?? 'unknown'} ${escaped(drive?.id ?? '')}`,
    `Folder:   ${report.folder}`,
    `Log:      ${report.logFolder}, ${report.seq} events`,
    `In sync:  ${report.atRest} of ${report.items} items${asOf}`,
    ...(daemon === null ? renderUnseen(report.looks) : renderDaemon(report, daemon)),
    ...(report.held === null
      ? []
      : heldChangesText(report.held).map(
          (sentence, index) => `${index === 0 ? 'Held:' : ''}`.padEnd(10) + sentence,
        )),
    ...report.notAtRest.map(renderItem),
    ...(report.notShown === 0 ? [] : [`  … and ${report.notShown} more: tidemark status --json`]),
    ...(report.shared ?? []).flatMap(renderShared),
    ...report.oddities.map(({ path, detail }) => `  skipped  "${escaped(path)}": ${escaped(detail)}`),
    ...report.pauses.map(
      ({ why, until }) => `Paused:   ${until === null ? pauseReasonTexts[why] : `until ${until}`}`,
    ),
    ...(suspended === null ? [] : [`Suspended: ${escaped(suspended.detail)}`]),
    ...(halted === null ? [] : [`The last run was stopped: ${escaped(halted.detail)}`]),
  ];
}

function renderShared(shared: NonNullable<StatusReport['shared']>[number]): readonly string[] {
  const { path, kind, standing, items, notInSync, notAtRest, held } = shared;
  const how = {
    left: 'not synced any more, since its shortcut is gone; it stays as it is',
    unreachable: 'cannot be reached, its owner may have ended the sharing; it stays as it is',
    synced: `${items - notInSync} of ${items} items in sync${kind === 'files' ? ', downloaded only' : ''}`,
  }[standing];
  const more = notInSync - notAtRest.length;
  return [
    `Shared:   "${escaped(path)}": ${how}`,
    ...(held === undefined ? [] : heldChangesText(held).map((sentence) => `  held     ${sentence}`)),
    ...notAtRest.map(renderItem),
    ...(more === 0 ? [] : [`  … and ${more} more in it`]),
  ];
}

const renderItem = ({ standing, path, detail }: StatusReport['notAtRest'][number]): string =>
  `  ${standing.padEnd(8)} "${escaped(path)}": ${escaped(detail)}`;

function renderDaemon(
  { looks }: StatusReport,
  daemon: NonNullable<StatusReport['daemon']>,
): readonly string[] {
  const { channel, remotePlugins, offlineSince, underWay, underWayCount, counters, isWatching, watchLimit } =
    daemon;
  const { firstFailure } = channel;
  const expiry = channel.expiresAt === null ? '' : `, until ${channel.expiresAt}`;
  const subscription = channel.subscription === null ? '' : `, subscription ${channel.subscription}${expiry}`;
  return [
    `Online:   ${channels[channel.type]}: ${channel.state}${subscription}${renderLook(looks.remote)}`,
    `Disk:     ${isWatching ? 'watched' : 'not watched'}${watchLimit === null ? '' : ` in part (${escaped(watchLimit)})`}${renderLook(looks.local)}`,
    ...(channel.detail === null ? [] : [`          ${escaped(channel.detail)}`]),
    ...(firstFailure === null
      ? []
      : [
          `          ${escaped(firstFailure.check)}: ${escaped(firstFailure.detail)}`,
          ...(firstFailure.remedy === null ? [] : [`          -> ${escaped(firstFailure.remedy)}`]),
        ]),
    ...(offlineSince === null ? [] : [`Offline:  since ${offlineSince}`]),
    ...remotePlugins.flatMap(renderRemotePlugin),
    `Done:     ${counters.uploadedFiles} files up, ${counters.downloadedFiles} down, ${counters.failed} attempts failed`,
    ...(underWayCount === 0 ? [] : [`Doing:    ${underWayCount}`]),
    ...underWay.slice(0, shownMax).map(({ type, path, doneBytes, totalBytes }) => {
      const share = doneBytes === null || totalBytes === null ? '' : `, ${doneBytes} of ${totalBytes} bytes`;
      return `  ${type} "${escaped(path)}"${share}`;
    }),
  ];
}

/** Without a daemon the figures above are those of the last look that succeeded. */
function renderUnseen(looks: StatusReport['looks']): readonly string[] {
  const sides = [
    ['drive', looks.remote],
    ['disk', looks.local],
  ] as const;
  return sides.flatMap(([side, { failure }]) =>
    failure === null ? [] : [`The last run could not look at the ${side}: ${escaped(failure.detail)}`],
  );
}

type RemotePlugin = NonNullable<StatusReport['daemon']>['remotePlugins'][number];

function renderRemotePlugin({ name, version, commands, absence }: RemotePlugin): readonly string[] {
  const waiting = commands === 0 ? '' : `; commands with it: ${commands}`;
  if (absence === null) return [`Plugin:   ${name} ${escaped(version ?? '')} in another process${waiting}`];
  return [
    `Plugin:   ${name} is not there: ${escaped(absence.detail)}${waiting}`,
    `          -> ${absence.remedy}`,
  ];
}

const shownMax = 20;

const channels = { webhook: 'webhook', socketio: 'Socket.IO', polling: 'polling only' } as const;

function renderLook({ lastAt, dueAt, isUnderWay, failure }: StatusReport['looks']['remote']): string {
  const last = lastAt === null ? '; not looked at yet' : `; last look ${lastAt}`;
  const next = isUnderWay ? ', looking now' : dueAt === null ? '' : `, next by ${dueAt}`;
  return `${last}${next}${failure === null ? '' : ` (${escaped(failure.detail)})`}`;
}
