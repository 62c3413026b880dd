/** What comes after a plugin that calls `next`, in a test as in the daemon: Tidemark's own handlers. They watch nothing here. */
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import type { Plugin } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';

export interface OwnHandler {
  readonly plugin: Plugin;
  readonly config: object;
  readonly ours: true;
}

const own = (plugin: Plugin, config: object = {}): OwnHandler => {
  const { observe: _observe, ...handling } = plugin;
  return { plugin: handling, config, ours: true };
};

/** But for one of the same name, which the test is about. */
export const ownHandlers = (besides: string): readonly OwnHandler[] =>
  [
    own(delta),
    own(watcher, { watch: false }),
    own(uploader),
    own(downloader, { verifyDownloads: true }),
  ].filter(({ plugin }) => plugin.name !== besides);
