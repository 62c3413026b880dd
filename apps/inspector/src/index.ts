export type { IncidentBundle, IncidentWish, Inspector, InspectorOptions } from './inspector.ts';
export { openInspector } from './inspector.ts';
export type { Room } from './protocol.ts';
export type { ChangesMade, ChangesPlanned, Wish } from './offers.ts';
export type { MakesChanges } from './user-changes.ts';
