/** What every command gets. */
import type { Output } from '@tidemark/plugin-sdk';
import type { CommandLine } from '@tidemark/settings';
import type { Profile } from '@tidemark/daemon';

export interface Invocation {
  readonly commandLine: CommandLine;
  readonly output: Output;
  /** Without `v`. */
  readonly version: string;
}

export interface CommandContext extends Invocation {
  readonly profile: Profile;
}

export type Perform = (context: CommandContext) => Promise<number>;
