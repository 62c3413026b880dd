/**
 * Grants: the capabilities of one plugin as objects that hold the declared methods and nothing else. A cast in a plugin
 * cannot reach further than its declaration.
 */
import type {
  Clock,
  Disk,
  Drive,
  FailureDetails,
  Listen,
  Notifications,
  OpenRelay,
  Random,
  Secrets,
  Spool,
} from '@tidemark/contracts';
import type {
  Connect,
  DiskReader,
  DiskWriter,
  DriveReader,
  DriveWriter,
  Files,
  HttpRequest,
  Needs,
  Output,
  Plugin,
  ShowOnDesktop,
  Store,
} from '@tidemark/plugin-sdk';
import { connectedHosts, connectingTo, requestedHosts, requestingFrom } from './declared-hosts.ts';
import type { ContentPath } from '@tidemark/plugin-sdk/unstable';
import { showing } from './desktop.ts';
import { folderIn } from './named-folder.ts';
import { SetupError } from './setup-error.ts';
import type { Speech } from './speech.ts';
import { createStore, type StorePlace } from './store.ts';

/** What the host has to lend. */
export interface Lendable {
  readonly drive?: Drive;
  readonly disk?: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly listen?: Listen;
  readonly connect?: Connect;
  readonly request?: HttpRequest;
  readonly openRelay?: OpenRelay;
  readonly notifications?: Notifications;
  /** Where what plugins make of content waits for the drive. */
  readonly spool?: Spool;
  /** Gets text that is harmless already. */
  readonly showOnDesktop?: ShowOnDesktop;
  /** The user wants to see there what was done to each file. False unless given. */
  readonly wantsFileActions?: boolean;
  /** `folder`: as the user wrote it. Throws SetupError when it cannot be that of a plugin. */
  readonly files?: (plugin: string, folder: string) => Files;
  /** Each plugin gets a place of its own. */
  readonly secrets?: (plugin: string) => Secrets;
  /** Each plugin gets a place of its own. */
  readonly store?: (plugin: string) => StorePlace;
}

/** What the host has by itself beside that. */
export interface Lent extends Lendable {
  readonly content: ContentPath;
}

/** The shape says everything is there; at run time only what was declared is, as the plugin's own types have it. */
export interface Grant extends Speech {
  readonly drive: DriveWriter;
  readonly disk: DiskWriter;
  readonly content: ContentPath;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly listen: Listen;
  readonly connect: Connect;
  readonly request: HttpRequest;
  readonly openRelay: OpenRelay;
  readonly notifications: Notifications;
  readonly secrets: Secrets;
  readonly store: Store;
  readonly showOnDesktop: ShowOnDesktop;
  readonly wantsFileActions: boolean;
  readonly files: Files;
}

