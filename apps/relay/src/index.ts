export { createOpenRelay, type LineOptions } from './open-line.ts';
export { openRelayDesk, type RelayDesk, stoppedRelay } from './relay-desk.ts';
export { runRelay, type RelayNews, type RelayOptions } from './run-relay.ts';
export { natsUser } from './nats-user.ts';
