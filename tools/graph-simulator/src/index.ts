export { startSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
export { connectControl, type ControlClient } from './control/control-client.ts';
export type { Counters, RequestKind } from './control/counters.ts';
export type {
  ContentSpec,
  DriveOperations,
  DumpedItem,
  ItemSpec,
  MarkSpec,
} from './control/drive-operations.ts';
export type { Fault, FaultEffect, FaultSpec } from './control/faults.ts';
export type { Lie, LieName, LieSpec } from './control/lies.ts';
export type { LoggedRequest } from './control/request-log.ts';
export type { Operator } from './control/operator.ts';
export { certificatesIn, servedNames, type Certificates } from './certificates/certificates.ts';
export { DriveModel, type DriveOptions } from './model/drive-model.ts';
export { generatedContent, heldContent, wholeContent, type Content } from './model/content.ts';
export { flavours, type Flavour } from './model/flavour.ts';
export { Refusal } from './model/refusal.ts';
export type { Settings } from './server/settings.ts';
