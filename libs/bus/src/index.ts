export { BusError, busErrorMeanings, type BusErrorCode, type OnBusError } from './bus-error.ts';
export { createInProcessBus, type InProcessBusOptions } from './in-process-bus.ts';
export type { NatsBus, NatsBusOptions } from './connect-nats-bus.ts';
export type { NatsAccess } from './nats-access.ts';
export { connectNatsBus, publicNkeyOf } from './nats-bus.ts';
export type { Durability } from './nats-durable.ts';
export type { NatsRecords } from './nats-records.ts';
export type { OnNatsStatus } from './nats-link.ts';
export { observe, type Observed } from './observe.ts';
