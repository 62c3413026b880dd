/** Commands go to the plugins, or in a rehearsal those that would write are predicted instead. */
import type { Command, Observation } from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import type { Inbox, State } from '@tidemark/engine';
import { predictListing, predictOutcome } from '@tidemark/engine';

export interface CommandDispatcher {
  readonly dispatch: (command: Command) => void;
  /** Commands of a rehearsal, in order. */
  readonly rehearsed: readonly Command[];
}

export const dispatchTo = (send: (command: Command) => void): CommandDispatcher => ({
  dispatch: send,
  rehearsed: [],
});

/** Hands out only what is allowed. `onRefused`: told of each change that is not, and of every one after it. */
export function dispatchAllowed(
  send: (command: Command) => void,
  isAllowed: (command: Command) => boolean,
  onRefused: (command: Command) => void,
): CommandDispatcher {
  let isOver = false;
  return {
    rehearsed: [],
    dispatch(command) {
      const isChange = commandEffects[command.type] !== 'reads';
      isOver ||= isChange && !isAllowed(command);
      if (isChange && isOver) onRefused(command);
      else send(command);
    },
  };
}

export function rehearse(state: State, inbox: Inbox, send: (command: Command) => void): CommandDispatcher {
  const rehearsed: Command[] = [];
  let isDriveChanged = false;
  const answer = (observations: readonly Observation[]): void => void inbox.put('rehearsal', observations);
  return {
    rehearsed,
    dispatch(command) {
      const effect = commandEffects[command.type];
      const listing = command.type === 'ReadRemote' && isDriveChanged && predictListing(state, command);
      if (effect !== 'reads') {
        // Nothing changes there before all of it was listed: from now on the state has it whole.
        isDriveChanged ||= effect === 'writesDrive';
        rehearsed.push(command);
        answer([predictOutcome(state, command)]);
      } else if (listing) answer(listing);
      else if (command.type === 'ReadRemote' && command.reason.rule === 'closing-read') {
        // The drive would tell what was done, and nothing was.
        const look = { parts: 0, cursor: command.cursor };
        answer([{ type: 'CommandSucceeded', command: command.id, look }]);
      } else send(command);
    },
  };
}
