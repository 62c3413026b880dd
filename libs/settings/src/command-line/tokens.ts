/**
 * Splits arguments into switches and operands: `--name value`, `--name=value`, short flags in bundles (`-sv`),
 * upper and lower case told apart, `--` ends the switches. A switch may stand before or after an operand.
 */
import type { Switch } from './switches.ts';

export interface Tokens {
  /** In the order given; flags have the text `true`, or what followed `=`. */
  readonly given: readonly GivenSwitch[];
  readonly operands: readonly string[];
}

export interface GivenSwitch {
  readonly definition: Switch;
  readonly value: string;
}

/** @returns the sentence to print instead, when the arguments do not fit the switches. */
export function readTokens(
  args: readonly string[],
  known: readonly Switch[],
): Tokens | { readonly problem: string } {
  const given: GivenSwitch[] = [];
  const operands: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--') {
      for (const operand of args.slice(index + 1)) operands.push(operand);
      break;
    }
    if (argument.startsWith('--')) {
      const long = readLong(argument, args[index + 1], known);
      if (typeof long === 'string') return { problem: long };
      given.push(long.given);
      index += long.consumed;
    } else if (argument.startsWith('-') && argument !== '-') {
      const bundle = readBundle(argument, known);
      if (typeof bundle === 'string') return { problem: bundle };
      for (const flag of bundle) given.push(flag);
    } else {
      operands.push(argument);
    }
  }
  // Scripts quote variables that may be empty; an empty operand names nothing.
  return { given, operands: operands.filter((operand) => operand !== '') };
}

function readLong(
  argument: string,
  next: string | undefined,
  known: readonly Switch[],
): { readonly given: GivenSwitch; readonly consumed: 0 | 1 } | string {
  const equals = argument.indexOf('=');
  const long = equals === -1 ? argument.slice(2) : argument.slice(2, equals);
  const attached = equals === -1 ? undefined : argument.slice(equals + 1);
  const definition = known.find((candidate) => candidate.long === long);
  if (definition === undefined) return `Unrecognized option --${long}`;
  if (definition.argument === undefined) return readFlag(definition, attached);
  const value = attached ?? next;
  if (value === undefined) return `Missing value for argument --${long}.`;
  // A forgotten value would otherwise swallow the next switch.
  if (value.startsWith('--')) return `ERROR: --${long} missing a valid entry`;
  return { given: { definition, value }, consumed: attached === undefined ? 1 : 0 };
}

function readFlag(
  definition: Switch,
  attached: string | undefined,
): { readonly given: GivenSwitch; readonly consumed: 0 } | string {
  const value = attached ?? 'true';
  return value === 'true' || value === 'false'
    ? { given: { definition, value }, consumed: 0 }
    : `Invalid value '${value}' for option --${definition.long}: only 'true' or 'false' are accepted`;
}

function readBundle(argument: string, known: readonly Switch[]): readonly GivenSwitch[] | string {
  const given: GivenSwitch[] = [];
  for (const letter of argument.slice(1)) {
    const definition = known.find((candidate) => candidate.short === letter);
    if (definition === undefined) return `Unrecognized option -${letter}`;
    given.push({ definition, value: 'true' });
  }
  return given;
}
