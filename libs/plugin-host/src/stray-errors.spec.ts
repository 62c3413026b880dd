/** In processes of their own, since one that ends is what this is about. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const index = fileURLToPath(new URL('./index.ts', import.meta.url));
const world = fileURLToPath(new URL('./spec-world.ts', import.meta.url));

/** Loads a file that does `top` and holds a plugin with `body`, and runs it for a moment. */
const runWith = (
  body: string,
  { ours = false, outside = '', top = '' } = {},
): Promise<{ readonly exitCode: number; readonly text: string }> => {
  const script = `
    import { NEVER } from 'rxjs';
    import { asFileOf, catchStrayErrors, createHost } from ${JSON.stringify(index)};
    import { createSpecWorld } from ${JSON.stringify(world)};
    catchStrayErrors();
    const { options, bus } = createSpecWorld();
    const file = async () => { ${top} return { name: 'stray', needs: { events: true }, ${body} }; };
    const plugin = await asFileOf(file, ({ name }) => name);
    const onFault = ({ details }) => console.log(details.detail);
    const host = createHost({ ...options, onFault, plugins: [{ plugin, ours: ${ours} }] });
    await host.start();
    await bus.publish('sync.home.event', [{ seq: 1, at: 1, source: 'engine', event: { type: 'NothingNew' } }]);
    ${outside}
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log('went on');`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '--eval', script], (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    );
  });
};

const failing = (name: string): string => `(() => { throw new Error('${name}'); })`;

it('the run goes on, and the plugin is named for each', async () => {
  const body = `
    setup: () => {
      void (async () => ${failing('a promise that it does not await')}())();
      setTimeout(${failing('a timer')}, 1);
    },
    observe: ({ events }) => {
      events.subscribe(${failing('a subscription of its own')});
      return NEVER;
    }`;
  const top = `
    void (async () => ${failing('what its file does when it is loaded')}())();
    setTimeout(${failing('a timer of its file')}, 1);`;
  const ended = await runWith(body, { top });
  expect(ended.exitCode, ended.text).toBe(0);
  expect(ended.text.trim().split('\n').toSorted()).toEqual([
    ...[
      ...['a promise that it does not await', 'a subscription of its own', 'a timer', 'a timer of its file'],
      'what its file does when it is loaded',
    ].map((what) => `Plugin "stray" started something and did not catch how it failed: ${what}`),
    'went on',
  ]);
});

it('what fails in no plugin, or in one of ours, ends the process as it does without this', async () => {
  for (const ended of await Promise.all([
    runWith('', { outside: `void (async () => ${failing('late')}())();` }),
    runWith(`setup: () => void setTimeout(${failing('late')}, 1)`, { ours: true }),
  ])) {
    expect(ended.exitCode, ended.text).toBe(1);
    expect(ended.text).toMatch(/^Error: late$/m);
    expect(ended.text).not.toContain('went on');
  }
});
