/** Identities. Branded so that they cannot be swapped by accident. */

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** An item's own identity: the number of its first sighting. Item 0 is the root of the sync folder and of the drive. */
export type ItemId = Branded<number, 'ItemId'>;

/** A drive item's id, exactly as Graph sent it. Only meaningful together with its drive. */
export type DriveItemId = Branded<string, 'DriveItemId'>;

/**
 * Identity of a local file or folder: inode and birth time, as text. Never a path. One with a `~` in it is weak: the file
 * system tells no birth time, so that the number may be another file's by now, or even at the same time, or the file has
 * several names, each of which is an item. What stands behind the `~` is its place and tells these apart. See `isWeakId`. What stands
 * before a `:` is the place inside the sync folder where its file system is mounted.
 */
export type LocalId = Branded<string, 'LocalId'>;

/** Position of an event in the log. The first event has 1. */
export type Seq = Branded<number, 'Seq'>;

/**
 * `seq/index` of the plan that made the command: unique, reproducible, and the key for idempotence. The index counts on from
 * the events that were never written (see `NothingNew`), since their numbers are given again.
 */
export type CommandId = Branded<string, 'CommandId'>;

export const itemId = (value: number): ItemId => value as ItemId;
export const driveItemId = (value: string): DriveItemId => value as DriveItemId;
export const localId = (value: string): LocalId => value as LocalId;

/** A weak identity proves nothing without a second witness. */
export const isWeakId = (id: LocalId): boolean => id.includes('~');
/** Inode and, where the file system tells it, birth time: the same for all names of one file. */
export const inodeOf = (id: LocalId): string => id.split('~', 1)[0] ?? '';
/** An inode with a birth time is never another file's. */
export const hasBirthTime = (id: LocalId): boolean => inodeOf(id).includes('.');

/** What has the path of a command needs no other witness of its place: a folder above it may have been moved since. */
export const isSameInode = (one: LocalId, other: LocalId): boolean =>
  isWeakId(one) && isWeakId(other) ? inodeOf(one) === inodeOf(other) : one === other;

/** On the same file system mounted inside the sync folder. */
export const isSameMount = (one: LocalId, other: LocalId): boolean =>
  one.includes(':') && one.split(':', 1)[0] === other.split(':', 1)[0];

/** The same file of that file system, wherever that is mounted. */
export const isSameMounted = (one: LocalId, other: LocalId): boolean => unmarked(one) === unmarked(other);
const unmarked = (id: LocalId): string | undefined => inodeOf(id).split(':').at(-1);

export const seq = (value: number): Seq => value as Seq;
export const commandId = (plan: Seq, index: number): CommandId => `${plan}/${index}` as CommandId;
/** The event whose plan made the command. */
export const plannedAt = (command: CommandId): Seq => seq(Number(command.split('/')[0]));

export const rootItem: ItemId = itemId(0);
