export { openInspector, type Inspector, type InspectorOptions } from './inspector.ts';
export type { Room } from './protocol.ts';
