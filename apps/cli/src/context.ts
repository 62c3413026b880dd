/** What every command gets. */
import type { Output } from '@tidemark/plugin-sdk';
import type { CommandLine } from '@tidemark/settings';
import type { Profile } from '@tidemark/daemon';

export interface Invocation {
  readonly commandLine: CommandLine;
  readonly output: Output;
  /** Resolves when the reader of standard output has caught up. */
  readonly drained: () => Promise<void>;
  /** Without `v`. */
  readonly version: string;
}

export interface CommandContext extends Invocation {
  readonly profile: Profile;
  /** `output` without the log file: for what opens the account while it is valid. */
  readonly console: Output;
  /** Lets the log file be as other settings want it. */
  readonly followLog: (profile: Profile) => void;
}

export type Perform = (context: CommandContext) => Promise<number>;
