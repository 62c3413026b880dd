/**
 * Grants: the capabilities of one plugin as objects that hold the declared methods and nothing else. A cast in a plugin
 * cannot reach further than its declaration.
 */
import type { Clock, Disk, Drive, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type {
  Connect,
  DiskReader,
  DiskWriter,
  DriveReader,
  DriveWriter,
  Listen,
  Needs,
  Output,
  Plugin,
} from '@tidemark/plugin-sdk';
import { SetupError } from './setup-error.ts';

/** What the host has to lend. */
export interface Lendable {
  readonly drive: Drive;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly listen?: Listen;
  readonly connect?: Connect;
}

/** The shape says everything is there; at run time only what was declared is, as the plugin's own types have it. */
export interface Grant {
  readonly drive: DriveWriter;
  readonly disk: DiskWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly listen: Listen;
  readonly connect: Connect;
}

/** Throws SetupError when a need cannot be met in this run. */
export function grant(plugin: Plugin, lendable: Lendable): Grant {
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
    ...(needs.drive === 'read' && { drive: Object.freeze(driveReader(drive)) }),
    ...(needs.drive === 'write' && { drive: Object.freeze(driveWriter(drive)) }),
    ...(needs.disk === 'read' && { disk: Object.freeze(diskReader(disk)) }),
    ...(needs.disk === 'write' && { disk: Object.freeze(diskWriter(disk)) }),
    ...(needs.output === true && { output }),
    ...(needs.listen !== undefined && { listen: required(plugin.name, 'listen', lendable.listen) }),
    ...(needs.connect !== undefined && {
      connect: within(needs.connect, required(plugin.name, 'connect', lendable.connect)),
    }),
  };
  return granted as unknown as Grant;
}

function driveReader(drive: Drive): DriveReader {
  return {
    info: drive.info.bind(drive),
    delta: drive.delta.bind(drive),
    item: drive.item.bind(drive),
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

function required<Capability>(
  plugin: string,
  need: 'listen' | 'connect',
  capability: Capability | undefined,
): Capability {
  if (capability !== undefined) return capability;
  throw new SetupError(
    plugin,
    `it needs "${need}", which this run does not offer`,
    'Remove the plugin from this run',
  );
}

/** `connect`, for the declared host names only. */
function within(hostNames: readonly string[], connect: Connect): Connect {
  return async (url, options) => {
    const { hostname } = new URL(url);
    if (!hostNames.some((allowed) => covers(allowed, hostname))) {
      throw new Failure({
        code: 'accessDenied',
        detail: `Cannot connect to "${hostname}": the plugin did not declare this host name`,
      });
    }
    return connect(url, options);
  };
}

function covers(allowed: string, hostname: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}
