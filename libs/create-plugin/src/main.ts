#!/usr/bin/env node
/** `npm create @tidemark/plugin NAME`: a project whose packages come from the registry. */
import { resolve } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { ProjectRefused, writeProject } from './write-project.ts';

const [name, ...more] = process.argv.slice(2);
const range = `^${manifest.version}`;
if (name === undefined || more.length > 0) {
  process.stderr.write('Usage: npm create @tidemark/plugin NAME\n');
  process.exitCode = 2;
} else {
  try {
    await writeProject(resolve(name), { name, sdk: range, testkit: range, fits: range });
    process.stdout.write(`Made the plugin "${name}"\nNext: cd ${name} && npm install && npm test\n`);
  } catch (error) {
    if (!(error instanceof ProjectRefused)) throw error;
    process.stderr.write(`ERROR: ${error.message}\n`);
    process.exitCode = 2;
  }
}
