/** What a run is given, how it is seen and steered from outside, and how it ends. */
import type {
  Bus,
  Clock,
  Command,
  DriveInfo,
  EventLog,
  EventOf,
  Random,
  RecordedEvent,
} from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import type { State, Status } from '@tidemark/engine';
import type {
  ExpectedPlugin,
  HostDescription,
  HostOptions,
  RemotePluginDescription,
} from '@tidemark/plugin-host';
import type { Output } from '@tidemark/plugin-sdk';
import type { Account } from './account.ts';
import type { Confirmation } from './confirmation.ts';
import type { ConfiguredPlugin } from './plugins/arrange-plugins.ts';
import type { Profile } from './profile.ts';

export interface ProfileRun {
  readonly profile: Profile;
  readonly account: Account;
  readonly info: DriveInfo;
  readonly disk: FolderDisk;
  readonly bus: Bus;
  readonly log: EventLog;
  readonly state: State;
  /** Say why everything agreed is forgotten; null to go on from the log. */
  readonly forget: string | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly plugins: readonly ConfiguredPlugin[];
  /** Plugins that run in other processes. */
  readonly elsewhere?: readonly ExpectedPlugin[];
  /** `rehearse`: nothing is written anywhere; commands that would write are predicted instead. */
  readonly mode: 'real' | 'rehearse';
  readonly confirmation: Confirmation;
  /** Changes that may be carried out; with the first other one that is planned the run ends. Absent: whatever is planned. */
  readonly isAllowed?: (command: Command) => boolean;
  /** Go on until interrupted, instead of ending when both sides agree. */
  readonly monitoring: boolean;
  /** What plugins may reach beside drive and disk. */
  readonly capabilities: Pick<
    HostOptions,
    | 'listen'
    | 'connect'
    | 'request'
    | 'openRelay'
    | 'notifications'
    | 'secrets'
    | 'store'
    | 'showOnDesktop'
    | 'wantsFileActions'
    | 'files'
  >;
  /** Aborted by the first signal of the user. */
  readonly interrupted: AbortSignal;
  /** Something was seen or done, and nothing is under way any more. */
  readonly onRest?: (state: State) => void;
  /** Events were made durable. */
  readonly onAppended?: (events: readonly RecordedEvent[]) => void;
  /** Given what steers the run, once it runs. */
  readonly attach?: (handle: RunHandle) => void;
}

/** A run that goes on, seen and steered from outside. */
export interface RunHandle {
  /** Whole between two turns of the event loop. To be read only. */
  readonly state: State;
  describe(): HostDescription & { readonly elsewhere: readonly RemotePluginDescription[] };
  /** Makes durable what became of a shared folder. Rejects when the run is over. */
  note(told: EventOf<'SharedFolderTold'>): Promise<void>;
  /** Lets the loop come round; resolves when it has, or when the run has ended. */
  pulse(): Promise<void>;
  /** Lets the held plan with that hash go on, if it is still that plan when the loop comes round. */
  confirm(hash: string): Promise<void>;
  /** Records that a pause begins or ends. Rejects when the run has ended. */
  pause(change: EventOf<'Paused'> | EventOf<'Resumed'>): Promise<void>;
  /** Looks at both sides although neither is due. Rejects when the run has ended. */
  look(): Promise<void>;
  /**
   * Ends the run when nothing is under way, after `graceMs` in any case. `takeDown`: with what the service keeps for us, as at a
   * stop; otherwise the next run finds it again.
   */
  leave(options: { readonly graceMs: number; readonly takeDown: boolean }): void;
}

export interface RunEnd {
  readonly cause: 'finished' | 'interrupted' | 'failed';
  readonly status: Status;
  /** Commands of a rehearsal, in order. */
  readonly rehearsed: readonly Command[];
  /** Changes that were planned and not carried out, because of `isAllowed`. */
  readonly refused: readonly Command[];
  readonly requests: ReturnType<Account['drive']['requests']>;
}
