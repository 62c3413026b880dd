/**
 * News: observations come in, and what says something new goes on as events. What is already known is dropped here, so a scan
 * of 100,000 unchanged files writes nothing. The filter remembers what the looks under way have met, and nothing else: what
 * a look missed is an event, and the fold decides what follows from it. A restart forgets a look that has not ended.
 */
import type {
  CommandCompleted,
  CommandFailed,
  DriveItemId,
  Event,
  HintReceived,
  Observation,
} from '@tidemark/contracts';
import { failureGuide, isPathInside } from '@tidemark/contracts';
import { createFactsNews } from './facts-news.ts';
import { createParts, withoutEnd } from './parts.ts';
import { pageNews, roundEnded } from './round.ts';
import { Scanned, scanEnded, scanNews } from './scan.ts';
import { heldPlan } from '../fold/gate.ts';
import type { State } from '../fold/state.ts';
import { commandUnderWay } from '../fold/state.ts';

export interface NewsFilter {
  /** The events to fold, in order, given the state before them. */
  admit(state: State, observation: Observation, source: string): Event[];
}

export function createNewsFilter(): NewsFilter {
  const round = createParts(() => new Set<DriveItemId>());
  const scan = createParts(() => new Scanned());
  const factsNews = createFactsNews();

  function completed(state: State, { look, ...outcome }: CommandCompleted): Event[] {
    const command = commandUnderWay(state, outcome.command);
    if (command === null) return [];
    if (command !== state.remote.look.command && command !== state.local.look.command) return [outcome];
    if (look !== undefined) {
      if (command.type === 'ReadRemote' && 'cursor' in look)
        return round.end(command, look.parts, (seen) => roundEnded(state, command, look.cursor, seen));
      if (command.type === 'ReadRemoteItems' && 'rows' in look)
        return [{ type: 'RemoteItemsRead', command: command.id, rows: look.rows }];
      if (command.type === 'ScanLocal' && 'unreadable' in look)
        return scan.end(command, look.parts, (met) => scanEnded(state, command, look, met));
    }
    return [withoutEnd(command)];
  }

  return {
    admit(state, observation, source) {
      switch (observation.type) {
        case 'RemotePage':
          return pageNews(state, round, observation);
        case 'LocalListing': {
          const { command, part, folders } = observation;
          return scan.next(state.local.look.command, command, part, (met) => scanNews(state, met, folders));
        }
        case 'FactsReported':
          return factsNews(state, source, observation);
        case 'HintReceived': {
          const hint = believable(observation);
          return isWantedAlready(state, hint) ? [] : [hint];
        }
        case 'SubscriptionTold':
          return state.subscription.activity.id === observation.subscriptionId ? [observation] : [];
        case 'StopRequested':
          return state.phase === 'running' ? [observation] : [];
        case 'DeletionsConfirmed':
          return heldPlan(state)?.hash === observation.hash ? [observation] : [];
        case 'Paused':
          return [observation];
        case 'Resumed':
          return state.pauses.has(observation.why) ? [observation] : [];
        case 'PruningPlanned':
        case 'SharedFolderTold':
          return [observation];
        case 'ContentMatched':
          return commandUnderWay(state, observation.command) === null ? [] : [observation];
        case 'CommandSucceeded':
          return completed(state, observation);
        case 'CommandFailed':
          return failed(state, observation);
      }
    },
  };
}

function failed(state: State, observation: CommandFailed): Event[] {
  const command = commandUnderWay(state, observation.command);
  if (command === null || !(observation.failure.code in failureGuide)) return [];
  if (command.type !== 'ReadRemote' || observation.failure.code !== 'resyncRequired') return [observation];
  return [{ type: 'RemoteCursorLost', command: command.id, detail: observation.failure.detail }];
}

/** A hint may name a wrong place. Then the change may be anywhere, and no look goes where it should not. */
function believable(hint: HintReceived): HintReceived {
  const { folders, ...anywhere } = hint;
  return folders === undefined || folders.every(isPathInside) ? hint : anywhere;
}

/** The next look is wanted anyway, and covers what the hint names. */
function isWantedAlready(state: State, hint: HintReceived): boolean {
  const { look } = hint.side === 'remote' ? state.remote : state.local;
  // Who asks for a look need not wait for the next attempt.
  if (hint.source === 'user' && look.dueAt !== null) return false;
  const isWanted = look.command === null ? look.state !== 'current' : look.again;
  if (!isWanted) return false;
  // Reading items by their ids tells nothing of other changes.
  if (hint.side === 'remote') return look.again || look.state !== 'confirming';
  const wanted = state.local.folders;
  return wanted === null || (hint.folders?.every((folder) => wanted.includes(folder)) ?? false);
}
