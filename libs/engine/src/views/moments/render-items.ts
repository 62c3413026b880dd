/** Items with their entries as lines. An item at rest is one line; any other shows what each side has of it. */
import type { Entries, ItemDifference, ShownItem } from './shown-items.ts';

/** A time in milliseconds since 1970, as text. */
type FormatTime = (at: number) => string;

export function renderItem({ path, atRest, entries }: ShownItem, formatTime: FormatTime): string[] {
  if (atRest) return [`= ${path}${sizeOf(entries)}`];
  return [
    `≠ ${path}`,
    ...sides.map((side) => `    ${names[side]}  ${entryInWords(entries[side], formatTime)}`),
  ];
}

/** Only the entries that differ, each before and after. */
export function renderDifference(
  { item, path, before, after }: ItemDifference,
  formatTime: FormatTime,
): string[] {
  const sign = before === null ? '+' : after === null ? '-' : '~';
  const changed = sides.flatMap((side) => {
    const [one, other] = [before?.[side] ?? null, after?.[side] ?? null];
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    const [was, is] = [entryInWords(one, formatTime), entryInWords(other, formatTime)];
    // What differs may be a tag or an identity that no sentence tells.
    return [
      `    ${names[side]}  ${was === is ? `${is}, set anew by event ${other?.seq}` : `${was} → ${is}`}`,
    ];
  });
  return [`${sign} ${path} (item ${item})`, ...changed];
}

const sides = ['remote', 'local', 'synced'] as const;
const names = { remote: 'drive ', local: 'disk  ', synced: 'agreed' } as const;

function entryInWords(entry: Entries[keyof Entries], formatTime: FormatTime): string {
  if (entry === null) return 'nothing';
  const { kind, name, sizeBytes, modifiedAt, hash } = entry;
  if (kind !== 'file') return `${kind} "${name}"`;
  const time = formatTime(modifiedAt * 1000);
  return `file "${name}", ${sizeBytes} bytes, ${time}, ${hash === null ? 'hash not known' : `hash ${hash}`}`;
}

const sizeOf = ({ local }: Entries): string => (local?.kind === 'file' ? `  ${local.sizeBytes} bytes` : '/');
