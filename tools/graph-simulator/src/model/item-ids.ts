import type { Flavour } from './flavour.ts';
import { hexFromCounter, mix } from './random.ts';

/** Makes the ids of one drive in the form its flavour uses. Ids are never reused and depend only on the seed. */
export type ItemIds = {
  readonly driveId: string;
  readonly rootId: string;
  readonly next: () => IssuedId;
};

/** `guid` is the 32-digit identity that SharePoint shows inside tags. */
export type IssuedId = { readonly id: string; readonly guid: string };

/** Every migrated personal account shows the same suffix on its root. */
const migratedRootSuffix = 'sea8cc6beffdb43d7976fbc7da445c639';

/** `migrated` = on the SharePoint platform since 2024–25; `legacy` = `CID!number`. */
export type PersonalForm = 'migrated' | 'legacy';

export type IdOptions = {
  readonly personalForm?: PersonalForm | undefined;
  /** Sixteen hexadecimal digits. */
  readonly accountId?: string | undefined;
};

export function createItemIds(flavour: Flavour, seed: number, options: IdOptions = {}): ItemIds {
  let counter = 0;
  const idSeed = mix(seed ^ (flavour.length * 0x1000_193));
  if (flavour === 'personal') {
    const account = (options.accountId ?? `D${hexFromCounter(idSeed, 0).slice(1, 16)}`).toUpperCase();
    const isLegacy = options.personalForm === 'legacy';
    return {
      driveId: account.toLowerCase(),
      rootId: isLegacy ? `${account}!101` : `${account}!${migratedRootSuffix}`,
      next: () => {
        const guid = hexFromCounter(idSeed, (counter += 1));
        return { guid, id: isLegacy ? `${account}!${101 + counter}` : `${account}!s${guid}` };
      },
    };
  }
  const driveText = Buffer.from(hexFromCounter(idSeed, 1) + hexFromCounter(idSeed, 2), 'hex').toString(
    'base64url',
  );
  const drivePart = base32(hexFromCounter(idSeed, 3)).slice(0, 6);
  const sharePointId = (guid: string): string => `01${drivePart}${base32(guid)}`;
  return {
    driveId: `b!${(driveText + driveText).slice(0, 64)}`,
    rootId: sharePointId(hexFromCounter(idSeed, 0)),
    next: () => {
      const guid = hexFromCounter(idSeed, (counter += 1));
      return { guid, id: sharePointId(guid) };
    },
  };
}

/** `8-4-4-4-12`, as SharePoint writes a GUID. */
export function hyphenated(guid: string): string {
  return `${guid.slice(0, 8)}-${guid.slice(8, 12)}-${guid.slice(12, 16)}-${guid.slice(16, 20)}-${guid.slice(20)}`;
}

const base32Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(hex: string): string {
  let text = '';
  let bits = 0;
  let pending = 0;
  for (let index = 0; index < hex.length; index += 1) {
    pending = (pending << 4) | Number.parseInt(hex.charAt(index), 16);
    bits += 4;
    if (bits >= 5) {
      bits -= 5;
      text += base32Digits.charAt((pending >> bits) & 31);
      pending &= (1 << bits) - 1;
    }
  }
  return bits > 0 ? text + base32Digits.charAt((pending << (5 - bits)) & 31) : text;
}
