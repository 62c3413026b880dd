/** `npm test`: everything, once. The last line is `N passed, N failed`; the exit code is 0 only when nothing failed. */
import { repositoryRoot } from './repository.ts';
import { provideRequirements } from './run/requirements.ts';
import { runSteps, summary } from './run/run-steps.ts';
import { steps } from './run/steps.ts';

if (!provideRequirements()) process.exit(1);
const results = await runSteps(steps, repositoryRoot, (name) => process.stdout.write(`\n── ${name}\n`));
process.stdout.write(`\n${summary(results).join('\n')}\n`);
process.exitCode = results.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
