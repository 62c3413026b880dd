/** The world of one seed: both sides with their users and faults, time, the log's files, and what is written of it all. */
import type { DriveItemId, FailureCode, FailureDetails, Policy, Spool } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { createMemoryLogFiles, type MemoryLogFiles } from '@tidemark/event-log';
import {
  createManualClock,
  createMemorySpool,
  createSeededRandom,
  createSimulatedDisk,
  createSimulatedDrive,
  type DiskOperation,
  type DriveOperation,
  type ManualClock,
  type SeededRandom,
  type SimulatedDisk,
  type SimulatedDrive,
} from '@tidemark/testkit';
import { checkNoLoss, lostContents } from './checks.ts';
import { createFaults, type FaultName, type Faults } from './faults.ts';
import { fateOfHint } from './hints.ts';
import { createIncidents } from './incidents.ts';
import { contentOf, createLedger, type Ledger, rewritten } from './ledger.ts';
import { everything, isInScope, type Scope } from './scope.ts';
import { createQuota, type Quota } from './quota.ts';
import { createSchedule, type Life, type Schedule } from './schedule.ts';
import { createReversing, isReversed, reversed } from './reversing.ts';
import { createSaves, type Saves } from './saves.ts';
import { drawSwarm, type Swarm } from './swarm.ts';
import { createTrace, type Trace } from './trace.ts';
import { createUsers, openFolders, type Users } from './users.ts';
import { createWitness, type Witness } from './witness.ts';

export interface World {
  readonly swarm: Swarm;
  readonly clock: ManualClock;
  readonly schedule: Schedule;
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly witness: Witness;
  readonly disk: SimulatedDisk;
  readonly drive: SimulatedDrive;
  readonly quota: Quota;
  readonly users: Users;
  readonly saves: Saves;
  /** See `SavesOptions`. Null while no run goes on. */
  agreedAt: ((path: string) => DriveItemId | null) | null;
  /** Where what the plugin makes of content waits, and the plugin; null where none changes content. */
  readonly content: { readonly plugin: Plugin; readonly spool: Spool } | null;
  readonly files: MemoryLogFiles;
  /** A stream of its own for each part, by name. */
  stream(name: string): SeededRandom;
  /** Faults and interference are on until it is called; closed folders are opened. */
  heal(): void;
  readonly trouble: { on: boolean };
  /** The user at the disk finds the sync folder. */
  readonly isFolderThere: boolean;
  /** What the user of this computer wants of the next run. */
  readonly wishes: { direction: Policy['direction']; scope: Scope; confirmed: boolean; resync: boolean };
  /** A daemon ends its run to begin another, as soon as it can. */
  beginsAnew: boolean;
  /** The process wants to hear of changes of the drive. */
  hearDrive(life: Life, told: () => void): void;
  /** By what the run that began last goes: edited settings hold from the next one on. */
  scopeInUse: Scope;
  /** Actions that the users may still take. */
  actionsLeft: number;
  /** Kills and interruptions that may still come. */
  endsLeft: number;
  act(): void;
}

