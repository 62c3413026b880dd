/** `plugin list`: which plugins a run would have, and where. */
import type { CommandContext } from '../context.ts';
import { pluginsOfRun } from './choose-plugin.ts';

export async function listPlugins(context: CommandContext, json: boolean): Promise<number> {
  const { output, profile } = context;
  const { here, elsewhere } = await pluginsOfRun(context);
  const all = [
    ...here.map(
      ({
        plugin: { name, version = profile.version, needs = {}, handle = {}, observe, rules = {}, content },
      }) => ({
        ...{ name, version, place: 'daemon', observes: observe !== undefined, handles: Object.keys(handle) },
        ...{
          rules: (['ignore', 'resolve'] as const).filter((rule) => rules[rule] !== undefined),
          changesContent: content !== undefined,
          needs,
        },
      }),
    ),
    ...elsewhere.map(({ name, handles }) => ({ name, place: 'elsewhere', handles })),
  ];
  for (const one of all) {
    if (json) output.line(JSON.stringify(one));
    else {
      const handles = one.handles.length === 0 ? '' : `  ${one.handles.join(', ')}`;
      const version = 'version' in one ? one.version : '';
      output.line(`${one.name.padEnd(16)} ${version.padEnd(8)} ${one.place.padEnd(9)}${handles}`);
    }
  }
  return 0;
}
