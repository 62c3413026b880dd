/** What a command line asks for, as data. Both faces of the program come out as the same types. */
import type { ConfigValues } from '../options.ts';

export type Output = 'text' | 'json';

/** The one thing that this start of the program is for. */
export type Action =
  /** Only options, or nothing at all: sign in if need be, then say that a mode is missing. */
  | { readonly type: 'none' }
  | { readonly type: 'help'; readonly topic?: string; readonly step?: string }
  | { readonly type: 'version' }
  | { readonly type: 'sync' | 'monitor'; readonly output: Output }
  | { readonly type: 'auth'; readonly step: 'logout' | 'status'; readonly output: Output }
  | {
      readonly type: 'auth';
      readonly step: 'login';
      readonly output: Output;
      /** To be written into the config before, as typed. */
      readonly applicationId?: string;
      readonly tenant?: string;
    }
  | { readonly type: 'displayConfig' | 'displaySyncStatus' | 'displayQuota' | 'displayAdminConsentUrl' }
  | { readonly type: 'listSharedItems' | 'printAccessToken' }
  | { readonly type: 'getSharepointDriveId'; readonly siteName: string }
  | { readonly type: 'createDirectory' | 'removeDirectory'; readonly path: string }
  | { readonly type: 'moveDirectory'; readonly source: string; readonly destination: string }
  | {
      readonly type: 'createShareLink';
      readonly path: string;
      readonly access: 'read' | 'write';
      readonly password?: string;
    }
  | { readonly type: 'getFileLink' | 'modifiedBy' | 'downloadFile'; readonly path: string }
  | {
      readonly type: 'migrate';
      /** `here`: from the `onedrive` client to Tidemark. */
      readonly direction: 'here' | 'back';
      readonly consent: 'ask' | 'given' | 'dryRun';
      readonly output: Output;
    }
  | { readonly type: 'status'; readonly output: Output; readonly check: 'yes' | 'no' }
  /** `forText` is a span, `untilText` a time, as typed; without either the user ends it. */
  | { readonly type: 'pause'; readonly forText?: string; readonly untilText?: string }
  | { readonly type: 'resume' }
  | { readonly type: 'conflicts'; readonly step: 'list'; readonly output: Output }
  | { readonly type: 'conflicts'; readonly step: 'show'; readonly path: string; readonly output: Output }
  | {
      readonly type: 'conflicts';
      readonly step: 'keep';
      readonly keep: 'local' | 'remote' | 'both' | 'newest';
      /** Absent: all. */
      readonly path?: string;
      readonly output: Output;
    }
  | { readonly type: 'plan'; readonly output: Output; readonly item?: string }
  | { readonly type: 'apply'; readonly output: Output; readonly hash?: string; readonly planFile?: string }
  | {
      readonly type: 'log';
      /** A saved log or an incident bundle; without it, our own log. */
      readonly log?: string;
      readonly output: Output;
      /** A time or a duration as typed; the reader of the log knows the clock. */
      readonly since?: string;
      readonly item?: string;
      /** Event types; empty means all. */
      readonly types: readonly string[];
      readonly plugin?: string;
      readonly follow: 'no' | 'yes';
    }
  | {
      readonly type: 'explain';
      readonly path: string;
      /** A saved log or an incident bundle; without it, our own log. */
      readonly log?: string;
      readonly output: Output;
      readonly atSeq?: number;
    }
  | {
      readonly type: 'explainSpan';
      /** As typed. */
      readonly target:
        | { readonly by: 'run'; readonly run: number | 'last' }
        | { readonly by: 'since'; readonly since: string };
      readonly log?: string;
      readonly output: Output;
    }
  | { readonly type: 'whyExcluded'; readonly path: string; readonly output: Output }
  | {
      readonly type: 'incident';
      readonly step: 'create';
      readonly log?: string;
      readonly output: Output;
      readonly around?: string;
      /** A time or a duration as typed. */
      readonly since?: string;
      readonly keepNames: 'no' | 'yes';
      /** Where the bundle goes. */
      readonly file?: string;
    }
  | {
      readonly type: 'replay';
      /** A saved log; without it, our own. */
      readonly log?: string;
      readonly output: Output;
      readonly toSeq?: number;
      readonly check: 'no' | 'yes';
      /** `report`: the plans derived again. `state`, `tree`: how things stood after the last event. `step`: event by event. */
      readonly show: 'report' | 'state' | 'tree' | 'step';
      /** The first event of `step`, or that `until` may match. */
      readonly fromSeq?: number;
      /** A pattern as typed: what is shown is the first event that matches, and how things stood before it. */
      readonly until?: string;
      /** Two events: what is shown is how the states after them differ. */
      readonly diff?: { readonly from: number; readonly to: number };
    }
  | {
      readonly type: 'bisect';
      readonly log?: string;
      readonly output: Output;
      readonly asks:
        | { readonly type: 'absent'; readonly path: string }
        | { readonly type: 'hash'; readonly path: string; readonly hash: string }
        /** `glob`: of paths. */
        | { readonly type: 'conflict'; readonly glob: string }
        | { readonly type: 'law'; readonly name: string };
      readonly on: 'both' | 'drive' | 'disk';
      /** It does not hold after the one event and holds after the other. */
      readonly between?: { readonly from: number; readonly to: number };
    }
  | {
      readonly type: 'whatIf';
      readonly log?: string;
      readonly output: Output;
      /** Options as typed, by their names in the configuration. */
      readonly policy: readonly { readonly option: string; readonly value: string }[];
      /** A configuration file whose settings take the place of the recorded policy. */
      readonly config?: string;
      /** A file whose lines take the place of the recorded `sync_list`. */
      readonly syncList?: string;
      /** The file of a plugin whose rules take the place of those of the plugin of its name. */
      readonly plugin?: string;
      /** Numbers or patterns of events, as typed. */
      readonly without: readonly string[];
      /** `by`: so many events later. */
      readonly delayed: readonly { readonly seq: number; readonly by: number }[];
      readonly repeated: readonly number[];
    }
  /** `port`: absent: any free one. */
  | { readonly type: 'inspect'; readonly log?: string; readonly port?: number }
  | {
      readonly type: 'undo';
      /** Absent: what an earlier undo left open. */
      readonly target?:
        | { readonly by: 'path'; readonly path: string }
        | { readonly by: 'seq'; readonly seq: number }
        | { readonly by: 'run'; readonly run: number | 'last' }
        /** As typed. With `path`: only what is at it or in it. */
        | { readonly by: 'since'; readonly since: string; readonly path?: string };
      readonly output: Output;
      readonly consent: 'ask' | 'given' | 'dryRun';
      /** What is possible is undone although a part is not. */
      readonly partial: 'no' | 'yes';
    }
  | {
      readonly type: 'doctor';
      /** For example `webhook`; without it, everything. */
      readonly topic?: string;
      readonly output: Output;
      readonly nginx: 'no' | 'plain' | 'hardened';
      /** File of addresses for the configuration of nginx. */
      readonly allowList?: string;
      /** Whether the drive may be changed for a moment. */
      readonly live: 'yes' | 'no';
    }
  | { readonly type: 'plugin'; readonly step: 'list'; readonly output: Output }
  | {
      readonly type: 'plugin';
      readonly step: 'check' | 'why';
      /** To check: a name, a path or a package. Why: a name. */
      readonly reference: string;
      readonly output: Output;
    }
  | {
      readonly type: 'plugin';
      readonly step: 'new';
      readonly name: string;
      /** The folder in which the project gets a folder of its own; without it, the one in which the command is run. */
      readonly folder?: string;
    }
  | {
      readonly type: 'plugin';
      readonly step: 'dev';
      readonly file: string;
      /** JSON of the plugin's settings. */
      readonly settingsFile?: string;
    }
  | {
      readonly type: 'plugin';
      readonly step: 'run';
      /** A name, a path or a package. */
      readonly reference: string;
      readonly output: Output;
      /** Address of the server; without it, that of the settings. */
      readonly bus?: string;
      readonly drive?: string;
    }
  | {
      readonly type: 'plugin';
      readonly step: 'key';
      /** Of a plugin, or `engine`. */
      readonly reference: string;
      readonly drive?: string;
    }
  | { readonly type: 'relay'; readonly step: 'run'; readonly output: Output }
  | { readonly type: 'relay'; readonly step: 'user' }
  | {
      readonly type: 'relay';
      readonly step: 'status';
      readonly output: Output;
      readonly check: 'no' | 'yes';
    };

