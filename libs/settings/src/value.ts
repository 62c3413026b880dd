/** Turns what a person wrote into the value of an option, or says what is wrong with it. */
import type { IntegerOption, ListOption, Option, OptionValue } from './option.ts';

/** Where the text came from: the two places have different words and different strictness. */
export type ValueSource = 'file' | 'commandLine';

export type ParsedValue =
  | { readonly type: 'value'; readonly value: OptionValue; readonly notice?: string }
  /** `failed` ends the load after the whole-file line; `stop` ends it with these lines alone. */
  | { readonly type: 'failed' | 'stop'; readonly lines: readonly string[] };

/** @param home replaces a leading tilde where the option expands it. */
export function parseValue(
  key: string,
  option: Option,
  text: string,
  source: ValueSource,
  home: string,
): ParsedValue {
  switch (option.type) {
    case 'boolean':
      return parseBoolean(key, text);
    case 'integer':
      return parseInteger(key, option, text, source);
    case 'list':
      return { type: 'value', value: joinLists([], text.split(option.commas === 'separate' ? /[|,]/ : '|')) };
    case 'choice':
      return option.choices.includes(text)
        ? { type: 'value', value: text }
        : { type: 'value', value: option.default, notice: unknownChoice(key) };
    case 'text':
      if (text.trim() === '' && option.empty === 'fatal') return emptyValue(key);
      if (text.trim() === '' && option.empty === 'default') {
        return { type: 'value', value: expandTilde(option.default, home), notice: defaultUsed(key) };
      }
      return { type: 'value', value: option.tilde === 'expanded' ? expandTilde(text, home) : text };
  }
}

/** The value an option has when the user does not set it. */
export function defaultValue(option: Option, home: string): OptionValue {
  return option.type === 'text' && option.tilde === 'expanded'
    ? expandTilde(option.default, home)
    : option.default;
}

/** Entries between vertical bars, trimmed, without empty ones and repetitions, in their order. */
export function splitList(text: string): readonly string[] {
  return joinLists([], text.split('|'));
}

/** What several lines of one list option add up to. */
export function joinLists(
  earlier: ListOption['default'],
  later: ListOption['default'],
): ListOption['default'] {
  const entries = [...earlier, ...later].map((entry) => entry.trim()).filter((entry) => entry !== '');
  return [...new Set(entries)];
}

/** `~` and `~/…` become the home directory; `~name` stays, we do not read the user database. */
export function expandTilde(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? `${home}${path.slice(1)}` : path;
}

function parseBoolean(key: string, text: string): ParsedValue {
  if (text === 'true' || text === 'false') return { type: 'value', value: text === 'true' };
  return {
    type: 'stop',
    lines: [
      `Invalid boolean value for key in config file: ${key} = ${text}`,
      `ERROR: Only 'true' or 'false' are accepted for this setting.`,
    ],
  };
}

function parseInteger(key: string, option: IntegerOption, text: string, source: ValueSource): ParsedValue {
  const number = /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
  if (number === undefined)
    return { type: 'failed', lines: [`Invalid value for key in config file: ${key}`] };
  const factor = option.factor ?? 1;
  const isOff = option.zero === 'off' && number === 0;
  const minimum = option.minimum ?? 0;
  const maximum = option.maximum ?? Number.MAX_SAFE_INTEGER;
  if (isOff || (number >= minimum && number <= maximum)) return { type: 'value', value: number * factor };
  const nearest = Math.min(maximum, Math.max(minimum, number)) * factor;
  if (source === 'commandLine') {
    return {
      type: 'value',
      value: nearest,
      notice: `WARNING: --${option.cli ?? key} ${number} is out of range - using ${nearest / factor}`,
    };
  }
  if (number < minimum && option.below === 'minimum') {
    const notice = `Invalid value for key in config file - using minimum value: ${key}`;
    return { type: 'value', value: nearest, notice };
  }
  return { type: 'value', value: option.default, notice: defaultUsed(key) };
}

function emptyValue(key: string): ParsedValue {
  return {
    type: 'stop',
    lines: [
      `Invalid value for key in config file: ${key}`,
      `ERROR: ${key} in config file cannot be empty - this is a fatal error and must be corrected`,
    ],
  };
}

const defaultUsed = (key: string): string =>
  `Invalid value for key in config file - using default value: ${key}`;

/** The national cloud has its own line in the peer. */
const unknownChoice = (key: string): string =>
  key === 'azure_ad_endpoint'
    ? 'Unknown Azure AD Endpoint request - using Global Azure AD Endpoints'
    : defaultUsed(key);
