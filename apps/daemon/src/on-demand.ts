/** What a run that ends by itself does not need, and so does not load. */

export const loadMonitor = (): Promise<typeof import('./monitor/monitor-profile.ts')> =>
  import('./monitor/monitor-profile.ts');

export const loadCapabilities = (): Promise<typeof import('./capabilities.ts')> =>
  import('./capabilities.ts');

export const loadStatus = (): Promise<typeof import('./monitor/status-report.ts')> =>
  import('./monitor/status-report.ts');

export const loadPluginApart = (): Promise<typeof import('./plugins/run-plugin-apart.ts')> =>
  import('./plugins/run-plugin-apart.ts');

export const loadPluginKeys = (): Promise<typeof import('./plugins/plugin-keys.ts')> =>
  import('./plugins/plugin-keys.ts');

export const loadSharedFolders = (): Promise<typeof import('./shared-folders/sync-shared-folders.ts')> =>
  import('./shared-folders/sync-shared-folders.ts');
