/**
 * Puts events into the words of the peer. Pure: one event and the view before it give lines. Its wording is an interface:
 * user interfaces, scripts and a test suite read it.
 */
import type { CommandId, EventOf, EventType, RecordedEvent } from '@tidemark/plugin-sdk';
import type { PauseReason } from '@tidemark/plugin-sdk/unstable';
import { pauseReasonTexts } from '@tidemark/plugin-sdk/unstable';
import type { Line } from './line.ts';
import { debug, info, verbose } from './line.ts';
import {
  renderCursorLost,
  renderHint,
  renderItemsRead,
  renderReached,
  renderRemoteRound,
  renderRemoteSeen,
  renderScan,
} from './looks.ts';
import { renderProcessingTime } from './developer.ts';
import { renderFailed } from './failed.ts';
import { renderPlanned } from './planned.ts';
import { renderPruning } from './pruning.ts';
import { renderStarted, renderStopped } from './run.ts';
import { renderSucceeded } from './succeeded.ts';
import { timeText } from './time-text.ts';
import type { View } from './view.ts';
import { renderSubscriptionTold } from './webhook.ts';

export function render(view: View, recorded: RecordedEvent): readonly Line[] {
  const { event, at } = recorded;
  return [...renderers[event.type](view, event as never, at), ...renderProcessingTime(view, recorded)];
}

type Renderer<Type extends EventType> = (view: View, event: EventOf<Type>, at: number) => readonly Line[];

/** A look at the drive that ended says that the service was reached. */
function endOfLook<Ending extends { readonly command: CommandId }>(
  renderer: (view: View, event: Ending, at: number) => readonly Line[],
): (view: View, event: Ending, at: number) => readonly Line[] {
  return (view, event, at) => {
    const ended = view.underWay.get(event.command);
    return [...(ended === undefined ? [] : renderReached(view, ended.command)), ...renderer(view, event, at)];
  };
}

const renderers: { readonly [Type in EventType]: Renderer<Type> } = {
  Started: renderStarted,
  RemoteSeen: renderRemoteSeen,
  RemoteRoundCompleted: endOfLook(renderRemoteRound),
  RemoteItemsRead: endOfLook(renderItemsRead),
  RemoteCursorLost: endOfLook(renderCursorLost),
  LocalSeen: (_view, { rows }) => [debug(`Local rows with news: ${rows.length}`)],
  LocalScanCompleted: renderScan,
  NothingNew: () => [debug('Looks met nothing new')],
  HintReceived: renderHint,
  SubscriptionTold: renderSubscriptionTold,
  FactsChanged: (_view, { facts }) => [debug(`Facts of a plugin that changed: ${facts.length}`)],
  StopRequested: () => [debug('The run is asked to end')],
  DeletionsConfirmed: (_view, { hash }) => [info(`Confirmed: the plan ${hash} goes on`)],
  Paused: (_view, { why, until }) => [
    info(`Syncing is paused ${until === null ? pauseReasonTexts[why] : `until ${timeText(until)}`}`),
    verbose('  Changes on both sides are seen and wait'),
  ],
  Resumed: (_view, { why, because }) => [
    info(because === 'asked' ? 'The pause was ended: syncing goes on' : pauseEnds[why]),
  ],
  Planned: renderPlanned,
  PruningPlanned: renderPruning,
  // What works on shared folders tells of them.
  SharedFolderTold: () => [],
  // Between two runs: the tool that makes them tells of them.
  UserChangesPlanned: () => [],
  UserChangeEnded: () => [],
  UserChangesEnded: () => [],
  ContentMatched: (_view, { plugin, drive, disk }) => [
    debug(`Content changed by ${plugin}: ${disk.sizeBytes} bytes on disk, ${drive.sizeBytes} bytes online`),
  ],
  CommandSucceeded: (view, event, at) => {
    const ended = view.underWay.get(event.command);
    if (ended === undefined) return [];
    return [...renderReached(view, ended.command), ...renderSucceeded(view, event, ended, at)];
  },
  CommandFailed: (view, event, at) => {
    const ended = view.underWay.get(event.command);
    return ended === undefined ? [] : renderFailed(view, event.failure, ended.command, at);
  },
  Woke: () => [debug('A waiting item is due')],
  PlanningEnded: () => [debug('Nothing more is decided; what is under way ends')],
  Stopped: renderStopped,
};

const pauseEnds: Readonly<Record<PauseReason, string>> = {
  user: 'The time of the pause is over: syncing goes on',
  metered: 'The network is not metered any more: syncing goes on',
  battery: 'The machine does not run on battery any more: syncing goes on',
};
