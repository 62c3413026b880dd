/**
 * The simulated twin of the drive port: OneDrive in memory, deterministic, with the choices that the service makes where
 * nothing is promised. It passes the same conformance suite as the real adapter does against the simulated service.
 */
import { type Clock, type Drive, Failure, type DriveInfo, type FailureDetails } from '@tidemark/contracts';
import { createDriveFeed, type FeedHabits, usualHabits } from './drive/drive-feed.ts';
import { createDriveItems, hasTagGivenTwice, refuseOnDrive } from './drive/drive-items.ts';
import { rowOfNode, tagFits } from './drive/drive-rows.ts';
import { createDriveLies } from './drive/drive-lies.ts';
import type { DriveOperation, DriveSimulation, SimulatedDriveFaults } from './drive/drive-simulation.ts';
import { createSimulatedDriveUser, type SimulatedDriveUser } from './drive/simulated-drive-user.ts';
import { createSimulatedTransfers } from './drive/simulated-transfers.ts';
import type { SeededRandom } from './random.ts';

export interface SimulatedDriveOptions {
  /** Decides whatever the service leaves open. */
  readonly random: Pick<SeededRandom, 'shuffled'>;
  /** Gives items their times; without it everything is from the same second. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Default `business`. */
  readonly kind?: DriveInfo['kind'];
  /** What the client deletes does not go to the recycle bin. */
  readonly deletesForGood?: boolean;
  /** Rows of a page, ancestors apart. Default 200. */
  readonly pageSize?: number;
  readonly habits?: Partial<FeedHabits>;
  readonly faults?: SimulatedDriveFaults;
}

export interface SimulatedDrive {
  readonly drive: Drive;
  readonly user: SimulatedDriveUser;
  /** The next `times` operations that match fail without doing anything. */
  failNext(
    times: number,
    failure: FailureDetails | FailureDetails['code'],
    match?: (operation: DriveOperation, about: string) => boolean,
  ): void;
  /** Operations of each kind so far, failed ones included. */
  readonly counts: ReadonlyMap<DriveOperation, number>;
}

