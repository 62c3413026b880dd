/** Each folder of `test/incidents` is a test: its bundle replays without a divergence, to what it led to where it was made. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventJson, schemaText } from '@tidemark/control';
import { type RecordedRules, rulesFromRecord, stateFromLog } from '@tidemark/daemon';
import { createWhatIf, digestOf, initialState, noEdits, replay } from '@tidemark/engine';
import { openBundle } from '@tidemark/event-log';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const eventSchemaAsPublished = z.fromJSONSchema(JSON.parse(schemaText('event-v1.schema.json')));

const folder = join(import.meta.dirname, '../../incidents');
const names = readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
  one.isDirectory() ? [one.name] : [],
);

it('there are incidents', () => expect(names.length).toBeGreaterThanOrEqual(10));

describe.each(names)('incident %s', (name) => {
  const content = readFileSync(join(folder, name, 'incident.gz'));
  const log = openBundle(content, name);
  const rulesFor = rulesFromRecord(log.bundle.head.rules as RecordedRules[]);

  it('has a page that tells its story, and is small', () => {
    expect(readFileSync(join(folder, name, 'README.md'), 'utf8').split('\n').length).toBeGreaterThan(3);
    expect(content.length).toBeLessThan(30 * 1024);
  });

  it('replays without a divergence, to what it led to where it was made', async () => {
    const from = (await log.latestSnapshot()) === null ? initialState() : await stateBefore();
    const report = await replay({ batches: log.read(), rulesFor, from });
    expect(report.divergences).toEqual([]);
    expect(digestOf(report.state)).toBe(log.bundle.head.digest);
  });

  it('has no decision that differs when nothing is changed', async () => {
    const isFirst = log.first === 1;
    const before = {
      recorded: isFirst ? initialState() : await stateBefore(),
      changed: isFirst ? initialState() : await stateBefore(),
    };
    const differences: unknown[] = [];
    const { take } = createWhatIf({
      ...{ rulesFor, before, changes: { policy: (policy) => policy, rulesFor, events: noEdits } },
      onDifference: (difference) => void differences.push(difference),
    });
    for await (const batch of log.read()) take(batch);
    expect(differences).toEqual([]);
  });

  it('is shown to programs as the published schema says', async () => {
    for await (const batch of log.read())
      for (const recorded of batch) {
        const line = eventJson(recorded);
        const { error } = eventSchemaAsPublished.safeParse(JSON.parse(line));
        expect(error === undefined ? '' : `${line}\n${z.prettifyError(error)}`).toBe('');
      }
  });

  const stateBefore = async () => (await stateFromLog(log, rulesFor, { to: log.bundle.head.before })).state;
});
