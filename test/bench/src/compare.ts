/** Clients side by side: in each run every client does everything once, one after the other. */
import type { Client, ClientName } from './clients/client.ts';
import { debianOnedrive, tidemark } from './clients/onedrive-like.ts';
import { rclone } from './clients/rclone.ts';
import type { Measurement, RowName } from './measurement.ts';
import type { Options } from './options.ts';
import { comparisonTable } from './report.ts';
import { runScenarios } from './scenarios.ts';
import type { Site } from './service.ts';

export async function compare(site: Site, options: Options, say: (line: string) => void): Promise<void> {
  const all: Record<ClientName, Client> = {
    tidemark: tidemark(options),
    onedrive: debianOnedrive,
    rclone,
  };
  const clients = options.clients.map((name) => all[name]);
  for (const client of clients) say(`${client.name}: ${client.version()}`);
  const shape = {
    files: options.files,
    folders: Math.min(100, options.files),
    fileBytes: 4096,
    largeBytes: 256 << 20,
    changes: Math.min(100, options.files),
  };
  const measurements: Measurement[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    for (const latencyMs of options.latenciesMs) {
      for (const client of clients) {
        const { flavour } = options;
        const rows = rowsFor(client, latencyMs, options);
        const results = await runScenarios(site, { rows, client, latencyMs, flavour, run, shape });
        for (const result of results) {
          measurements.push(result);
          if (options.json) say(JSON.stringify(result));
        }
      }
    }
  }
  say('');
  say(comparisonTable(inOrder(measurements), 'tidemark'));
  if (!options.slow && options.clients.includes('onedrive') && options.latenciesMs.some((ms) => ms > 0))
    say('Left out: the first upload of onedrive with added latency. --slow measures it.');
}

/** The peer uploads one file after the other, with four requests each. */
function rowsFor({ name }: Client, latencyMs: number, { rows, slow }: Options): ReadonlySet<RowName> {
  if (slow || name !== 'onedrive' || latencyMs === 0) return rows;
  return new Set([...rows].filter((row) => row !== 'first-upload'));
}

/** By row, then latency; clients in the order in which they ran. */
function inOrder(measurements: readonly Measurement[]): Measurement[] {
  const order = [...new Set(measurements.map(({ row }) => row))];
  return measurements.toSorted(
    (one, other) => order.indexOf(one.row) - order.indexOf(other.row) || one.latencyMs - other.latencyMs,
  );
}
