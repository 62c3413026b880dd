/** The plugins that the client is made of. Each of them can run in a process of its own. */
export const ownPlugins = [
  'delta',
  'watcher',
  'uploader',
  'downloader',
  'webhook',
  'socketio',
  'reporter',
] as const;

export const isOwnPlugin = (name: string): name is (typeof ownPlugins)[number] =>
  (ownPlugins as readonly string[]).includes(name);
