/** How a subcommand is put into the table. */
import type { Action } from './command-line.ts';
import type { Step, Subcommand } from './subcommands.ts';
import { ownSwitch, type Switch } from './switches.ts';

export const json: Switch = { long: 'json', summary: 'Print JSON lines' };
const everywhere: readonly Switch[] = [ownSwitch('help'), ownSwitch('verbose'), ownSwitch('confdir')];

export function define(
  name: string,
  summary: string,
  operands: readonly string[],
  own: readonly Switch[],
  toAction: Subcommand['toAction'],
  steps: readonly Step[] = [],
): Subcommand {
  return { name, summary, operands, switches: [...own, ...everywhere], steps, toAction };
}

/** The switches of a step, in the order of its subcommand. */
export const switchesOf = ({ switches }: Subcommand, { takes }: Step): readonly Switch[] =>
  switches.filter((one) => takes.includes(one.long) || everywhere.includes(one));

/** Spread into an object, it adds the property only when there is a value. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value });
}

export function withSeq(
  name: string,
  text: string | undefined,
  toAction: (seq: number | undefined) => Action | string,
): Action | string {
  if (text === undefined) return toAction(undefined);
  return /^\d{1,15}$/.test(text)
    ? toAction(Number(text))
    : `--${name} takes the number of an event, not '${text}'`;
}
