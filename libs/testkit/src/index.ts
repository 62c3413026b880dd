export { createMemorySpool, type MemorySpool } from './memory-spool.ts';
export {
  createSimulatedDisk,
  type SimulatedDisk,
  type SimulatedDiskFaults,
  type SimulatedDiskOptions,
} from './simulated-disk.ts';
export type { DiskOperation } from './disk/simulation.ts';
export type { SimulatedFileSystem } from './disk/inodes.ts';
export type { HintFate } from './disk/watchers.ts';
export type { DiskToken, DiskUser, SimulatedUser, TreeEntry } from './disk/simulated-user.ts';
export { createManualClock, type ManualClock } from './clock.ts';
export { type ConnectedNotifications, connectNotifications, notificationOf } from './notifications.ts';
export {
  type EndedCommand,
  type PluginRun,
  type PluginRunOptions,
  startPluginRun,
  type WantedCommand,
} from './plugin-run.ts';
export { startNatsServer, type NatsServer } from './nats-server.ts';
export { createSimulatedDrive, type SimulatedDrive, type SimulatedDriveOptions } from './simulated-drive.ts';
export type { DriveOperation, SimulatedDriveFaults } from './drive/drive-simulation.ts';
export { type DriveLie, driveLies } from './drive/drive-lies.ts';
export type { FeedHabits } from './drive/drive-feed.ts';
export type { DriveTreeEntry, DriveUser, SimulatedDriveUser } from './drive/simulated-drive-user.ts';
export { createSeededRandom, type SeededRandom } from './random.ts';
