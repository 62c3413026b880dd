/**
 * Pseudonyms: names that tell nothing of the names behind them, and everything that decisions rest on. Equal names stay equal; names
 * that differ only in case or Unicode form still do; an ending that many programs share, a leading dot, and what the client itself
 * puts into names (kept versions, temporary names) stay as they are. Letters from `a` to `p` hold four bits of a salted hash each.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { KeptName } from '@tidemark/contracts';
import { splitName } from '@tidemark/contracts';
import { foldName } from '@tidemark/trees';

export interface Pseudonyms {
  name(name: string): string;
  /** Of each name in it. */
  path(path: string): string;
  keptName(kept: KeptName): KeptName;
  /** Names of machines, which kept versions carry. To be told before the names that hold it. */
  host(name: string): string;
  /** For identities, tags and the like: only whether two are equal is kept, part by part. */
  token(text: string): string;
  /** For what may hold anything: only whether two are equal is kept. */
  content(text: string): string;
}

export function createPseudonyms(salt: string): Pseudonyms {
  const key = utf8ToBytes(salt);
  const digits = (purpose: string, text: string): string =>
    bytesToHex(hmac(sha256, key, utf8ToBytes(`${purpose}\n${text}`)));
  /** What stands for a folded text, and what a pseudonym stands for. */
  const bases = new Map<string, string>();
  const taken = new Map<string, string>();
  const stems = new Map<string, string>();
  const tokens = new Map<string, string>();
  const hosts = new Map<string, { readonly kept: RegExp }>();

  /** The first of them that no other text has. */
  function unique(text: string, candidate: (attempt: number) => string): string {
    for (let attempt = 0; ; attempt += 1) {
      const found = candidate(attempt);
      if (taken.has(found)) continue;
      taken.set(found, text);
      return found;
    }
  }

  function baseOf(folded: string): string {
    const known = bases.get(folded);
    if (known !== undefined) return known;
    // As long as the name, where a short one would tell too much or be met twice: what is too long for a side stays too long.
    const length = Math.max(shortest, [...folded].length);
    const base = unique(folded, (attempt) => {
      let letters = '';
      for (let part = 0; letters.length < length; part += 1)
        letters += lettersOf(digits('name', `${attempt}/${part}/${folded}`));
      return letters.slice(0, length);
    });
    bases.set(folded, base);
    return base;
  }

  function plain(text: string): string {
    const known = stems.get(text);
    if (known !== undefined) return known;
    const folded = foldName(text);
    const base = baseOf(folded);
    const made =
      text === folded
        ? base
        : unique(text, (attempt) => inOtherCase(base, digits('case', `${attempt}/${text}`)));
    stems.set(text, made);
    return made;
  }

  /** What the client itself put there stays as it is spelled, in whatever case. */
  function stem(text: string): string {
    const swap = temporary.exec(text)?.[0] ?? '';
    if (swap !== '') return swap + stem(text.slice(swap.length));
    for (const { kept } of hosts.values()) {
      const [, front = '', machine = '', tag = '', counter = ''] = kept.exec(text) ?? [];
      if (front !== '') return `${stem(front)}-${plain(machine)}${tag}${counter}`;
    }
    if (text.startsWith('.')) return `.${stem(text.slice(1))}`;
    return text === '' ? '' : plain(text);
  }

  const ending = (suffix: string): string =>
    suffix === '' || commonEndings.has(suffix.slice(1).toLowerCase()) ? suffix : `.${plain(suffix.slice(1))}`;

  function name(text: string): string {
    if (foldName(text) === nosync) return text;
    const { stem: front, suffix } = splitName(text);
    return stem(front) + ending(suffix);
  }

  function host(text: string): string {
    const literal = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    hosts.set(text, { kept: new RegExp(`^(.+)-(${literal})(-safeBackup-)(\\d{4})$`, 'isu') });
    return plain(text);
  }

  function tokenOf(part: string): string {
    if (part === '' || part.startsWith('?')) return part;
    const known = tokens.get(part);
    if (known !== undefined) return known;
    const made = `t${digits('token', part).slice(0, tokenDigits)}`;
    tokens.set(part, made);
    return made;
  }

  return {
    name,
    host,
    path: (path) => path.split('/').map(name).join('/'),
    keptName({ prefix, suffix, from }) {
      for (const known of hosts.keys()) {
        const tag = `-${known}-safeBackup-`;
        if (prefix.endsWith(tag))
          return {
            prefix: `${stem(prefix.slice(0, -tag.length))}-${plain(known)}-safeBackup-`,
            suffix: ending(suffix),
            from,
          };
      }
      return { prefix: stem(prefix), suffix: ending(suffix), from };
    },
    content: tokenOf,
    // What stands before and behind these marks is compared by itself (see `LocalId`, and stamps).
    token: (text) =>
      constants.has(text)
        ? text
        : text
            .split(/([:.~+])/)
            .map((part) => (/^[:.~+]$/.test(part) ? part : tokenOf(part)))
            .join(''),
  };
}

/** Its name tells nothing, and rules look for it. */
const nosync = '.nosync';
const shortest = 10;
const tokenDigits = 16;
const temporary = /^(tidemark-swap-\d+-)+/iu;

/** The hash of no bytes, and the stamp of a folder behind a link: the core compares with these. */
const constants: ReadonlySet<string> = new Set(['AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'link']);

const lettersOf = (hex: string): string =>
  hex.replace(/./g, (digit) => String.fromCharCode(aCode + parseInt(digit, 16)));
const aCode = 97;

/** Some letters large, at least one, as the digits say. */
function inOtherCase(base: string, hex: string): string {
  const mixed = [...base].map((letter, index) =>
    parseInt(hex[index % hex.length] ?? '0', 16) % 2 === 1 ? letter.toUpperCase() : letter,
  );
  return mixed.join('') === base ? base.charAt(0).toUpperCase() + base.slice(1) : mixed.join('');
}

/** Others may be a word of the user's. */
const commonEndings: ReadonlySet<string> = new Set(
  (
    'avi bak bash bin bmp bz2 c cfg conf cpp css csv db dll doc docm docx eml epub exe flac gif go gz h heic htm html ico ini iso ' +
    'jar java jpeg jpg js json key lnk lock log m4a md mkv mov mp3 mp4 mpg msg numbers odp ods odt ogg old one onetoc2 opus ost pages ' +
    'partial pdf php png ppt pptm pptx psd pst py rar raw rb rs rtf sh sql sqlite svg swp tar tex tgz tif tiff tmp toml ts txt url ' +
    'vsdx wav webm webp wmv xls xlsm xlsx xml xz yaml yml zip zst'
  ).split(' '),
);
