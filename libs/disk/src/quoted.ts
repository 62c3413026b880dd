/** Paths for people: whatever could steer a terminal or mislead a reader is spelled out. */

// Controls, bidirectional overrides and isolates, line separators, the byte order mark, lone surrogates.
const unprintable = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

export function escaped(path: string): string {
  return path.replace(
    unprintable,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}}`,
  );
}

export const quoted = (path: string): string => `"${escaped(path)}"`;

/** For names that are not UTF-8: what can be read stays, the other bytes become `\xNN`. `name` holds one byte a character. */
export function escapedBytes(name: string): string {
  return name.replace(
    /[^\u0020-\u007e]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
