/** A recorded policy as other settings would have made it. */
import type { Policy } from '@tidemark/contracts';
import type { Settings } from '@tidemark/settings';
import { policyFrom } from './policy.ts';

/**
 * The recorded policy with what the named options decide, or with what all of them decide. What no option says stays as it was
 * recorded: the kind of account, the name of the machine, the folder that a run was restricted to.
 */
export function policyWith(settings: Settings, options: readonly (keyof Settings)[] | 'all') {
  return (recorded: Policy): Policy => {
    const wanted = policyAs(settings, recorded);
    if (options === 'all') return wanted;
    // What an option decides shows when nothing but the option changes.
    return options.reduce((policy, option) => {
      const other = policyAs({ ...settings, [option]: otherValue(settings[option]) }, recorded);
      // Of the same fields, with other values.
      return withDifferences({ ...policy }, { ...wanted }, { ...other }) as unknown as Policy;
    }, recorded);
  };
}

/** The option is no part of any policy: runs with another value decide the same. */
export function decidesNothing(settings: Settings, option: keyof Settings): boolean {
  const unsaid = { syncList: null, singleDirectory: null, hostName: '', massDeleteConfirmed: false } as const;
  const policyOf = (all: Settings, monitoring: boolean): string =>
    JSON.stringify(policyFrom({ ...unsaid, settings: all, driveKind: 'business', monitoring }));
  const other = { ...settings, [option]: otherValue(settings[option]) };
  return [true, false].every((monitoring) => policyOf(settings, monitoring) === policyOf(other, monitoring));
}

function policyAs(settings: Settings, { filter, hostName, massDeleteConfirmed, pace }: Policy): Policy {
  return policyFrom({
    ...{ settings, hostName, massDeleteConfirmed, syncList: filter.syncList },
    singleDirectory: filter.singleDirectory,
    driveKind: filter.accountKind === 'sharepoint' ? 'documentLibrary' : filter.accountKind,
    monitoring: pace.mode === 'continuous',
  });
}

function otherValue(value: Settings[keyof Settings]): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  return Array.isArray(value) ? [...value, 'other'] : `${String(value)}other`;
}

type Fields = Readonly<Record<string, unknown>>;

/** `base` with the fields of `wanted` that are others in `other`. */
function withDifferences(base: Fields, wanted: Fields, other: Fields): Fields {
  const result: Record<string, unknown> = { ...base };
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(other)])) {
    const [one, two, old] = [wanted[name], other[name], base[name]];
    if (JSON.stringify(one) === JSON.stringify(two)) continue;
    if (isFields(one) && isFields(two) && isFields(old)) result[name] = withDifferences(old, one, two);
    else if (one === undefined) delete result[name];
    else result[name] = one;
  }
  return result;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
