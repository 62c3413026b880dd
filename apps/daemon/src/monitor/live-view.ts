/**
 * What a daemon remembers of itself while it lives: counters, transfers under way, and how its channel is. A projection of what
 * watchers of a run are shown, over all runs of the process. It joins commands and outcomes by itself: reactions (`on`) tell of changes
 * alone, and it counts looks too, and knows what is under way now.
 */
import type { Command, CommandId, RecordedEvent } from '@tidemark/contracts';
import { effectOf, endedCommand, reachesDrive } from '@tidemark/contracts';
import type { ChannelReport } from '@tidemark/control';
import type { Plugin, ToldNotice, TransferProgress } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import { ignoreElements, merge, tap } from 'rxjs';

export interface LiveView {
  /** Added to the plugins of each run. */
  readonly plugin: Plugin;
  readonly figures: Figures;
  /** A run begins: nothing of the one before is under way. */
  begin(): void;
}

export interface Figures {
  /** `type/outcome` → commands. */
  readonly commands: Map<string, number>;
  /** By source: hints that reached the engine. */
  readonly hints: Map<string, number>;
  uploadedFiles: number;
  uploadedBytes: number;
  downloadedFiles: number;
  downloadedBytes: number;
  succeeded: number;
  failed: number;
  runs: number;
  reloads: number;
  readonly transfers: Map<CommandId, TransferProgress>;
  /** Milliseconds since 1970. */
  offlineSince: number | null;
  channel: ChannelFigures;
  isWatching: boolean;
  watchLimit: string | null;
}

export interface ChannelFigures {
  state: 'open' | 'opening' | 'broken';
  signals: number;
  forged: number;
  /** By reason. */
  refused: Readonly<Record<string, number>>;
  detail: string | null;
  /** Where the way of a notification ends, since the last attempt that failed. */
  firstFailure: ChannelReport['firstFailure'];
}

const closedChannel = (): ChannelFigures => ({
  ...{ state: 'opening', signals: 0, forged: 0, detail: null },
  refused: {},
  firstFailure: null,
});

/** `onChange` is called when anything was taken in. */
export function createLiveView(onChange: () => void): LiveView {
  const figures: Figures = {
    commands: new Map(),
    hints: new Map(),
    uploadedFiles: 0,
    uploadedBytes: 0,
    downloadedFiles: 0,
    downloadedBytes: 0,
    succeeded: 0,
    failed: 0,
    runs: 0,
    reloads: 0,
    transfers: new Map(),
    offlineSince: null,
    channel: closedChannel(),
    isWatching: false,
    watchLimit: null,
  };
  const underWay = new Map<CommandId, Command>();
  const plugin = definePlugin({
    name: 'control',
    needs: { events: true },
    observe: ({ events, progress, notices }) => {
      // Before anything is told: plugins in other processes may have said how they are when the run begins.
      figures.channel = closedChannel();
      figures.isWatching = false;
      figures.watchLimit = null;
      return merge(
        events.pipe(tap((batch) => batch.forEach((recorded) => follow(figures, underWay, recorded)))),
        progress.pipe(
          tap((figure) => {
            if (underWay.has(figure.command)) figures.transfers.set(figure.command, figure);
          }),
        ),
        notices.pipe(tap((told) => followNotice(figures, told))),
      ).pipe(tap(onChange), ignoreElements());
    },
  });
  return {
    plugin,
    figures,
    begin() {
      underWay.clear();
      figures.transfers.clear();
      figures.runs += 1;
    },
  };
}

function follow(figures: Figures, underWay: Map<CommandId, Command>, recorded: RecordedEvent): void {
  const { event, at, source } = recorded;
  if (event.type === 'Planned') for (const command of event.commands) underWay.set(command.id, command);
  if (event.type === 'HintReceived') add(figures.hints, source === '' ? event.source : source);
  const ended = endedCommand(event);
  const command = ended === null ? undefined : underWay.get(ended);
  if (ended === null || command === undefined) return;
  underWay.delete(ended);
  figures.transfers.delete(ended);
  const outcome = event.type === 'CommandFailed' ? 'failed' : 'succeeded';
  add(figures.commands, `${command.type}/${outcome}`);
  figures[outcome] += 1;
  if (event.type === 'CommandFailed') {
    if (event.failure.code === 'offline') figures.offlineSince ??= at;
    return;
  }
  if (reachesDrive(command)) figures.offlineSince = null;
  const transfer = event.type === 'CommandSucceeded' ? effectOf(command, event).transfer : null;
  if (transfer === null) return;
  const way = transfer.direction === 'up' ? 'uploaded' : 'downloaded';
  figures[`${way}Files`] += 1;
  figures[`${way}Bytes`] += transfer.bytes;
}

function followNotice(figures: Figures, { notice }: ToldNotice): void {
  const { channel } = figures;
  switch (notice.type) {
    case 'folderWatched':
      figures.isWatching = true;
      figures.watchLimit = notice.limit;
      return;
    case 'signalReceived':
      channel.signals = notice.count;
      return;
    case 'forged':
      channel.forged = notice.count;
      return;
    case 'refused':
      channel.refused = notice.reasons;
      return;
    case 'channelOpened':
    case 'listenerStarted':
    case 'relayConnected':
      channel.state = 'open';
      channel.detail = null;
      return;
    case 'channelFailed':
    case 'relayLost':
    case 'relaySilent':
      channel.state = 'broken';
      channel.detail = notice.detail;
      return;
    case 'hopFailed': {
      const { check, detail, remedy } = notice;
      channel.firstFailure = { check, detail, remedy };
      return;
    }
    case 'channelClosed':
      channel.state = 'broken';
      channel.detail = notice.detail ?? null;
      return;
    default:
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
