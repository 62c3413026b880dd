/** Asks Nx which projects there are and what they declare. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectGraph } from './layers.ts';
import { repositoryRoot } from './repository.ts';

interface NxGraph {
  readonly graph: {
    readonly nodes: Readonly<
      Record<string, { readonly data: { readonly root: string; readonly tags?: readonly string[] } }>
    >;
    readonly dependencies: Readonly<
      Record<string, readonly { readonly source: string; readonly target: string }[]>
    >;
  };
}

/** Throws when Nx fails. A graph that is merely partial has too few edges: assert their number. */
export function readProjectGraph(): ProjectGraph {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-graph-'));
  try {
    const file = join(folder, 'graph.json');
    execFileSync(
      process.execPath,
      [join(repositoryRoot, 'node_modules/nx/dist/bin/nx.js'), 'graph', `--file=${file}`],
      {
        cwd: repositoryRoot,
        env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', CI: 'true' },
        stdio: 'pipe',
      },
    );
    const { graph } = JSON.parse(readFileSync(file, 'utf8')) as NxGraph;
    return {
      projects: Object.entries(graph.nodes).map(([name, { data }]) => ({
        name,
        folder: data.root,
        tags: data.tags ?? [],
      })),
      edges: Object.values(graph.dependencies)
        .flat()
        .filter(({ target }) => target in graph.nodes)
        .map(({ source, target }) => ({ from: source, to: target })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