export function createSimulatedDrive(options: SimulatedDriveOptions): SimulatedDrive {
  const { faults = {}, random, kind = 'business', deletesForGood = false } = options;
  const seconds = (): number => Math.floor((options.clock?.now() ?? 1_700_000_000_000) / 1000);
  const items = createDriveItems(kind, seconds);
  const lies = createDriveLies(items, faults.lies ?? (() => false));
  const habits = { ...usualHabits, ...options.habits };
  const feed = createDriveFeed(items, habits, random.shuffled.bind(random), lies);
  const user = createSimulatedDriveUser(items, feed, seconds);
  const counts = new Map<DriveOperation, number>();
  const failing: {
    times: number;
    readonly failure: FailureDetails | FailureDetails['code'];
    readonly match: (operation: DriveOperation, about: string) => boolean;
  }[] = [];
  let requests = 0;

  const simulation: DriveSimulation = {
    items,
    faults,
    lies,
    seconds,
    begin(operation, about) {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      faults.before?.(operation, about, user);
      const planned = failing.find((each) => each.times > 0 && each.match(operation, about));
      if (planned !== undefined) {
        planned.times--;
        if (typeof planned.failure === 'object') throw new Failure(planned.failure);
        refuseOnDrive(planned.failure, `${operation} "${about}"`, 'a fault was asked for');
      }
      throwIf(faults.fail?.(operation, about));
    },
    end(operation, about) {
      throwIf(faults.failAfter?.(operation, about));
    },
    nextRequestId: () => `request-${++requests}`,
  };
  const { begin, end, nextRequestId } = simulation;
  const written = (node: Parameters<typeof rowOfNode>[0]) => ({
    row: rowOfNode(node, kind, 'item'),
    requestIds: [nextRequestId()],
  });
  const expectTag = (action: string, node: Parameters<typeof rowOfNode>[0], tag: string): void => {
    if (!tagFits(tag, node, kind)) refuseOnDrive('preconditionFailed', action, 'it is in another version');
  };

  return {
    drive: {
      async info() {
        begin('info', '');
        return items.info;
      },
      async delta(link) {
        begin('delta', link ?? '');
        return feed.page(link, faults.pageSize?.() ?? options.pageSize ?? 200);
      },
      async item(id) {
        begin('item', id);
        return lies.itemShown(id);
      },
      async items(ids) {
        return ids.map((id) => {
          try {
            begin('items', id);
          } catch (error) {
            if (error instanceof Failure && concernsOneItem(error)) return { id, unread: error.message };
            throw error;
          }
          return lies.itemShown(id) ?? { id, deleted: true };
        });
      },
      async child(parentId, name) {
        begin('child', name);
        return lies.childShown(parentId, name);
      },
      async createFolder(parentId, name) {
        begin('createFolder', name);
        const action = `create the folder "${name}"`;
        const parent = items.get(action, parentId);
        const existing = items.child(parent, name);
        if (existing?.kind === 'folder') return { ...written(existing), made: false };
        const made = items.create(action, parent, name, 'folder', new Uint8Array(0), seconds());
        end('createFolder', name);
        return { ...written(made), made: true };
      },
      ...createSimulatedTransfers(simulation),
      async move(id, to, ifMatch) {
        begin('move', id);
        const action = `move item "${id}" to "${to.name}"`;
        const node = items.get(action, id);
        const parent = items.get(action, to.parentId);
        expectTag(action, node, ifMatch);
        items.relocate(action, node, parent, to.name, to.modifiedAt);
        end('move', id);
        return written(node);
      },
      async setModifiedAt(id, modifiedAt, ifMatch) {
        begin('setModifiedAt', id);
        const action = `set the time of item "${id}"`;
        const node = items.get(action, id);
        expectTag(action, node, ifMatch);
        if (node === items.root) refuseOnDrive('accessDenied', action, 'the root cannot be changed');
        items.setModifiedAt(node, lies.lies('time-not-kept', id) ? seconds() : modifiedAt);
        end('setModifiedAt', id);
        return written(node);
      },
      async delete(id, ifMatch, { isEmpty = false } = {}) {
        begin('delete', id);
        const node = items.find(id);
        if (node === undefined) return { requestIds: [nextRequestId()] };
        expectTag(`delete item "${id}"`, node, ifMatch);
        if (deletesForGood && isEmpty && node.children.size > 0)
          refuseOnDrive('preconditionFailed', `delete item "${id}" for good`, 'something came into it');
        if (node.children.size > 0 && lies.lies('full-folder-stays', id))
          refuseOnDrive('accessDenied', `delete item "${id}"`, 'the folder is on hold');
        if (deletesForGood && hasTagGivenTwice(node)) faults.replaced?.(node.bytes);
        items.remove(node, { forGood: deletesForGood });
        end('delete', id);
        return { requestIds: [nextRequestId()] };
      },
      async restore(id, to) {
        begin('restore', id);
        const action = `restore item "${id}"`;
        if (kind !== 'personal') refuseOnDrive('invalidRequest', action, 'the drive does not offer it');
        const node = items.restore(action, id, items.get(action, to.parentId), to.name);
        end('restore', id);
        return written(node);
      },
      async close() {},
    },
    user,
    counts,
    failNext: (times, failure, match = () => true) => failing.push({ times, failure, match }),
  };
}

function throwIf(details: FailureDetails | null | undefined): void {
  if (details !== null && details !== undefined) throw new Failure(details);
}

/** What the service refuses of one item says nothing of the others that were asked for with it. */
const concernsOneItem = ({ code }: Failure): boolean =>
  code === 'accessDenied' || code === 'locked' || code === 'invalidRequest' || code === 'malware';
