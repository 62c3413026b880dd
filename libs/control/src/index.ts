export type { Refused } from './ask-control.ts';
export { askForChanges, askHealth, askPlan, askRelay, askStatus, giveOrder } from './ask-control.ts';
export type { ControlPlace } from './control-path.ts';
export {
  announceSocket,
  findSocket,
  prepareSocket,
  socketPathBytesMax,
  stateFolderOf,
} from './control-path.ts';
export { eventJson, eventSchemaVersion, type SentEvent, sentEvent, shownJson } from './event-json.ts';
export { eventSchema, type ShownEvent } from './event-schema.ts';
export type { EventFeed } from './event-stream.ts';
export { type ExplainReport, explainReportSchema, explainSchemaVersion } from './explain-report.ts';
export { type StoryReport, type WhyExcludedReport } from './explain-report.ts';
export { prometheusText, type RecordFigures, type SetFigure } from './prometheus.ts';
export { relayReportSchema, type RelayReport } from './relay-report.ts';
export { headline, type Tone, toneOf } from './headline.ts';
export { type PlanReport, planReportSchema, planSchemaVersion } from './plan-report.ts';
export { type PublishedSchema, publishedSchemas, schemaText } from './schemas.ts';
export type { ControlSource } from './serve-control.ts';
export { openControl } from './serve-control.ts';
export { openRelayControl, type RelayControlSource } from './serve-relay.ts';
export { Busy, type Control } from './serve-routes.ts';
export type { ChannelReport, DaemonReport, Health, OrderAnswer, StatusReport } from './status-report.ts';
export { readingText, stateTexts, statusReportSchema, statusSchemaVersion } from './status-report.ts';
export type { MadeChanges, WantedChanges } from './user-changes.ts';
