/** Lines about what plugins tell while it happens. */
import type { Notice, OwnNotice, ToldNotice } from '@tidemark/plugin-sdk';
import { shortAmount } from './amounts.ts';
import { durationText } from './duration-text.ts';
import type { Line } from './line.ts';
import { debug, info, verbose } from './line.ts';
import { renderHeld } from './verdict.ts';
import type { View } from './view.ts';
import {
  renderFailedHop,
  renderFound,
  renderListening,
  renderListeningEnd,
  renderSignal,
  renderValidated,
} from './webhook.ts';

export function renderNotice(view: View, { notice, plugin }: ToldNotice): readonly Line[] {
  if (isOwn(notice)) return [info(`${plugin}: ${notice.text}`)];
  return renderers[notice.type](notice as never, view, plugin);
}

const isOwn = (notice: Notice | OwnNotice): notice is OwnNotice => notice.type.includes('/');

type NoticeOf<Type extends Notice['type']> = Extract<Notice, { readonly type: Type }>;

const renderers: {
  readonly [Type in Notice['type']]: (notice: NoticeOf<Type>, view: View, plugin: string) => readonly Line[];
} = {
  said: ({ level, text }, _view, plugin) => [
    level === 'debug' ? debug(`${plugin}: ${text}`) : info(`${sayings[level]}${plugin}: ${text}`),
  ],
  listenerStarted: ({ address }, view) => renderListening(view, address),
  listenerStopped: (_notice, view) => renderListeningEnd(view),
  relayConnected: ({ address }) => [info(`Receiving notifications through the relay at ${address}`)],
  relayLost: ({ detail }) => [
    info(`WARNING: The line to the relay is down: ${detail}`),
    verbose('  Notifications wait there; until it is up again changes are found by polling'),
  ],
  relaySilent: ({ detail, retryMs }) => [
    info(`WARNING: The relay does not answer: ${detail}`),
    verbose(`  Another attempt in ${durationText(retryMs)}; until then changes are found by polling`),
  ],
  validationAnswered: (_notice, view) => renderValidated(view),
  hopFailed: (hop) => renderFailedHop(hop),
  subscriptionFound: ({ id }, view) => renderFound(view, id),
  signalReceived: ({ count }, view, plugin) =>
    plugin === 'webhook' ? renderSignal(view, count) : [debug(`Signals from ${plugin} so far: ${count}`)],
  forged: ({ count }, _view, plugin) => [
    verbose(`Forged notifications so far, dropped by ${plugin}: ${count}`),
  ],
  refused: ({ reasons }, _view, plugin) => [
    verbose(
      `Requests so far that ${plugin} refused: ${Object.entries(reasons)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(', ')}`,
    ),
  ],
  folderWatched: ({ folders, limit }, view) => [
    ...(limit === null || view.watchLimitTold ? [] : renderWatchLimit(limit, view)),
    debug(`Folders being watched: ${folders}${limit === null || !view.watchLimitTold ? '' : `; ${limit}`}`),
  ],
  channelWanted: ({ isRetry }) => [
    isRetry
      ? verbose('Retrying WebSocket notification URL acquisition.')
      : info(
          'Attempting to enable WebSocket support to monitor Microsoft Graph API changes in near real-time.',
        ),
  ],
  channelOpened: () => [
    info('Enabled WebSocket support to monitor Microsoft Graph API changes in near real-time.'),
  ],
  channelFailed: ({ detail, retryMs }) => [
    info('WARNING: Unable to configure WebSocket support for this account at the moment'),
    verbose(`  ${detail}; another attempt in ${durationText(retryMs)}`),
  ],
  channelClosed: () => [debug('SOCKETIO: the connection was closed')],
  pluginPresent: ({ version }, _view, plugin) => [
    info(`Plugin ${plugin} ${version} works in another process`),
  ],
  pluginAbsent: ({ detail }, _view, plugin) => [
    info(`WARNING: Plugin ${plugin} works in another process and is not there: ${detail}`),
  ],
  downloadResumed: ({ path }, view) => [
    ...(view.resumptionTold ? [] : [info('There are interrupted downloads that need to be resumed')]),
    info(`Attempting to resume file download using this 'resumable data' file: ${path}`),
  ],
  versionChecked: ({ version, newer }) => [
    verbose('Checking Application Version ...'),
    ...(newer === null
      ? []
      : [
          info(
            `WARNING: Tidemark ${newer} used this profile last, and this is ${version}: what only the newer version knows has no effect now. Nothing is lost; to have it again, install that version`,
          ),
        ]),
  ],
  accountOpened: ({ remainingBytes, dataCentre }) => [
    ...(dataCentre === undefined ? [] : [verbose(`Microsoft Data Centre: ${dataCentre ?? 'Not Available'}`)]),
    verbose(
      `Remaining Free Space:  ${remainingBytes === null ? 'Not Available' : `${(remainingBytes / 2 ** 30).toFixed(2)} GB (${remainingBytes} bytes)`}`,
    ),
  ],
  pruningObstructed: ({ detail }) => [info(`WARNING: The trash cannot be pruned: ${detail}`)],
  logRetained: ({ archivedTo, removed, sizeBytesMax, obstacle }) => [
    ...(archivedTo === null ? [] : [verbose(`Events of the log up to ${archivedTo} are in archives now`)]),
    ...(removed === null
      ? []
      : [
          info(
            `Events ${removed.from} to ${removed.to} of the log were removed for good, the last of them of ${removed.until}: it may take ${shortAmount(sizeBytesMax)} (log_max_size)`,
          ),
        ]),
    ...(obstacle === null
      ? []
      : [
          info(`WARNING: The log cannot be kept at ${shortAmount(sizeBytesMax)} (log_max_size): ${obstacle}`),
        ]),
  ],
  confirmationWanted: renderHeld,
  channelAlive: () => [debug('SOCKETIO: Socket.IO ping received, → pong sent')],
};

const sayings = { info: '', warning: 'WARNING: ', error: 'ERROR: ' } as const;

/** The peer's line and advice where its limit is the reason; syncing goes on, since polling finds the rest. */
function renderWatchLimit(limit: string, { config }: View): readonly Line[] {
  const setting = limit.includes('inotify watches')
    ? ('max_user_watches=524288' as const)
    : limit.includes('inotify instances')
      ? ('max_user_instances=1024' as const)
      : null;
  return [
    // As the peer has it: scripts look for the line.
    ...(limit.includes('inotify watches')
      ? [info('The user limit on the total number of inotify watches has been reached.')]
      : []),
    info(`WARNING: Only a part of the local 'sync_dir' is being watched: ${limit}`),
    info(
      `         What changes in the rest is found by a scan, every ${config.monitorIntervalSeconds} seconds`,
    ),
    ...(setting === null
      ? []
      : [info(`         To raise the limit: echo fs.inotify.${setting} | ${keepSetting}`)]),
  ];
}

const keepSetting = 'sudo tee -a /etc/sysctl.d/40-tidemark.conf && sudo sysctl --system';
