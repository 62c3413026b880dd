/** Names that are never synced, whatever the filters say: the service refuses them or gives them another meaning. */

export type AccountKind = 'personal' | 'business' | 'sharepoint';

export interface NameProblem {
  readonly reason:
    | 'Microsoft Naming Convention'
    | 'Contains an invalid whitespace character'
    | 'Contains HTML ASCII Code'
    | 'Invalid UTF-16 encoded path'
    | 'Contains ASCII Control Codes'
    | 'Path too long';
  /** Which part of the convention. */
  readonly detail: string;
  /** The peer's line. */
  readonly line: string;
}

/** 250 GB; a larger file is refused by the service. */
export const LARGEST_FILE_BYTES = 268_435_456_000;

/**
 * @param path from the root of `sync_dir`, without leading slash.
 * @param name its last segment.
 * @see https://support.microsoft.com/office/restrictions-and-limitations-in-onedrive-and-sharepoint
 */
export function checkName(
  path: string,
  name: string,
  { accountKind }: { readonly accountKind: AccountKind },
): NameProblem | undefined {
  const checked = CHECKS.map(([reason, check]) => ({ reason, detail: check(name, path) })).find(
    ({ detail }) => detail !== undefined,
  );
  if (checked?.detail !== undefined) {
    const { reason, detail } = checked;
    return { reason, detail, line: `Skipping item - invalid name (${reason}): ./${path}` };
  }
  const limit = LONGEST_PATH[accountKind];
  // The service counts UTF-16 units, as a string of this language does.
  if (path.length <= limit) return undefined;
  return {
    reason: 'Path too long',
    detail: `${path.length} of ${limit} characters`,
    line: `Skipping item '${path}' due to the full path exceeding ${limit} characters (Microsoft OneDrive limitation)`,
  };
}

const LONGEST_PATH: Readonly<Record<AccountKind, number>> = { personal: 430, business: 400, sharepoint: 400 };

type NameCheck = (name: string, path: string) => string | undefined;

const CHECKS: readonly (readonly [NameProblem['reason'], NameCheck])[] = [
  ['Microsoft Naming Convention', namingConvention],
  ['Contains an invalid whitespace character', found(/[\n\r\t\v\f]/u, 'line break or tabulator')],
  ['Contains HTML ASCII Code', found(/&#\d{1,4};/u, 'character reference')],
  ['Invalid UTF-16 encoded path', (name) => (name.isWellFormed() ? undefined : 'half of a surrogate pair')],
  ['Contains ASCII Control Codes', (name) => (hasControlCode(name) ? 'control code' : undefined)],
];

function namingConvention(name: string, path: string): string | undefined {
  const lower = name.toLowerCase();
  const stem = lower.split('.')[0] ?? '';
  if (RESERVED_NAMES.has(lower) || RESERVED_STEMS.has(stem)) return `reserved name '${name}'`;
  if (name.startsWith('~$')) return "starts with '~$'";
  if (lower.includes('_vti_')) return "contains '_vti_'";
  if (name.startsWith(' ') || name.endsWith(' ')) return 'starts or ends with a blank';
  if (name.endsWith('.')) return 'ends with a dot';
  if (lower === 'forms' && !path.includes('/')) return "'forms' in the root";
  const character = /[<>:"|?*/\\]/u.exec(name)?.[0];
  return character === undefined ? undefined : `contains '${character}'`;
}

const RESERVED_NAMES: ReadonlySet<string> = new Set(['.lock', 'desktop.ini']);
const RESERVED_STEMS: ReadonlySet<string> = new Set([
  'con',
  'prn',
  'aux',
  'nul',
  ...Array.from({ length: 10 }, (_, digit) => [`com${digit}`, `lpt${digit}`]).flat(),
]);

function found(pattern: RegExp, detail: string): NameCheck {
  return (name) => (pattern.test(name) ? detail : undefined);
}

function hasControlCode(name: string): boolean {
  return Array.from(name).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 || (code >= 0x7f && code <= 0x9f);
  });
}
