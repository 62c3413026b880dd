import { afterAll } from 'vitest';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';
import { startNatsServer } from '../nats-server.ts';
import { busConformance } from './bus.ts';

busConformance({
  name: 'in process',
  create: async (onError) => createInProcessBus({ onError, pendingMax: 256, payloadBytesMax: 1 << 20 }),
  join: async (bus) => bus,
  payloadBytesTooMany: 1 << 20,
  pendingMax: 256,
});

const server = await startNatsServer();
afterAll(() => server.stop());
const servers = [server.url];

busConformance({
  name: 'NATS',
  create: (onError) => connectNatsBus({ servers, name: 'one', onError }),
  join: (_bus, onError) => connectNatsBus({ servers, name: 'two', onError }),
  payloadBytesTooMany: 1 << 20,
});
