/**
 * Needs: what a plugin asks for. The host grants exactly that, and the context's type shows exactly that, so a reader
 * knows from one line what a plugin can touch.
 */
import type { ContentPath } from './content-path.ts';
import type { Connect, Files, HttpRequest, Output, ShowOnDesktop, Store } from './capabilities.ts';
import type { Disk, Drive, Listen, Notifications, OpenRelay, Secrets } from '@tidemark/contracts';

export interface Needs {
  /** `read` looks and downloads; `write` changes the drive as well. */
  readonly drive?: 'read' | 'write';
  /** `read` looks and reads bytes; `write` changes the sync folder as well. */
  readonly disk?: 'read' | 'write';
  /** Carries content, through the plugins that change it. For our own alone. */
  readonly content?: true;
  /** Sees what was appended to the log, and how transfers get on. */
  readonly events?: true;
  /** Writes to the terminal or log of the run. */
  readonly output?: true;
  /** Answers HTTP requests on an address of this machine. */
  readonly listen?: 'http';
  /** Opens sockets to these host names, and no others. `*.example.org` covers the names below it. */
  readonly connect?: readonly string[];
  /**
   * Sends HTTP requests to these host names, and no others. `*.example.org` covers the names below it; `{ setting: 'url' }` is the host of the address
   * that the user wrote into the plugin's setting `url`, or of each address in that list.
   */
  readonly request?: readonly (string | NamedBySetting)[];
  /** Receives notifications that a relay on another host takes in. */
  readonly relay?: true;
  /** Asks the service to tell of changes. */
  readonly notifications?: true;
  /** Keeps a few small texts that no other user can read, in a place of its own. */
  readonly secrets?: true;
  /**
   * Shows notifications on the desktop of the user. `wantsFileActions`: the user wants to see there what was done to each file as well, as
   * `notify_file_actions` of the config says.
   */
  readonly desktop?: true;
  /** Keeps files in the folder that the user wrote into that setting of the plugin. It lies outside the sync folder and holds nothing of Tidemark's. */
  readonly files?: NamedBySetting;
  /** Keeps a few values from run to run, in a place of its own. */
  readonly store?: true;
}

/** What the user of the plugin decides, by one of its settings. */
export interface NamedBySetting {
  /** The key of the setting. */
  readonly setting: string;
}

export type DriveReader = Pick<Drive, 'info' | 'delta' | 'item' | 'items' | 'authors' | 'child' | 'download'>;
export type DriveWriter = DriveReader &
  Pick<Drive, 'createFolder' | 'upload' | 'move' | 'setModifiedAt' | 'delete'>;

export type DiskReader = Pick<Disk, 'scan' | 'list' | 'watch' | 'stat' | 'read' | 'hash'>;
export type DiskWriter = DiskReader &
  Pick<Disk, 'stage' | 'createFolder' | 'move' | 'remove' | 'setModifiedAt'>;

/** The part of a context that follows from the needs. What was not declared is not there. */
export type Granted<Wanted extends Needs> = GrantedDrive<Wanted> &
  GrantedDisk<Wanted> &
  (Wanted extends { readonly content: true } ? { readonly content: ContentPath } : unknown) &
  (Wanted extends { readonly output: true } ? { readonly output: Output } : unknown) &
  (Wanted extends { readonly listen: 'http' } ? { readonly listen: Listen } : unknown) &
  (Wanted extends { readonly connect: readonly string[] } ? { readonly connect: Connect } : unknown) &
  (Wanted extends { readonly request: readonly (string | NamedBySetting)[] }
    ? { readonly request: HttpRequest }
    : unknown) &
  (Wanted extends { readonly relay: true } ? { readonly openRelay: OpenRelay } : unknown) &
  (Wanted extends { readonly notifications: true } ? { readonly notifications: Notifications } : unknown) &
  (Wanted extends { readonly secrets: true } ? { readonly secrets: Secrets } : unknown) &
  (Wanted extends { readonly desktop: true }
    ? { readonly showOnDesktop: ShowOnDesktop; readonly wantsFileActions: boolean }
    : unknown) &
  (Wanted extends { readonly files: NamedBySetting } ? { readonly files: Files } : unknown) &
  (Wanted extends { readonly store: true } ? { readonly store: Store } : unknown);

type GrantedDrive<Wanted extends Needs> = Wanted extends { readonly drive: 'write' }
  ? { readonly drive: DriveWriter }
  : Wanted extends { readonly drive: 'read' }
    ? { readonly drive: DriveReader }
    : unknown;

type GrantedDisk<Wanted extends Needs> = Wanted extends { readonly disk: 'write' }
  ? { readonly disk: DiskWriter }
  : Wanted extends { readonly disk: 'read' }
    ? { readonly disk: DiskReader }
    : unknown;