/** How to sign in, should it be necessary. */
export type Login =
  | { readonly type: 'interactive' }
  | { readonly type: 'device' }
  | { readonly type: 'files'; readonly urlFile: string; readonly responseFile: string }
  | { readonly type: 'response'; readonly url: string };

export interface CommandLine {
  /** Drop-in: switches as the peer has them. Subcommand: `tidemark explain PATH`. Exit codes differ by it. */
  readonly face: 'dropIn' | 'subcommand';
  /** Base name of the program as it was called, for messages. */
  readonly invokedAs: string;
  readonly action: Action;
  /** 0, 1 for detail, 2 for debugging. */
  readonly verbosity: number;
  readonly confdir?: string;
  /** Options set on the command line, as typed; `loadSettings` checks them. */
  readonly overrides: ReadonlyMap<keyof ConfigValues, string>;
  /** Long names of all switches given, for what may not be combined. */
  readonly given: ReadonlySet<string>;
  readonly login: Login;
  /** Below `sync_dir`, as typed. */
  readonly singleDirectory?: string;
  /** Whether a big deletion was allowed beforehand. */
  readonly force: 'no' | 'yes';
  readonly forceSync: 'no' | 'yes';
  readonly reauthenticate: 'no' | 'yes';
  readonly sharedFiles: 'no' | 'yes';
}

export type CommandLineResult =
  | { readonly type: 'parsed'; readonly commandLine: CommandLine }
  | { readonly type: 'refused'; readonly lines: readonly string[]; readonly exitCode: 1 | 2 };
