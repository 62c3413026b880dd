/** Lines about looking at both sides: delta rounds, scans, hints. */
import type { Command, EventOf, FailureDetails, LocalOddity } from '@tidemark/plugin-sdk';
import { failureGuide } from '@tidemark/plugin-sdk';
import { doubtOf, reachesDrive } from '@tidemark/plugin-sdk/unstable';
import { worded } from './dialect.ts';
import type { Line } from './line.ts';
import { debug, info, verbose } from './line.ts';
import { dotted } from './paths.ts';
import { skippedLine, skippedShownMax } from './skipped.ts';
import { timeText } from './time-text.ts';
import type { View } from './view.ts';
import { isQuiet, looking } from './view.ts';

export function renderRemoteSeen(view: View, { rows }: EventOf<'RemoteSeen'>): readonly Line[] {
  if (isQuiet(view)) return [];
  const batches = Math.ceil(rows.length / batchRows);
  return [
    looking(view, `Processing ${rows.length} applicable JSON items received from Microsoft OneDrive`),
    ...Array.from({ length: batches }, (_, index) =>
      verbose(
        `Processing OneDrive JSON item batch [${index + 1}/${batches}] to ensure consistent local state`,
      ),
    ),
  ];
}

/** As many rows make a batch in the peer. */
const batchRows = 500;

export function renderRemoteRound(view: View, event: EventOf<'RemoteRoundCompleted'>): readonly Line[] {
  const round = debug(
    event.full
      ? `Full enumeration completed, ${event.unseen.length} known items are not in it`
      : 'Delta round completed',
  );
  const cleaned =
    event.full && view.started?.policy.pace.cleanupAfter === 'full'
      ? [debug('Unsetting fullScanTrueUpRequired after authoritative cleanup pass')]
      : [];
  const doubt = doubtOf(event, view.started, !view.hasSeenDrive);
  if (doubt !== null) return view.doubted ? [debug(doubt.detail), round] : [...renderDoubt(doubt), round];
  const differs = view.pass.remoteRows + event.unseen.length > 0;
  if (differs || isQuiet(view)) return [round, ...cleaned];
  return [
    looking(
      view,
      'No changes or items that can be applied were discovered while processing the data received from Microsoft OneDrive',
    ),
    round,
    ...cleaned,
  ];
}

/** Told once, until a listing is believed again. */
function renderDoubt({ code, detail }: FailureDetails): readonly Line[] {
  return [info(`ERROR: ${detail}`), info(`       ${failureGuide[code].remedy}`)];
}

/** An item that a listing left out and the drive does not have is gone. */
export function renderItemsRead(_view: View, { rows }: EventOf<'RemoteItemsRead'>): readonly Line[] {
  const gone = rows.filter((row) => 'deleted' in row).length;
  return [debug(`Read ${rows.length} items by their ids, ${gone} of them are gone`)];
}

export function renderCursorLost(_view: View, { detail }: EventOf<'RemoteCursorLost'>): readonly Line[] {
  return [
    info(
      'WARNING: The OneDrive API responded with an error that indicates the locally stored deltaLink value is invalid',
    ),
    verbose(detail),
  ];
}

/** Oddities are told once, not at every scan: each by itself, and many of one kind in one line, unless users want to read all of them. */
export function renderScan(
  view: View,
  { oddities = [], unseen }: EventOf<'LocalScanCompleted'>,
): readonly Line[] {
  const byReason = new Map<string, LocalOddity[]>();
  for (const oddity of oddities.filter(({ path, code }) => !view.oddities.has(`${path} ${code}`))) {
    const reason = oddityReason(view, oddity.code);
    const alike = byReason.get(reason);
    if (alike === undefined) byReason.set(reason, [oddity]);
    else alike.push(oddity);
  }
  const lines = [...byReason].flatMap(([reason, alike]) => renderOddities(view, reason, alike));
  return [...lines, debug(`Local scan completed, ${unseen.length} known items were not met`)];
}

function renderOddities({ config }: View, reason: string, alike: readonly LocalOddity[]): readonly Line[] {
  const level = reason === wanted ? verbose : info;
  if (level === info && config.verbosity === 0 && alike.length > skippedShownMax)
    return [
      skippedLine(
        reason,
        alike.map(({ path }) => path),
      ),
    ];
  return alike.map(({ path, code, detail }) => {
    const why = code === 'unfollowed' || code === 'unreadable' ? ` (${detail})` : '';
    return level(`Skipping item - ${reason}: ${dotted(path)}${why}`);
  });
}

const wanted = 'skip symbolic links configured';

function oddityReason({ config }: View, code: LocalOddity['code']): string {
  switch (code) {
    case 'symlink':
      return config.skipSymlinks ? wanted : 'invalid symbolic link';
    case 'unfollowed':
      return 'symbolic link is not followed';
    case 'special':
      return 'item is not a valid file';
    case 'notUtf8':
      return 'invalid character encoding sequence';
    case 'unreadable':
      return 'cannot be read';
  }
}

export function renderHint(
  view: View,
  { source, side }: EventOf<'HintReceived'>,
  at: number,
): readonly Line[] {
  const handler = handlers.get(source);
  if (handler === undefined) return [debug(`Hint from ${source}: the ${side} side may have changed`)];
  const { count, used } = view.signals.get(source) ?? { count: 1, used: 0 };
  const signals = Math.max(1, count - used);
  const received = `Received ${signals} signal(s) from ${handler} handler`;
  const current = `${received} (${timeText(at)})`;
  const legacy = source === 'webhook' ? `Received ${signals} refresh signals from the webhook` : current;
  return [...worded(view, { current, legacy }, 'verbose'), debug(received)];
}

/** The service answers again. Told once, as its absence was. */
export function renderReached({ offline }: View, command: Command): readonly Line[] {
  return offline && reachesDrive(command)
    ? [info('Internet connectivity to Microsoft OneDrive service has been restored')]
    : [];
}

const handlers: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ webhook: 'Webhook', socketio: 'WebSocket' }),
);