/** `onFault` is told what it asks for beyond its declaration. Throws SetupError when a need cannot be met in this run. */
export function grant(
  plugin: Plugin,
  config: unknown,
  lendable: Lent,
  speech: Speech,
  onFault: (details: FailureDetails) => void,
): Grant {
  const needs: Needs = plugin.needs ?? {};
  const { drive, disk, clock, random, output } = lendable;
  const granted = {
    clock: Object.freeze({
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: clock.sleep.bind(clock),
    }),
    random: Object.freeze({
      bytes: random.bytes.bind(random),
      uuid: () => random.uuid(),
      fraction: () => random.fraction(),
    }),
    tell: speech.tell,
    say: speech.say,
    ...(needs.drive !== undefined && {
      drive: Object.freeze(
        (needs.drive === 'read' ? driveReader : driveWriter)(required(plugin.name, 'drive', drive)),
      ),
    }),
    ...(needs.disk !== undefined && {
      disk: Object.freeze(
        (needs.disk === 'read' ? diskReader : diskWriter)(required(plugin.name, 'disk', disk)),
      ),
    }),
    ...(needs.content === true && { content: lendable.content }),
    ...(needs.output === true && { output }),
    ...(needs.listen !== undefined && { listen: required(plugin.name, 'listen', lendable.listen) }),
    ...(needs.connect !== undefined && {
      connect: connectingTo(
        connectedHosts(plugin),
        required(plugin.name, 'connect', lendable.connect),
        onFault,
      ),
    }),
    ...(needs.request !== undefined && {
      request: requestingFrom(
        requestedHosts(plugin, config),
        required(plugin.name, 'request', lendable.request),
        onFault,
      ),
    }),
    ...(needs.relay === true && { openRelay: required(plugin.name, 'relay', lendable.openRelay) }),
    ...(needs.notifications === true && {
      notifications: Object.freeze(asking(required(plugin.name, 'notifications', lendable.notifications))),
    }),
    ...(needs.secrets === true && {
      secrets: Object.freeze(keeping(required(plugin.name, 'secrets', lendable.secrets)(plugin.name))),
    }),
    ...(needs.desktop === true && {
      showOnDesktop: showing(clock, required(plugin.name, 'desktop', lendable.showOnDesktop)),
      wantsFileActions: lendable.wantsFileActions ?? false,
    }),
    ...(needs.files !== undefined && {
      files: Object.freeze(
        required(plugin.name, 'files', lendable.files)(plugin.name, folderIn(plugin, needs.files, config)),
      ),
    }),
    ...(needs.store === true && {
      store: Object.freeze(
        createStore(plugin.name, required(plugin.name, 'store', lendable.store)(plugin.name)),
      ),
    }),
  };
  return granted as unknown as Grant;
}

function driveReader(drive: Drive): DriveReader {
  return {
    info: drive.info.bind(drive),
    delta: drive.delta.bind(drive),
    item: drive.item.bind(drive),
    items: drive.items.bind(drive),
    authors: drive.authors.bind(drive),
    child: drive.child.bind(drive),
    download: drive.download.bind(drive),
  };
}

function driveWriter(drive: Drive): DriveWriter {
  return {
    ...driveReader(drive),
    createFolder: drive.createFolder.bind(drive),
    upload: drive.upload.bind(drive),
    move: drive.move.bind(drive),
    setModifiedAt: drive.setModifiedAt.bind(drive),
    delete: drive.delete.bind(drive),
  };
}

function diskReader(disk: Disk): DiskReader {
  return {
    scan: disk.scan.bind(disk),
    list: disk.list.bind(disk),
    watch: disk.watch.bind(disk),
    stat: disk.stat.bind(disk),
    read: disk.read.bind(disk),
    hash: disk.hash.bind(disk),
  };
}

function diskWriter(disk: Disk): DiskWriter {
  return {
    ...diskReader(disk),
    stage: disk.stage.bind(disk),
    createFolder: disk.createFolder.bind(disk),
    move: disk.move.bind(disk),
    remove: disk.remove.bind(disk),
    setModifiedAt: disk.setModifiedAt.bind(disk),
  };
}

function asking(notifications: Notifications): Notifications {
  return {
    create: notifications.create.bind(notifications),
    renew: notifications.renew.bind(notifications),
    delete: notifications.delete.bind(notifications),
    socketAddress: notifications.socketAddress.bind(notifications),
  };
}

function keeping(secrets: Secrets): Secrets {
  return {
    read: secrets.read.bind(secrets),
    write: secrets.write.bind(secrets),
    remove: secrets.remove.bind(secrets),
    digest: secrets.digest.bind(secrets),
    matches: secrets.matches.bind(secrets),
  };
}

function required<Capability>(
  plugin: string,
  need: Exclude<keyof Needs, 'events' | 'output' | 'content'>,
  capability: Capability | undefined,
): Capability {
  if (capability !== undefined) return capability;
  throw new SetupError(
    plugin,
    `it needs "${need}", which this run does not offer`,
    'Remove the plugin from this run',
  );
}
