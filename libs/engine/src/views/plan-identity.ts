/**
 * What makes two plans the same: what is done to which path, and what must still hold for it. The numbers of events, items and
 * commands are left out: they differ from one look to the next.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** A command, from a plan or from the JSON of one. */
export interface PlannedCommand {
  readonly type: string;
  readonly path: string;
}

/** `held`: what would be done once it is confirmed. The order does not count. */
export function planHash(commands: readonly PlannedCommand[], held: readonly PlannedCommand[]): string {
  const lines = [
    ...commands.map((command) => `planned ${textOf(command)}`),
    ...held.map((command) => `held ${textOf(command)}`),
  ].sort();
  return bytesToHex(sha256(utf8ToBytes(lines.join('\n')))).slice(0, planHashDigits);
}

/** More than the hash of what is held has, which tells the two apart. */
export const planHashDigits = 24;

export interface PlanDifference {
  /** Are planned now, and were not. */
  readonly came: readonly PlannedCommand[];
  /** Were planned, and are not any more. */
  readonly went: readonly PlannedCommand[];
  /** The same is done to the same path, and something else must hold for it. */
  readonly differ: readonly PlannedCommand[];
}

export function comparePlans(
  before: readonly PlannedCommand[],
  now: readonly PlannedCommand[],
): PlanDifference {
  const [old, present] = [byName(before), byName(now)];
  const isIn = (plan: ReadonlyMap<string, readonly string[]>, command: PlannedCommand): boolean =>
    plan.has(nameOf(command));
  return {
    came: now.filter((command) => !isIn(old, command)),
    went: before.filter((command) => !isIn(present, command)),
    differ: now.filter(
      (command) => isIn(old, command) && old.get(nameOf(command))?.includes(textOf(command)) !== true,
    ),
  };
}

/** Says of a command whether it is one of the plan. What only came to be by the plan itself, as the id of a new folder, may be anything. */
export function createPlanCheck(plan: readonly PlannedCommand[]): (command: PlannedCommand) => boolean {
  const planned = new Map<string, unknown[]>();
  for (const command of plan) {
    const named = planned.get(nameOf(command)) ?? [];
    planned.set(nameOf(command), [...named, identityOf(command)]);
  }
  return (command) => (planned.get(nameOf(command)) ?? []).some((one) => isMet(one, identityOf(command)));
}

function byName(commands: readonly PlannedCommand[]): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  for (const command of commands)
    named.set(nameOf(command), [...(named.get(nameOf(command)) ?? []), textOf(command)]);
  return named;
}

const nameOf = ({ type, path }: PlannedCommand): string => `${type} ${path}`;
const textOf = (command: PlannedCommand): string => JSON.stringify(identityOf(command));

/** Keys that say when and why it was planned, or that were added for a reader. */
const leftOut: ReadonlySet<string> = new Set(['id', 'item', 'reason', 'side', 'because']);

const identityOf = (command: PlannedCommand): unknown =>
  inOrder(Object.fromEntries(Object.entries(command).filter(([key]) => !leftOut.has(key))));

/** By an outcome that was only predicted; see predict.ts. */
const predicted = 'predicted';

function inOrder(value: unknown): unknown {
  if (typeof value === 'string') return /^predicted-\d+\/\d+$/.test(value) ? predicted : value;
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, inOrder(one)]),
  );
}

function isMet(planned: unknown, actual: unknown): boolean {
  if (planned === predicted) return typeof actual === 'string';
  if (typeof planned !== 'object' || planned === null) return planned === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  const keys = Object.keys(planned);
  return (
    keys.length === Object.keys(actual).length &&
    keys.every((key) => isMet(Reflect.get(planned, key), Reflect.get(actual, key)))
  );
}
