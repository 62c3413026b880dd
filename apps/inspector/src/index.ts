export { openInspector, type Inspector, type InspectorOptions } from './inspector.ts';
export type { Filling } from './protocol.ts';
