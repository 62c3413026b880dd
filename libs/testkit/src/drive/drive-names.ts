/** The names that OneDrive and SharePoint refuse, as the service answers: an invalid request. */
import { Failure, type DriveInfo } from '@tidemark/contracts';

const forbiddenCharacters = '"*:<>?/\\|';
const device = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/i;
const characterReference = /&#\d+;/;
const nameLengthMax = 255;

export interface PlaceOnDrive {
  readonly kind: DriveInfo['kind'];
  readonly nodeKind: 'file' | 'folder';
  readonly atRoot: boolean;
}

/** @throws Failure `invalidRequest` */
export function checkDriveName(action: string, name: string, place: PlaceOnDrive): void {
  const problem = problemOf(name, place);
  if (problem === null) return;
  throw new Failure({ code: 'invalidRequest', detail: `Cannot ${action}: the name "${name}" ${problem}` });
}

/** @throws Failure `nameTooLong` */
export function checkDrivePath(action: string, lengthInCharacters: number, kind: DriveInfo['kind']): void {
  if (lengthInCharacters > (kind === 'personal' ? 430 : 400))
    throw new Failure({ code: 'nameTooLong', detail: `Cannot ${action}: the path is too long` });
}

function problemOf(name: string, { kind, nodeKind, atRoot }: PlaceOnDrive): string | null {
  if (name === '' || name === '.' || name === '..') return 'is no name';
  if (name.length > nameLengthMax) return 'is too long';
  for (const character of name)
    if (character < ' ' || character === '\u007f' || forbiddenCharacters.includes(character))
      return 'has a forbidden character';
  if (characterReference.test(name)) return 'has a character reference';
  if (name.startsWith(' ') || name.endsWith(' ')) return 'begins or ends with a space';
  if (name.endsWith('.')) return 'ends with a full stop';
  if (name.startsWith('~$') || (name.startsWith('~') && nodeKind === 'folder' && kind !== 'personal'))
    return 'begins with a tilde';
  const lower = name.toLowerCase();
  const reserved =
    lower === '.lock' || lower === 'desktop.ini' || device.test(name) || lower.includes('_vti_');
  if (reserved || (lower === 'forms' && atRoot && kind === 'documentLibrary')) return 'is reserved';
  return null;
}
