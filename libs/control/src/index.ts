export { askHealth, askStatus, giveOrder } from './ask-control.ts';
export type { ControlPlace } from './control-path.ts';
export {
  announceSocket,
  findSocket,
  prepareSocket,
  socketPathBytesMax,
  stateFolderOf,
} from './control-path.ts';
export type { Control, ControlSource } from './serve-control.ts';
export { openControl } from './serve-control.ts';
export type { ChannelReport, DaemonReport, Health, OrderAnswer, StatusReport } from './status-report.ts';
export { statusReportSchema, statusSchemaVersion } from './status-report.ts';
