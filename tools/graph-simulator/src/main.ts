import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { itemSpecs } from './control/control-commands.ts';
import { isFlavour } from './model/flavour.ts';
import { settingsIn } from './server/setting-choices.ts';
import type { Settings } from './server/settings.ts';
import { startSimulator, type SimulatorOptions } from './simulator.ts';

/** The command line: starts one simulator, prints one JSON line when it is ready, ends on SIGINT or SIGTERM. */
const usage = `Usage: graph-simulator [options]

  --host ADDRESS         where to listen (default 127.0.0.1)
  --port N               HTTPS port (default: any free port)
  --http-port N          HTTP port (default: any free port)
  --control-port N       control API port, always on 127.0.0.1 (default: any free port)
  --control-socket PATH  control API on a Unix socket as well
  --state DIR            keep certificates here (default: a temporary folder)
  --flavour NAME         personal, business or library (default business)
  --seed N               ids, tokens and chance follow from it (default 1)
  --latency-ms N         wait this long before every answer (default 0)
  --set NAME=VALUE       any setting of docs/control-api.md; may be given several times
  --seed-tree FILE       JSON list of {"path", "content"?, "kind"?, "modifiedAt"?}
  --while-stdin          end when standard input ends: with the program that started it
  --help                 show this text
`;

await main().catch((error: unknown) => {
  process.stderr.write(
    `Cannot start the simulator: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      'http-port': { type: 'string' },
      'control-port': { type: 'string' },
      'control-socket': { type: 'string' },
      state: { type: 'string' },
      flavour: { type: 'string', default: 'business' },
      seed: { type: 'string', default: '1' },
      'latency-ms': { type: 'string', default: '0' },
      'seed-tree': { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      'while-stdin': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (!isFlavour(values.flavour)) throw new Error(`'${values.flavour}' is no flavour`);
  const treeFile = values['seed-tree'];
  const options: SimulatorOptions = {
    flavour: values.flavour,
    seed: wholeNumber('seed', values.seed) ?? 1,
    settings: {
      latencyMs: wholeNumber('latency-ms', values['latency-ms']) ?? 0,
      ...settingsFrom(values.set),
    },
    port: wholeNumber('port', values.port) ?? 0,
    httpPort: wholeNumber('http-port', values['http-port']) ?? 0,
    controlPort: wholeNumber('control-port', values['control-port']) ?? 0,
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.state === undefined ? {} : { stateFolder: values.state }),
    ...(values['control-socket'] === undefined ? {} : { controlSocket: values['control-socket'] }),
    ...(treeFile === undefined ? {} : { tree: itemSpecs(JSON.parse(await readFile(treeFile, 'utf8'))) }),
  };
  const simulator = await startSimulator(options);
  const ready = {
    graphUrl: simulator.graphUrl,
    loginUrl: simulator.loginUrl,
    httpUrl: simulator.httpUrl,
    controlUrl: simulator.controlUrl,
    caFile: simulator.caFile,
    refreshToken: simulator.refreshToken,
    flavour: simulator.flavour,
    driveId: simulator.drive().driveId,
    sharedDriveId: simulator.sharedDrive().driveId,
    rootId: simulator.drive().rootId,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  const end = (): void => {
    simulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Cannot stop the simulator: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  if (values['while-stdin']) process.stdin.resume().once('end', end);
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

function settingsFrom(pairs: readonly string[]): Partial<Settings> {
  const entries = pairs.map((pair) => {
    const mark = pair.indexOf('=');
    if (mark < 1) throw new Error(`--set needs NAME=VALUE, not '${pair}'`);
    const text = pair.slice(mark + 1);
    return [pair.slice(0, mark), /^\d+$/.test(text) ? Number(text) : text] as const;
  });
  return settingsIn(Object.fromEntries(entries));
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} needs a whole number, not '${text}'`);
  return value;
}
