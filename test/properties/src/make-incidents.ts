/** `npm run incidents`: plays the stories and writes each into `test/incidents`, where they are tests. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seq } from '@tidemark/contracts';
import { createRulesFor, makeBundle } from '@tidemark/daemon';
import { createMemoryLog, encodeBundle } from '@tidemark/event-log';
import { type Story, stories } from './incident-stories.ts';

const folder = join(import.meta.dirname, '../../incidents');

for (const [name, story] of Object.entries(stories)) {
  const log = createMemoryLog();
  for (const batch of story.play().log) await log.append(batch);
  const { bundle, events } = await makeBundle({
    ...{ log, rulesFor: createRulesFor(), from: seq(1), to: log.head },
    ...{ keepsNames: true, salt: name, version: 'test', title: story.title },
  });
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'incident.gz'), encodeBundle(bundle));
  await writeFile(join(folder, name, 'README.md'), pageOf(story));
  process.stdout.write(`${name}: ${events} events\n`);
}

function pageOf({ title, text, look }: Story): string {
  const commands = look.map((command) => {
    const [verb = '', ...rest] = command.split(' ');
    // The path of `explain` stands before the log.
    const args = verb === 'explain' ? [...rest, 'incident.gz'] : ['incident.gz', ...rest];
    return `tidemark ${verb} ${args.join(' ')}`;
  });
  return `# ${title}\n\n${text}\n\n\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n`;
}
