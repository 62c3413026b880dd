/** Incidents of a monitor that is not told of changes: `explain` names what was lost. The page of the engine lists them. */
import { readFileSync } from 'node:fs';
import { itemId, paceOnce } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { onDisk, onDrive, SpecRun } from '../../testing/spec-run.ts';
import { explainItems } from './explain.ts';

const lifetimeMs = 600_000;
const pollIntervalMs = 3_600_000;

/** A monitor with a subscription; one file is the same on both sides. */
function subscribed(): SpecRun {
  const run = new SpecRun({
    pace: {
      ...paceOnce,
      ...{ mode: 'continuous', pollIntervalMs, scanIntervalMs: 1e9 },
      subscription: { url: 'https://here.example', lifetimeMs, renewBeforeMs: 300_000, retryMs: 1e9 },
    },
  });
  run.start();
  ends(run);
  run.diskShows(onDisk('L1', 'a.txt', 'hello'));
  while (run.state.remote.look.command !== null) run.driveShows(onDrive('D1', 'a.txt', 'hello'));
  return run;
}

function ends(run: SpecRun, failure?: string): void {
  const command = run.state.subscription.underWay;
  if (command === null) throw new Error('nothing about the subscription is under way');
  if (failure === undefined) {
    const subscription = { id: 's', expiresAt: run.at + lifetimeMs };
    run.observe({ type: 'CommandSucceeded', command: command.id, subscription });
  } else
    run.observe({
      ...{ type: 'CommandFailed', command: command.id },
      failure: { code: 'callbackFailed', detail: failure },
    });
}

function passes(run: SpecRun, durationMs: number): void {
  run.at += durationMs;
  run.record([{ type: 'Woke' }]);
}

const incidents = [
  {
    title: 'Lost notification: the drive never told of a change, and the next look that was due found it',
    happens(run: SpecRun): void {
      for (let passed = 0; passed < pollIntervalMs; passed += 300_000) {
        passes(run, 300_001);
        if (run.state.subscription.underWay !== null) ends(run);
      }
    },
    says: 'Nothing had told of it, although the subscription to changes of the drive was alive: its notification did not arrive. It was found because this side has not been looked at for as long as the settings allow',
  },
  {
    title: 'Expired subscription: it could not be renewed, and the next look that was due found the change',
    happens(run: SpecRun): void {
      passes(run, lifetimeMs - 300_000);
      ends(run, 'the service could not reach https://here.example');
      passes(run, pollIntervalMs);
      ends(run, 'the service could not reach https://here.example');
    },
    says: 'Nothing had told of it, since the subscription to changes of the drive had ended: the service could not reach https://here.example. It was found because this side has not been looked at for as long as the settings allow',
  },
];

it.each(incidents)('$title', async ({ happens, says }) => {
  const run = subscribed();
  happens(run);
  run.driveShows(onDrive('D1', 'a.txt', 'changed'));
  const { explanations } = await explainItems([itemId(1)], { read: () => each(run), rulesFor: run.rulesFor });
  const told = explanations[0]?.timeline.map(({ sentence }) => sentence) ?? [];
  expect(told.find((sentence) => sentence.includes('new content'))).toContain(says);
});

it('what a notification told of is told without this', async () => {
  const run = subscribed();
  run.record([{ type: 'HintReceived', side: 'remote', source: 'webhook' }]);
  run.driveShows(onDrive('D1', 'a.txt', 'changed'));
  const { explanations } = await explainItems([itemId(1)], { read: () => each(run), rulesFor: run.rulesFor });
  expect(JSON.stringify(explanations)).toContain('new content');
  expect(JSON.stringify(explanations)).not.toContain('Nothing had told of it');
});

it('the page lists these incidents with these sentences', () => {
  const page = readFileSync(new URL('../../../docs/incidents.md', import.meta.url), 'utf8');
  const section = page.split('\n## ').find((one) => one.startsWith('In the engine\n')) ?? '';
  const rows = section.split('\n').filter((line) => /^\| (?!-|What happened)/.test(line));
  expect(
    rows.map((row) => row.split('|').map((cell) => cell.trim())).map(([, title, says]) => [title, says]),
  ).toEqual(incidents.map(({ title, says }) => [title, says]));
});

async function* each({ batches }: SpecRun) {
  yield* batches;
}
