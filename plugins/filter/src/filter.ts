/** The filters of the settings (`skip_*`, `sync_list`, `.nosync`, `--single-directory`) as a plugin that has rules and nothing else. */
import { definePlugin } from '@tidemark/plugin-sdk';
import type { FilterConfig } from './filter-of.ts';
import { filterConfig, filterOf, nosync } from './filter-of.ts';

/** What it says is said of the settings: users and scripts know no plugin behind them. */
export const filterName = 'settings';

const settings = filterConfig.keyof().options;

/** The settings of a run are one object for as long as it lasts. */
const compiled = new WeakMap<object, ReturnType<typeof filterOf>>();

function filterFor(config: Readonly<FilterConfig>): ReturnType<typeof filterOf> {
  const known = compiled.get(config) ?? filterOf(config);
  compiled.set(config, known);
  return known;
}

export default definePlugin({
  name: filterName,
  version: '0.1.0',
  config: filterConfig,
  rules: {
    settings,
    markers: [nosync],
    ignore(item, config) {
      const filtered = filterFor(config)(item);
      if (filtered === null) return undefined;
      const { rule, line, onTheWay } = filtered;
      if (onTheWay === true) return { detail: line, onTheWay };
      return rule === 'single_directory' ? { detail: line, forThisRun: true } : line;
    },
  },
});
