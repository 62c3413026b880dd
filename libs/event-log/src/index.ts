export { lockEventLog, type LogLock, openEventLog, type OpenOptions } from './open-event-log.ts';
export { createMemoryLog, createMemoryLogFiles, openMemoryLog, type MemoryLogFiles } from './memory-log.ts';
export {
  type Bundle,
  type BundleHead,
  type BundleLog,
  encodeBundle,
  isBundle,
  openBundle,
} from './bundle.ts';
export { readLogInPlace } from './log-in-place.ts';
export type { Patience } from './patience.ts';
export { LogBusy } from './damage.ts';
export { readWitness, type WitnessReading } from './witness.ts';
export { createUpcaster, isEventType, type RawEvent, type Upcaster, type UpcastStep } from './upcast.ts';
