/** Which layer may know which. The table is that of ARCHITECTURE.md; oxlint says the same for each import. */
import type { Complaint } from './repository.ts';

export const layers = ['ground', 'pure', 'adapter', 'sdk', 'plugin', 'shell', 'app', 'test'] as const;
export type Layer = (typeof layers)[number];

export interface Project {
  readonly name: string;
  /** Relative to the repository. */
  readonly folder: string;
  readonly tags: readonly string[];
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

export interface ProjectGraph {
  readonly projects: readonly Project[];
  readonly edges: readonly Edge[];
}

const mayKnow: Record<Layer, readonly Layer[]> = {
  ground: [],
  pure: ['ground', 'pure'],
  adapter: ['ground', 'pure'],
  sdk: ['ground'],
  plugin: ['sdk'],
  shell: ['ground', 'pure', 'sdk'],
  app: ['ground', 'pure', 'adapter', 'sdk', 'plugin', 'shell', 'app'],
  test: layers,
};

/** The pure libraries that an adapter may use: they know nothing but contracts. */
const leaves = ['@tidemark/quickxor', '@tidemark/settings'];

/** The one adapter that others may use: it knows nothing of ours. */
const adapterLeaf = '@tidemark/folders';

/** The plugin that filters asks the library that reads the patterns of the settings. */
const filter = '@tidemark/plugin-filter';
const patterns = '@tidemark/settings';

/** Closer than the layer says. */
const onlyKnows: Readonly<Record<string, readonly string[]>> = {
  '@tidemark/trees': ['@tidemark/contracts'],
  '@tidemark/planner': ['@tidemark/contracts', '@tidemark/trees'],
  '@tidemark/machines': ['@tidemark/contracts'],
  '@tidemark/quickxor': [],
  [adapterLeaf]: [],
  '@tidemark/settings': ['@tidemark/contracts'],
};

export function layerOf({ tags }: Project): Layer | undefined {
  const named = tags.filter((tag) => tag.startsWith('layer:')).map((tag) => tag.slice('layer:'.length));
  return named.length === 1 ? layers.find((layer) => layer === named[0]) : undefined;
}

export function complainAboutGraph({ projects, edges }: ProjectGraph): Complaint[] {
  const layerByName = new Map(projects.map((project) => [project.name, layerOf(project)]));
  const untagged = projects
    .filter((project) => layerOf(project) === undefined)
    .map(({ folder }) => `${folder}/package.json:1: needs exactly one tag layer:${layers.join('|')}`);
  const forbidden = edges.flatMap(({ from, to }): Complaint[] => {
    const fromLayer = layerByName.get(from);
    const toLayer = layerByName.get(to);
    if (fromLayer === undefined || toLayer === undefined) return [];
    const isAllowed =
      (mayKnow[fromLayer].includes(toLayer) ||
        (fromLayer === 'adapter' && to === adapterLeaf) ||
        (from === filter && to === patterns)) &&
      !(fromLayer === 'adapter' && toLayer === 'pure' && !leaves.includes(to)) &&
      (onlyKnows[from]?.includes(to) ?? true);
    return isAllowed ? [] : [`${from} (${fromLayer}) may not depend on ${to} (${toLayer})`];
  });
  return [...untagged, ...forbidden];
}
