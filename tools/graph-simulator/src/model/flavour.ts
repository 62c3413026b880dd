/**
 * What kind of drive is played: `personal` = consumer OneDrive, `business` = OneDrive for work or school,
 * `library` = a SharePoint document library reached by its drive id.
 */
export type Flavour = 'personal' | 'business' | 'library';

export const flavours: readonly Flavour[] = ['personal', 'business', 'library'];

export function isFlavour(text: string): text is Flavour {
  return flavours.some((flavour) => flavour === text);
}

/** OneDrive for work and libraries share one backend (SharePoint), with its own ids, tags and times. */
export function isSharePoint(flavour: Flavour): boolean {
  return flavour !== 'personal';
}

/** The value of Graph's `driveType`. */
export function driveTypeOf(flavour: Flavour): string {
  return flavour === 'library' ? 'documentLibrary' : flavour;
}
