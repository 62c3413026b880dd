export { createOpenRelay, type LineOptions } from './open-line.ts';
export { openRelayStatus, type RelayStatus, stoppedRelay } from './relay-status.ts';
export { runRelay, type RelayNews, type RelayOptions } from './run-relay.ts';
export { natsUser } from './nats-user.ts';
