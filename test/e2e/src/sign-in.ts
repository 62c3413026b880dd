import { readFile } from 'node:fs/promises';
import { get } from 'node:https';

/** Where the sign-in page leads a browser whose user consents. */
export async function consent(url: string, caFile: string): Promise<string> {
  const ca = await readFile(caFile);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(url, { ca }, (answer) => {
    answer.resume();
    resolve(answer.headers.location ?? '');
  }).on('error', reject);
  return promise;
}
