import { Failure } from '@tidemark/contracts';

/** What was refused. Throws anything that is no Failure, and when nothing was refused. */
export async function failureOf(promise: Promise<unknown> | unknown): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