export function createWorld(
  seed: number,
  changes: Partial<Swarm>,
  onLine?: (line: string) => void,
  /** Faults that half of the worlds know. */
  also: readonly FaultName[] = [],
): World {
  const root = createSeededRandom(seed);
  const swarm = { ...drawSwarm(root.fork('swarm'), also), ...changes };
  const clock = createManualClock();
  const trace = createTrace(onLine);
  const ledger = createLedger();
  const trouble = { on: true };
  const wishes: World['wishes'] = {
    direction: swarm.direction,
    scope: everything,
    confirmed: false,
    resync: false,
  };
  const faults = createFaults();
  const chances = {
    drive: root.fork('drive faults'),
    disk: root.fork('disk faults'),
    lies: root.fork('lies'),
    links: root.fork('links of downloads'),
  };
  const interference = root.fork('interference');
  const hints = root.fork('fate of hints');
  const always: Life = { alive: true };
  let ear: { readonly life: Life; readonly told: () => void } | null = null;
  /** The service notifies of what happened on the drive, some time later. */
  const notify = (): void => {
    const to = ear;
    if (to === null || !to.life.alive) return;
    const fate = trouble.on ? fateOfHint(swarm.hints, hints, faults) : 'tell';
    if (fate === 'drop') return;
    for (let count = fate === 'twice' ? 2 : 1; count > 0; count -= 1)
      void world.schedule.turn(to.life, 'the drive notifies').then(() => to.told());
  };
  const times = root.fork('times');

  const interfere = (where: string): void => {
    if (!trouble.on || world.actionsLeft === 0 || !interference.happens(swarm.interferenceRate)) return;
    faults.strike('user-between-steps');
    trace.line(`  right before ${where}:`);
    world.act();
  };
  const strike = (
    name: FaultName,
    stream: SeededRandom,
    rate: number,
    what: string,
    kinds: readonly (readonly [FailureCode, number?])[],
  ): FailureDetails | null => {
    if (!trouble.on || !stream.happens(rate)) return null;
    const [code, afterMs] = stream.pick(kinds);
    faults.strike(name);
    trace.line(`  fault: ${code} ${what}`);
    return {
      code,
      detail: `Cannot do it: a fault was drawn ${what}`,
      ...(afterMs !== undefined && { afterMs }),
    };
  };

  const quota = createQuota(root.fork('quota'), () => drive);
  const drive: SimulatedDrive = createSimulatedDrive({
    random: root.fork('drive'),
    clock,
    kind: swarm.driveKind,
    deletesForGood: swarm.deletesForGood,
    habits: swarm.habits,
    faults: {
      before: (operation, about) => interfere(`drive.${operation} ${about}`),
      fail(operation, about) {
        if (trouble.on && chances.drive.happens(swarm.linksExpireRate)) {
          faults.strike('drive-links-expire');
          trace.line('  fault: links expire');
          drive.user.expireLinks();
        }
        return strike(
          'drive-call-fails',
          chances.drive,
          driveRate(operation, swarm),
          `before drive.${operation} ${about}`,
          driveKinds,
        );
      },
      failAfter: (operation, about) =>
        strike(
          'drive-answer-lost',
          chances.drive,
          swarm.driveFailAfterRate,
          `after drive.${operation} ${about}`,
          lostAnswers,
        ),
      pageSize: () => (trouble.on ? 1 + chances.drive.below(swarm.pageSizeMax) : 200),
      freeBytes(wantedBytes) {
        const freeBytes = quota.freeBytes();
        if (freeBytes < wantedBytes) {
          faults.strike('drive-full');
          trace.line(`  no space for ${wantedBytes} bytes`);
        }
        return freeBytes;
      },
      cutDownload(sizeBytes) {
        if (!trouble.on || !chances.drive.happens(swarm.cutRate)) return null;
        faults.strike('download-cut');
        return chances.drive.below(sizeBytes);
      },
      refusedLinks() {
        if (!trouble.on || !chances.links.happens(swarm.linkRefusedRate)) return 0;
        faults.strike('download-link-refused-twice');
        trace.line('  fault: two links of a download are refused');
        return 2;
      },
      lies(lie, about) {
        const rate = swarm.rates[lie] ?? 0;
        if (!trouble.on || rate === 0) return false;
        const isConstant = lie === 'size-always-wrong' || lie === 'hash-always-wrong';
        const lied = isConstant ? root.fork(`${lie} ${about}`).happens(rate) : chances.lies.happens(rate);
        if (!lied) return false;
        faults.strike(lie);
        trace.line(`  lie: ${lie} ${about}`);
        return true;
      },
      alter(name, bytes) {
        // Personal drives leave documents alone.
        const rewrites = swarm.rewritesDocuments && swarm.driveKind !== 'personal';
        if (!rewrites || !name.toLowerCase().endsWith('.docx') || isReversed(bytes)) return null;
        faults.strike('document-rewritten');
        return rewritten(bytes);
      },
      // The drive broke its promise: the tag that the client was to prove its knowledge with proves nothing.
      replaced: (bytes) => ledger.writeOff(contentOf(bytes)),
    },
  });
  const disk = createSimulatedDisk({
    random: root.fork('disk'),
    clock,
    fileSystem: swarm.fileSystem,
    faults: {
      before: (operation, path) => interfere(`disk.${operation} ${path}`),
      hint() {
        const fate = trouble.on ? fateOfHint(swarm.hints, hints, faults) : 'tell';
        if (fate === 'hold')
          void world.schedule.turn(always, 'held hints arrive').then(() => disk.tellHeld());
        return fate;
      },
      fail: (operation, path) =>
        strike(
          'disk-call-fails',
          chances.disk,
          diskRate(operation, swarm),
          `before disk.${operation} ${path}`,
          diskKinds,
        ),
    },
  });

  let changedFiles = 0;
  const writeReversed: typeof drive.user.write = (path, bytes, ...rest) =>
    drive.user.write(path, reversed(bytes, changedFiles++), ...rest);
  const witness = createWitness(disk, drive);
  const inScope = (path: string, kind: string): boolean =>
    isInScope(wishes.scope, path, kind) || isInScope(world.scopeInUse, path, kind);
  const users = createUsers({
    random: root.fork('users'),
    ledger,
    isInScope: inScope,
    isFolderThere: () => incidents.isFolderThere,
    disk: {
      ...disk.user,
      remove(path) {
        const below = [...disk.user.tree()].filter(([at]) => at === path || at.startsWith(`${path}/`));
        const outside = below.filter(([at, { kind }]) => !inScope(at, kind));
        witness.spare(outside.map(([at]) => at));
        checkNoLoss(world);
        disk.user.remove(path);
        // The drive never had it.
        const here = new Set(outside.map(([, { bytes }]) => contentOf(bytes)));
        for (const content of lostContents(world)) if (here.has(content)) ledger.writeOff(content);
      },
    },
    drive: swarm.changesContent === true ? { ...drive.user, write: writeReversed } : drive.user,
    seconds: () => Math.floor(clock.now() / 1000),
  });

  const saves = createSaves({
    ...{ random: root.fork('saves'), ledger, disk: disk.user, drive: drive.user },
    agreedAt: (path) => world.agreedAt?.(path) ?? null,
  });

  const incidents = createIncidents({
    ...{ rates: swarm.rates, drive, quota, disk, saves, faults, wishes, random: root.fork('incidents') },
    dismiss: ledger.dismiss,
    noticed: () => void (world.beginsAnew = true),
    beforeLoss: () => checkNoLoss(world),
    afterLoss: () => lostContents(world).forEach(ledger.writeOff),
  });

  /** Before anything else happens. */
  const endSave = (): void => {
    const said = saves.finish();
    if (said !== null) trace.line(said);
    saves.check();
    saves.forget();
  };

  const world: World = {
    swarm,
    clock,
    schedule: createSchedule(root.fork('schedule')),
    trace,
    ledger,
    faults,
    witness,
    disk,
    drive,
    quota,
    users,
    saves,
    agreedAt: null,
    content:
      swarm.changesContent === true
        ? { plugin: createReversing(() => changedFiles++), spool: createMemorySpool() }
        : null,
    files: createMemoryLogFiles(),
    stream: (name) => root.fork(name),
    trouble,
    get isFolderThere() {
      return incidents.isFolderThere;
    },
    wishes,
    beginsAnew: false,
    hearDrive: (life, told) => void (ear = { life, told }),
    scopeInUse: everything,
    actionsLeft: swarm.actions,
    endsLeft: swarm.endsMax,
    heal() {
      trouble.on = false;
      endSave();
      incidents.end();
      // Also those of a sync folder that was away until now.
      openFolders(disk);
      world.actionsLeft = 0;
      // What a listing never told, or a read that was behind denied, only another listing can tell.
      if (listingLies.some((lie) => faults.counts.has(lie))) drive.user.expireLinks();
      // The user edits the settings, and the daemon reads them again.
      if (wishes.direction !== 'both' || world.scopeInUse !== everything) world.beginsAnew = true;
      wishes.direction = 'both';
      wishes.scope = everything;
    },
    act() {
      world.actionsLeft -= 1;
      endSave();
      clock.jump(times.below(3000));
      if (times.happens(swarm.clockJumpRate)) {
        faults.strike('clock-jumps');
        clock.jump((times.below(7201) - 3600) * 1000);
        world.beginsAnew = true;
      }
      const said = incidents.happen() ?? users.act();
      trace.line(said);
      notify();
    },
  };
  return world;
}

const listingLies = ['listing-lacks-item', 'listing-empty', 'item-lags'] as const;

const driveRate = (operation: DriveOperation, swarm: Swarm): number =>
  operation === 'receive' ? swarm.driveFailRate / 4 : swarm.driveFailRate;

/** One folder of many must not fail every scan. */
const diskRate = (operation: DiskOperation, swarm: Swarm): number =>
  operation === 'list' || operation === 'root' ? swarm.diskFailRate / 4 : swarm.diskFailRate;

const driveKinds: readonly (readonly [FailureCode, number?])[] = [
  ['serviceUnavailable'],
  ['throttled', 1_000],
  ['throttled', 120_000],
  ['offline'],
  ['timedOut'],
  ['locked'],
  ['quotaReached'],
  ['accessDenied'],
];

const lostAnswers: readonly (readonly [FailureCode])[] = [
  ['offline'],
  ['timedOut'],
  ['serviceUnavailable'],
  ['preconditionFailed'],
];

const diskKinds: readonly (readonly [FailureCode])[] = [
  ['diskFull'],
  ['diskFault'],
  ['diskDenied'],
  ['changedMeanwhile'],
];
