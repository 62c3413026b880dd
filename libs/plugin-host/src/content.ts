/**
 * Content plugins, as uploader and downloader meet them. What a plugin makes of a file goes to the spool before the drive hears of it,
 * with the hashes of both: the upload can be checked, and goes on with the same bytes after an interruption, however the plugin made them.
 */
import type { ByteSource, ContentFigures, Random, Spool, SpooledFile } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import type {
  ChangedContent,
  ContentChange,
  ContentPath,
  WholeContentContext,
} from '@tidemark/plugin-sdk/unstable';
import { createFigures } from './content-figures.ts';
import { throughPlugin } from './content-stream.ts';
import { messageOf } from './fault.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { SetupError } from './setup-error.ts';

export interface HostContent extends ContentPath {
  /** What each content plugin says of its format and key, by name. Throws SetupError. To be asked after set-up. */
  formats(): ReadonlyMap<string, string>;
}

/** @param spool required as soon as there is a plugin that changes content. Throws SetupError */
export function createContent(
  all: () => readonly LoadedPlugin[],
  spool: Spool | undefined,
  random: Random,
  signal: AbortSignal,
): HostContent {
  const changing = (): LoadedPlugin[] => all().filter(({ plugin }) => plugin.content !== undefined);
  let formats: ReadonlyMap<string, string> | null = null;
  const formatsOf = (): ReadonlyMap<string, string> =>
    (formats ??= new Map(
      changing().map((loaded) => [loaded.name, formatOf(loaded, contextOf(loaded, signal))]),
    ));

  return {
    formats: formatsOf,
    of(path) {
      const file = { path, name: path.slice(path.lastIndexOf('/') + 1) };
      for (const loaded of changing()) {
        const { content } = loaded.plugin;
        const context = contextOf(loaded, signal);
        if (content === undefined || !applies(loaded, context, file)) continue;
        if (spool === undefined) throw withoutSpool(loaded.name);
        const format = formatsOf().get(loaded.name) ?? '';
        const stream = { plugin: loaded.name, path, signal, run: loaded.run };
        const change: ContentChange = {
          plugin: loaded.name,
          up: (_path, key, bytes) =>
            changed(
              spool,
              key === null ? null : `${key} ${loaded.name} ${loaded.version} ${format}`,
              `${path} ${random.uuid()}`,
              path,
              (told) =>
                throughPlugin({ ...stream, doing: 'upload', bytes: bytes(), told }, (given) =>
                  content.up(given, context, file),
                ),
            ),
          down: (_path, bytes) =>
            throughPlugin({ ...stream, doing: 'download', bytes }, (given) =>
              content.down(given, context, file),
            ),
        };
        return change;
      }
      return null;
    },
  };
}

const contextOf = ({ config, state, grant }: LoadedPlugin, signal: AbortSignal): WholeContentContext =>
  ({ ...grant, config, state, signal }) as WholeContentContext;

/** A plugin that cannot say keeps the file where it is: it must not go up as it is. */
function applies(
  { plugin, name, run }: LoadedPlugin,
  context: WholeContentContext,
  file: { readonly path: string; readonly name: string },
): boolean {
  try {
    const applied: unknown = run(() => plugin.content?.applies?.(file, context)) ?? true;
    if (typeof applied === 'boolean') return applied;
    throw new TypeError('it answered neither true nor false');
  } catch (error) {
    const detail = `Cannot tell whether "${file.path}" is to be changed: plugin "${name}": ${messageOf(error)}`;
    throw new Failure({ code: 'contentFailed', detail }, { cause: error });
  }
}

function formatOf({ plugin, name }: LoadedPlugin, context: WholeContentContext): string {
  const { format } = plugin.content ?? {};
  let said: unknown;
  try {
    said = typeof format === 'function' ? format(context) : format;
  } catch (error) {
    throw new SetupError(name, `it cannot say its format: ${messageOf(error)}`, 'Correct its settings');
  }
  if (typeof said === 'string' && /^[\x20-\x7e]{1,100}$/.test(said)) return said;
  throw new SetupError(
    name,
    'the format of its content is no short text',
    'Use up to 100 printable characters',
  );
}

export const withoutSpool = (plugin: string): SetupError =>
  new SetupError(
    plugin,
    'it changes content, for which this run has no place',
    'Remove the plugin from this run',
  );

const noteShape = z.object({
  drive: z.object({ sizeBytes: z.number(), hash: z.string() }),
  disk: z.object({ sizeBytes: z.number(), hash: z.string() }),
});

async function changed(
  spool: Spool,
  key: string | null,
  otherKey: string,
  path: string,
  make: (told: (figures: ContentFigures) => void) => AsyncIterable<Uint8Array>,
): Promise<ChangedContent> {
  const found = key === null ? null : await findProved(spool, key);
  if (found !== null) return found;
  const writer = await spool.create(key ?? otherKey, path);
  try {
    const read: ContentFigures[] = [];
    const made = createFigures();
    for await (const chunk of make((figures) => read.push(figures))) {
      made.add(chunk);
      await writer.write(chunk);
    }
    const [disk] = read;
    if (disk === undefined) throw new Error('The stream of a plugin ended without telling what it read');
    const figures = { drive: made.figures(), disk };
    return contentOf(await writer.finish(JSON.stringify(figures)), figures);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** A power cut may have taken bytes that the note tells of. */
async function findProved(spool: Spool, key: string): Promise<ChangedContent | null> {
  const file = await spool.find(key);
  if (file === null) return null;
  const figures = readNote(file.note);
  if (figures !== null && (await figuresOf(file)).hash === figures.drive.hash)
    return contentOf(file, figures);
  await file.discard();
  return null;
}

function readNote(note: string): z.output<typeof noteShape> | null {
  try {
    return noteShape.safeParse(JSON.parse(note)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function figuresOf(source: ByteSource): Promise<ContentFigures> {
  const read = createFigures();
  for await (const chunk of source.open(0)) read.add(chunk);
  return read.figures();
}

const contentOf = (file: SpooledFile, figures: z.output<typeof noteShape>): ChangedContent => ({
  ...figures,
  sizeBytes: file.sizeBytes,
  open: (offset) => file.open(offset),
  discard: () => file.discard(),
});
