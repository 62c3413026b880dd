/** All scenarios, each with the way it is played. */
import { playRefusals, refusals } from './disk-faults.ts';
import { playDisk } from './disk-play.ts';
import { diskScenarios } from './disk-scenarios.ts';
import { logScenarios, playLog } from './log-play.ts';
import type { Played } from './played.ts';
import { outcomeOf, textKeepers } from './text-keepers.ts';
import { playText } from './text-play.ts';

export interface Experiment {
  readonly area: string;
  readonly name: string;
  /** What is special about the file system; empty when nothing is. */
  readonly way: string;
  readonly outcome: string;
  /** In an empty folder. @throws what says after which step a promise was broken */
  play(folder: string): Promise<Played>;
}

const disk: readonly Experiment[] = diskScenarios.flatMap((scenario) =>
  scenario.ways.map((way) => ({
    area: 'sync folder',
    name: scenario.name,
    way,
    outcome: scenario.outcome,
    play: (folder) => playDisk(folder, scenario, way),
  })),
);

const refused: readonly Experiment[] = diskScenarios.flatMap((scenario) =>
  refusals.map((refusal) => ({
    area: 'sync folder, refused',
    name: `${scenario.name}, and ${refusal.name}`,
    way: '',
    outcome: 'nothing is lost; when the disk takes it again the work comes to its end, durable',
    play: (folder) => playRefusals(folder, scenario, '', refusal),
  })),
);

const texts: readonly Experiment[] = textKeepers.map((keeper) => ({
  area: 'small files',
  name: keeper.name,
  way: '',
  outcome: outcomeOf(keeper),
  play: (folder) => playText(folder, keeper),
}));

const logs: readonly Experiment[] = logScenarios.map((scenario) => ({
  area: 'event log',
  name: scenario.name,
  way: '',
  outcome: scenario.outcome,
  play: (folder) => playLog(folder, scenario),
}));

export const experiments: readonly Experiment[] = [...disk, ...refused, ...texts, ...logs];
