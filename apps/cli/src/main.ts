/** Placeholder: prints the version. */
import manifest from '../package.json' with { type: 'json' };

process.stdout.write(`tidemark v${manifest.version}\n`);
