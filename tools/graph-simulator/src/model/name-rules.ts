import type { Flavour } from './flavour.ts';
import { invalidRequest } from './refusal.ts';

const reservedNames = new Set(['.lock', 'desktop.ini']);
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/i;
// oxlint-disable-next-line no-control-regex
const forbiddenCharacters = /["*:<>?/\\|\u0000-\u001f\u007f]/;
const characterReference = /&#\d+;/;

const segmentLengthMax = 255;

/**
 * Refuses the names OneDrive and SharePoint refuse.
 * Source: Microsoft's "Restrictions and limitations in OneDrive and SharePoint" and the peers' findings.
 */
export function checkName(
  name: string,
  flavour: Flavour,
  place: 'atRoot' | 'below',
  kind: 'file' | 'folder',
): void {
  const reason = nameProblem(name, flavour, place, kind);
  if (reason !== undefined)
    throw invalidRequest(`The provided name cannot be used: ${reason}`, 'invalidName');
}

/** Refuses a decoded path (without the leading slash) that is over the limit of the flavour. */
export function checkPathLength(lengthInCharacters: number, flavour: Flavour): void {
  const max = flavour === 'personal' ? 430 : 400;
  if (lengthInCharacters > max) throw invalidRequest('The specified path is too long', 'pathIsTooLong');
}

function nameProblem(
  name: string,
  flavour: Flavour,
  place: 'atRoot' | 'below',
  kind: 'file' | 'folder',
): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'it is empty or a path';
  if (name.length > segmentLengthMax) return 'it is too long';
  if (forbiddenCharacters.test(name)) return 'it has a forbidden character';
  if (characterReference.test(name)) return 'it has a character reference';
  if (name.startsWith(' ') || name.endsWith(' ')) return 'it begins or ends with a space';
  if (name.endsWith('.')) return 'it ends with a full stop';
  if (name.startsWith('~$')) return 'it begins with ~$';
  if (name.startsWith('~') && kind === 'folder' && flavour !== 'personal') return 'a folder begins with ~';
  const lower = name.toLowerCase();
  if (reservedNames.has(lower)) return 'it is reserved';
  if (deviceName.test(name)) return 'it is a device name';
  if (lower.includes('_vti_')) return 'it contains _vti_';
  if (lower === 'forms' && place === 'atRoot' && flavour === 'library') return 'it is reserved in a library';
  return undefined;
}
