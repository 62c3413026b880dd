/** Files in the folder of a plugin whose change is one of the plugin. */
const loadable = /\.(?:[cm]?[jt]sx?|json|wasm|node)$/;
const apart = /(?:^|\/)(?:node_modules|\.[^/]*)(?:\/|$)/;

/** What packages bring, what is hidden, and what no module can be, as the output of the run itself, is no reason to load it anew. */
export const mayBeImported = (path: string): boolean => loadable.test(path) && !apart.test(path);
