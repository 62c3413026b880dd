/** A disk that refuses to keep the login is waited for: until it is kept nothing is asked of the service. */
import type { TokenStore } from '@tidemark/graph';
import type { StateFolderWait } from './state-folder-wait.ts';

export type LoginPatience = Pick<StateFolderWait, 'outwaitFailure' | 'over'>;

export function patientTokenStore(store: TokenStore, patience: LoginPatience): TokenStore {
  async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const result = await work();
        if (isRepeated) patience.over();
        return result;
      } catch (error) {
        if (!(await patience.outwaitFailure(error))) throw error;
      }
    }
  }
  return {
    ...store,
    claim: () => patiently(() => store.claim()),
    write: (token) => patiently(() => store.write(token)),
  };
}
