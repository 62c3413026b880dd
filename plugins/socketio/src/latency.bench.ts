/** From a change on the simulated drive to the hint, over a real socket: `node plugins/socketio/src/latency.bench.ts`. */
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { startSimulator } from '@tidemark/graph-simulator';
import { createConnect } from '@tidemark/socket';
import { listen } from './listen.ts';

const changes = 500;
const simulator = await startSimulator({
  settings: { notificationDelayMs: 0 },
  tree: [{ path: '/a', content: '0' }],
});
const token = await fetch(`${simulator.httpUrl}/common/oauth2/v2.0/token`, {
  method: 'POST',
  body: new URLSearchParams({
    client_id: 'bench',
    grant_type: 'refresh_token',
    refresh_token: simulator.refreshToken,
  }),
}).then(async (answer) => (await answer.json()) as { readonly access_token: string });

const stopping = new AbortController();
let heard: () => void = () => undefined;
const opened = new Promise<void>((resolve) => {
  heard = resolve;
});
const running = listen(
  {
    clock: createSystemClock(),
    random: createSystemRandom(),
    connect: createConnect({ allowedHosts: ['127.0.0.1'], caFile: simulator.caFile }),
    notifications: {
      socketAddress: async () => {
        const answer = await fetch(`${simulator.httpUrl}/v1.0/me/drive/root/subscriptions/socketIo`, {
          headers: { authorization: `Bearer ${token.access_token}` },
        });
        const { notificationUrl } = (await answer.json()) as { readonly notificationUrl: string };
        // Asked without TLS, but sockets are opened over TLS only.
        return {
          url: notificationUrl.replace(simulator.httpUrl, simulator.loginUrl),
          expiresAt: null,
        };
      },
    },
    report: async () => heard(),
    tell: () => undefined,
  },
  stopping.signal,
);
await opened;
const latencies: number[] = [];
for (let change = 0; change < changes; change++) {
  const hinted = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const at = performance.now();
  simulator.drive().modify('/a', `${change}`);
  await hinted;
  latencies.push(performance.now() - at);
}
latencies.sort((one, other) => one - other);
const at = (share: number): string => (latencies[Math.floor(share * changes)] ?? 0).toFixed(1);
console.log(
  `${changes} changes: hint after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), simulator included`,
);
stopping.abort();
await running;
await simulator.close();
