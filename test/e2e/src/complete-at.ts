/** What an editor offers while one writes: asked of the compiler's language server, as editors ask it. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const compiler = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace(/package\.json$/, 'bin/tsc');

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly items?: readonly unknown[] };
  readonly result?: { readonly items: readonly { readonly label: string }[] };
}

/** `text`: a module of the project, with `|` where the cursor is. Resolves to the names that are offered there. */
export async function completeAt(project: string, text: string): Promise<readonly string[]> {
  const offset = text.indexOf('|');
  const file = join(project, 'complete.ts');
  const source = text.replace('|', '');
  await writeFile(file, source);
  const server = spawn(process.execPath, [compiler, '--lsp', '--stdio'], { cwd: project });
  const answers = new Map<number, (message: Message) => void>();
  let received = Buffer.alloc(0);
  server.stdout.on('data', (piece: Buffer) => {
    received = Buffer.concat([received, piece]);
    for (;;) {
      const head = received.indexOf('\r\n\r\n');
      const [, length] = /Content-Length: (\d+)/.exec(received.subarray(0, head + 1).toString()) ?? [];
      const end = head + 4 + Number(length);
      if (head < 0 || received.length < end) return;
      take(JSON.parse(received.subarray(head + 4, end).toString()));
      received = received.subarray(end);
    }
  });
  const uri = pathToFileURL(file).href;
  try {
    await ask('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(project).href,
      capabilities: {},
    });
    send({ method: 'initialized', params: {} });
    send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text: source } },
    });
    const before = source.slice(0, offset).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const { result } = await ask('textDocument/completion', { textDocument: { uri }, position });
    return (result?.items ?? []).map(({ label }) => label.replace(/\?$/, '')).toSorted();
  } finally {
    server.kill();
  }

  /** What the server asks of an editor has no answer here. */
  function take({ id, method, params, ...message }: Message): void {
    if (id === undefined) return;
    if (method !== undefined) send({ id, result: params?.items?.map(() => null) ?? null });
    else answers.get(id)?.(message);
  }

  function ask(method: string, params: object): Promise<Message> {
    const id = answers.size + 1;
    return new Promise((resolve) => {
      answers.set(id, resolve);
      send({ id, method, params });
    });
  }

  function send(message: object): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }
}
