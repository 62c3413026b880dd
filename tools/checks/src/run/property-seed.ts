/**
 * Properties take the same histories in every ordinary run, so that a red run means a change and not chance. The search for
 * new ones is done by hand, with `TIDEMARK_SEED=random` (or a number) and more runs; fast-check prints the seed of a failure.
 */
import fc from 'fast-check';

const chosen = process.env['TIDEMARK_SEED'];
if (chosen !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(chosen ?? 42) });
