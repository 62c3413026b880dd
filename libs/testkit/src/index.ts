export {
  createSimulatedDisk,
  type SimulatedDisk,
  type SimulatedDiskFaults,
  type SimulatedDiskOptions,
} from './simulated-disk.ts';
export type { DiskOperation } from './disk/simulation.ts';
export type { DiskUser, SimulatedUser, TreeEntry } from './disk/simulated-user.ts';
export { createManualClock, type ManualClock } from './clock.ts';
export { startNatsServer, type NatsServer } from './nats-server.ts';
