import { createWorld, readRecordedLog, runPlugin, type SentRequest } from '@tidemark/plugin-testkit';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import plugin from './metrics.ts';

/** What a request says, as `name attributes → value`. */
function readingsOf({ body = '' }: SentRequest): string[] {
  const [{ scopeMetrics }] = JSON.parse(body).resourceMetrics;
  const lines: string[] = [];
  for (const { name, sum, gauge } of scopeMetrics[0].metrics)
    for (const { attributes, asInt } of (sum ?? gauge).dataPoints) {
      const values = attributes.map(({ value }: { value: { stringValue: string } }) => value.stringValue);
      lines.push(`${[name, ...values].join(' ')} → ${asInt}`);
    }
  return lines;
}

test('it sends what happened on the interval, as sums since the start', async () => {
  const world = createWorld({ drive: { 'a.txt': 'hello' }, disk: { 'b.txt': 'me' } });
  await using run = await runPlugin(plugin, world, { everySeconds: 30, attributes: { host: 'attic' } });
  await run.happen('DownloadFile', 'a.txt', { facts: { transferredBytes: 5 } });
  await run.happen('UploadFile', 'b.txt', { failure: { code: 'quotaReached', detail: 'full' } });
  await world.clock.advance(30_000);
  assert.deepEqual(world.requests.map(readingsOf), [
    [
      'tidemark.changes DownloadFile done → 1',
      'tidemark.changes UploadFile failed → 1',
      'tidemark.transferred down → 5',
      'tidemark.failures quotaReached → 1',
    ],
  ]);
  const [{ url, method, headers, body = '' } = { url: '' }] = world.requests;
  assert.equal(url, 'http://localhost:4318/v1/metrics');
  assert.equal(method, 'POST');
  assert.equal(headers?.['content-type'], 'application/json');
  assert.match(body, /"key":"host","value":\{"stringValue":"attic"\}/);
  const [first] = JSON.parse(body).resourceMetrics[0].scopeMetrics[0].metrics;
  assert.equal(first.sum.aggregationTemporality, 2);
  const { startTimeUnixNano, timeUnixNano } = first.sum.dataPoints[0];
  assert.equal(BigInt(timeUnixNano) - BigInt(startTimeUnixNano), 30_000_000_000n);

  await run.happen('DownloadFile', 'a.txt', { facts: { transferredBytes: 7 } });
  await world.clock.advance(30_000);
  assert.ok(readingsOf(world.requests[1] ?? { url: '' }).includes('tidemark.transferred down → 12'));
});

test('a run that is shorter than the interval tells at its end', async () => {
  const world = createWorld({ disk: { 'b.txt': 'me' } });
  const run = await runPlugin(plugin, world);
  await run.happen('UploadFile', 'b.txt', { facts: { transferredBytes: 2 } });
  await run.stop();
  assert.deepEqual(world.requests.map(readingsOf), [
    ['tidemark.changes UploadFile done → 1', 'tidemark.transferred up → 2'],
  ]);
});

test('it counts looks and items, each once, and goes on from a sum of looks', async () => {
  const world = createWorld();
  await using run = await runPlugin(plugin, world);
  const round = { type: 'RemoteRoundCompleted', full: true, cursor: null, unseen: [] };
  const log = [
    { seq: 1, event: { ...round, command: '1/0', known: 7 } },
    { seq: 2, event: { type: 'LocalScanCompleted', command: '1/1', unseen: [] } },
  ].map((one) => ({ schema: 1, at: 0, source: 'engine', items: [], ...one }));
  const rows = readRecordedLog(log.map((one) => JSON.stringify(one)).join('\n'));
  await run.show(rows);
  await run.show(rows);
  await world.clock.advance(60_000);
  assert.deepEqual(readingsOf(world.requests[0] ?? { url: '' }), [
    ...['tidemark.looks remote → 1', 'tidemark.looks local → 1', 'tidemark.items → 7'],
  ]);
});

test('a collector that is away is told of once, without what is secret, and nothing is lost', async () => {
  let status = 503;
  const world = createWorld({ disk: { 'b.txt': 'me' }, answer: () => ({ status }) });
  const url = 'https://otlp.example.com/v1/metrics?token=s3cret';
  await using run = await runPlugin(plugin, world, { url, headers: { authorization: 'Bearer s3cret' } });
  await run.happen('UploadFile', 'b.txt');
  await world.clock.advance(180_000);
  assert.equal(world.requests.length, 3);
  assert.deepEqual(run.notices, [
    {
      type: 'said',
      level: 'warning',
      text: 'Cannot send metrics: "otlp.example.com" answered 503',
    },
  ]);
  assert.ok(!run.heard().includes('s3cret'));
  status = 200;
  await world.clock.advance(60_000);
  assert.deepEqual(readingsOf(world.requests[3] ?? { url: '' }), ['tidemark.changes UploadFile done → 1']);
  assert.deepEqual(run.faults, []);
});
