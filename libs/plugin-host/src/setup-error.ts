/** SetupError: a plugin cannot be part of this run. Says which plugin, what is wrong and what would make it right. */

export class SetupError extends Error {
  readonly plugin: string;
  readonly remedy: string;
  constructor(plugin: string, detail: string, remedy: string) {
    super(`Cannot start plugin "${plugin}": ${detail}. ${remedy}`);
    this.name = 'SetupError';
    this.plugin = plugin;
    this.remedy = remedy;
  }
}
