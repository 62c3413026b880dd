/** `plugin`: each step is loaded when it is wanted. */
import type { CommandContext } from '../context.ts';

export async function plugin(context: CommandContext): Promise<number> {
  const { action } = context.commandLine;
  if (action.type !== 'plugin') return 2;
  switch (action.step) {
    case 'list':
      return (await import('../plugin/list-plugins.ts')).listPlugins(context, action.output === 'json');
    case 'check':
      return (await import('../plugin/check-plugin.ts')).checkPlugin(context, action);
    case 'why':
      return (await import('../plugin/why-plugin.ts')).whyPlugin(context, action);
    case 'new':
      return (await import('../plugin/new-plugin.ts')).newPlugin(context, action);
    case 'dev':
      return (await import('../plugin/dev-plugin.ts')).devPlugin(context, action);
    case 'run':
      return (await import('../plugin/run-plugin.ts')).runPlugin(context, action);
    case 'key':
      return (await import('../plugin/make-plugin-key.ts')).makeKeyOfPlugin(context, action);
  }
}
