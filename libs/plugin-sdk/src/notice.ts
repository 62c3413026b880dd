/**
 * Notices: what a plugin says while it happens. Never an event: a notice is not kept, may be lost, and nothing depends on
 * it. A plugin that has many to tell thins them out; `count` is the number of all so far, so that none goes missing in the sum.
 */

import type { HeldChanges } from '@tidemark/contracts';

/** `debug` is shown to those who ask for every detail, the others always. */
export type SaidLevel = 'debug' | 'info' | 'warning' | 'error';

export type Notice =
  /** What a plugin says in words of its own: `say(text, level)`. */
  | { readonly type: 'said'; readonly level: SaidLevel; readonly text: string }
  /** Notifications can arrive from now on. `address`: where, for people. */
  | { readonly type: 'listenerStarted'; readonly address: string }
  | { readonly type: 'listenerStopped' }
  /** Notifications come through a relay from now on, those that waited there included. */
  | { readonly type: 'relayConnected'; readonly address: string }
  /** They wait there. The line comes back by itself. */
  | { readonly type: 'relayLost'; readonly detail: string }
  /** The relay does not know yet whose notifications are ours. It is told again. */
  | { readonly type: 'relaySilent'; readonly detail: string; readonly retryMs: number }
  /** The service, or a stranger meanwhile, asked whether an address is ours, and was answered. */
  | { readonly type: 'validationAnswered'; readonly count: number }
  /** It asked in vain, and this is the hop at which the way to the address ends, as a check of `doctor` saw it from here. */
  | {
      readonly type: 'hopFailed';
      readonly check: string;
      readonly detail: string;
      readonly remedy: string | null;
    }
  /** A run before has left it alive, and it is ours. */
  | { readonly type: 'subscriptionFound'; readonly id: string }
  /** Notifications that are ours. */
  | { readonly type: 'signalReceived'; readonly count: number }
  /** Notifications whose sender does not have the secret, or that are unreadable. */
  | { readonly type: 'forged'; readonly count: number }
  /** Requests that were refused before a notification was read in them. `reasons`: how many so far, by reason. */
  | { readonly type: 'refused'; readonly reasons: Readonly<Record<string, number>> }
  /** Changes on disk are told from now on. `limit`: why only a part could be watched, in words; null when all is. */
  | { readonly type: 'folderWatched'; readonly folders: number; readonly limit: string | null }
  /** A channel over which the service tells of changes is asked for. */
  | { readonly type: 'channelWanted'; readonly isRetry: boolean }
  | { readonly type: 'channelOpened' }
  /** The service does not let us in, now or for this account. It is tried again; a channel that is open stays so. */
  | { readonly type: 'channelFailed'; readonly detail: string; readonly retryMs: number }
  /** An open channel broke. It is opened again. */
  | { readonly type: 'channelClosed'; readonly detail?: string; readonly retryMs?: number }
  /** The service asked over the channel whether we are still there, and it was answered. */
  | { readonly type: 'channelAlive' }
  /** A download goes on where an earlier attempt at the same version ended. */
  | { readonly type: 'downloadResumed'; readonly path: string }
  /** The run has looked which version of Tidemark used the profile last. `newer`: that version, when it is newer than `version`, which runs now. */
  | { readonly type: 'versionChecked'; readonly version: string; readonly newer: string | null }
  /**
   * The account is open. `remainingBytes`: what the drive has room for, null where it does not tell. `dataCentre`: the code of the region that it
   * is kept in, such as `EUR`, null where that is not told; absent of drives that no site keeps.
   */
  | {
      readonly type: 'accountOpened';
      readonly remainingBytes: number | null;
      readonly dataCentre?: string | null;
    }
  /** Files that should have gone from the trash for good are still there. */
  | { readonly type: 'pruningObstructed'; readonly detail: string }
  /**
   * Old events of the log went into archives, all up to `archivedTo`, or the oldest archives were removed for good, whose last
   * event was of the time `until` (ISO 8601). `sizeBytes`: what all of it takes now, null when that is not known. `obstacle`: why it
   * could not be made smaller, in words; told once.
   */
  | {
      readonly type: 'logRetained';
      readonly archivedTo: number | null;
      readonly removed: { readonly from: number; readonly to: number; readonly until: string } | null;
      readonly sizeBytes: number | null;
      readonly sizeBytesMax: number;
      readonly obstacle: string | null;
    }
  /** Much at once waits for a confirmation, which has to name the hash. */
  | (HeldChanges & { readonly type: 'confirmationWanted'; readonly hash: string })
  /** A plugin that runs in another process is there. The host says it in its name. */
  | { readonly type: 'pluginPresent'; readonly version: string }
  /** It is not, or not any more. */
  | { readonly type: 'pluginAbsent'; readonly detail: string };

/** What a plugin tells under a name of its own: in words for people, and with data for programs. */
export interface OwnNotice {
  /** The plugin's name, a slash, and what it is about in letters, digits and dashes: `tide/turned`. */
  readonly type: `${string}/${string}`;
  /** In one line of at most 1,000 characters. */
  readonly text: string;
  /** JSON of at most 4,096 characters. */
  readonly data?: unknown;
}

/** A notice as watchers get it. */
export interface ToldNotice {
  readonly plugin: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly notice: Notice | OwnNotice;
}
