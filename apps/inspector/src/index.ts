export { openInspector, type Inspector, type InspectorOptions } from './inspector.ts';
export type { ChangesMade, ChangesPlanned, Room, Wish } from './protocol.ts';
export type { MakesChanges } from './user-changes.ts';
