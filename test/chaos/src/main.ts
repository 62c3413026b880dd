/** `npm run chaos -- --help` says how: the built daemon on real disks, while everything goes wrong. */
import { parseArgs } from 'node:util';
import { createSeededRandom } from '@tidemark/testkit';
import { playCycle } from './cycle.ts';
import { faultNames } from './faults.ts';
import { keepBroken } from './keep-broken.ts';
import { openRig, type Rig } from './rig.ts';

const help = `npm run chaos -- [OPTION]...

  --cycles N   how many, one after the other, with one profile (10)
  --seed S     what is drawn follows from it (the clock)
  --with FAULT one of the faults whose names begin so is in every cycle; may be repeated
  --one-disk   the sync folder and the state folder are on one file system
  --verbose    tell the story of each cycle
  --help       this text

Needs root, for it mounts file systems. Exit code 1: something was lost, doubled or not at rest, or the daemon ended.`;

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    with: { type: 'string', multiple: true, default: [] },
    'one-disk': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(help);
else process.exitCode = await play(Number(values.cycles), Number(values.seed));

async function play(cycles: number, seed: number): Promise<number> {
  console.log(`seed ${seed}, ${cycles} cycles`);
  const rig = await openRig({ seed, isOneDisk: values['one-disk'] });
  const stop = (): void => void rig.close().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const random = createSeededRandom(seed);
  const struck = new Map(faultNames(values['one-disk']).map((name) => [name, 0]));
  let slowestMs = 0;
  const onLine = values.verbose ? (line: string): void => console.log(`  ${line}`) : (): void => undefined;
  try {
    rig.client.start();
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      const report = await playCycle(rig, random.fork(`cycle ${cycle}`), values.with, onLine);
      for (const name of report.faults) struck.set(name, (struck.get(name) ?? 0) + 1);
      slowestMs = Math.max(slowestMs, report.restAfterMs);
      const isGood = report.troubles.length === 0;
      if (!values.verbose && !isGood) for (const line of report.story) console.log(`  ${line}`);
      if (cycle === 1 || cycle === cycles || cycle % 50 === 0) console.log(figuresOf(rig, cycle));
      if (isGood) continue;
      for (const line of report.troubles.slice(0, 20)) console.log(`BROKEN ${line}`);
      console.log(`Its log and both trees are kept in ${keepBroken(rig)}`);
      console.log(`seed ${seed}, cycle ${cycle}. The daemon's last words:\n${rig.client.lastWords()}`);
      return 1;
    }
    console.log([...struck].map(([name, count]) => `${name} ${count}`).join(', '));
    console.log(
      `${rig.ledger.count()} versions saved, none lost; slowest rest ${(slowestMs / 1000).toFixed(1)} s`,
    );
    return 0;
  } finally {
    await rig.close();
  }
}

function figuresOf({ client, logBytes, ledger }: Rig, cycle: number): string {
  const figures = client.figures();
  const resident = ((figures?.residentKiB ?? 0) / 1024).toFixed(0);
  return (
    `after cycle ${cycle}: ${resident} MiB resident, ${figures?.descriptors ?? 0} descriptors, ` +
    `log ${(logBytes() / 1024).toFixed(0)} KiB, ${ledger.count()} versions`
  );
}
