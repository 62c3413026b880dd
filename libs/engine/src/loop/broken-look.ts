/** A look that did not tell all: it fails, since what is missing would read as gone. */
import type { Command, Event } from '@tidemark/contracts';

/** What is in it would read as gone, and the cursor would go past it for good. */
export const partMissing = ({ id, type }: Command, part: number): Event => ({
  type: 'CommandFailed',
  command: id,
  failure: {
    code: 'pluginFault',
    detail: `Cannot ${type === 'ReadRemote' ? 'read the drive' : 'scan'}: part ${part + 1} of what was found never arrived`,
  },
});

export const withoutEnd = ({ id, type }: Command): Event => ({
  type: 'CommandFailed',
  command: id,
  failure: {
    code: 'pluginFault',
    detail: `Cannot use a look: the handler of ${type} did not say how it ended`,
  },
});
