/** A client that flushes nothing is caught: the table proves something. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import './watched-calls.ts';
import type { LogFact } from './log-play.ts';
import type { Recording } from './recording.ts';

const { playDisk } = await import('./disk-play.ts');
const { diskScenarios } = await import('./disk-scenarios.ts');
const { logScenarios, playLog } = await import('./log-play.ts');
const { withoutFlushes } = await import('./recording.ts');
const { textKeepers } = await import('./text-keepers.ts');
const { playText } = await import('./text-play.ts');

function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'tidemark-crash-points-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  return join(parent, 'folder');
}

test.for(diskScenarios.map((scenario) => [scenario.name, scenario] as const))(
  'in the sync folder, when %s',
  async ([, scenario]) => {
    await expect(playDisk(newFolder(), scenario, '', withoutFlushes)).rejects.toThrow('power cut after step');
  },
);

test.for(textKeepers.map((keeper) => [keeper.name, keeper] as const))('when %s', async ([, keeper]) => {
  await expect(playText(newFolder(), keeper, withoutFlushes)).rejects.toThrow('is kept after step');
});

test.for(logScenarios.map((scenario) => [scenario.name, scenario] as const))(
  'in the log, when %s and LevelDB is not asked to make it durable',
  async ([, scenario]) => {
    const lazy = ({ top, steps }: Recording<LogFact>): Recording<LogFact> => ({
      top,
      steps: steps.map((step) =>
        step.type === 'fact' && step.fact.type === 'ends'
          ? { ...step, fact: { ...step.fact, isDurable: false } }
          : step,
      ),
    });
    await expect(playLog(newFolder(), scenario, lazy)).rejects.toThrow('power cut after step');
  },
);
