import type { Rules } from '@tidemark/planner';

/** `*.txt` in `sync_list`. */
export const textsOnly: Rules = {
  ignore({ path, kind }) {
    if (path.endsWith('.txt')) return null;
    const verdict = { plugin: 'settings', detail: 'no rule includes it' };
    return kind === 'folder' ? { ...verdict, onTheWay: true } : verdict;
  },
  resolve: () => null,
};
