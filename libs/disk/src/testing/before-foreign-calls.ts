/** Stands between the library and the functions of C libraries that it calls. To be called before the library is imported. */
export function beforeForeignCalls(act: () => void): void {
  const getBuiltinModule = process.getBuiltinModule.bind(process);
  Reflect.set(process, 'getBuiltinModule', (name: string): unknown => {
    const found: unknown = Reflect.apply(getBuiltinModule, process, [name]);
    if (name !== 'node:ffi' || typeof found !== 'object' || found === null) return found;
    const dlopen: unknown = Reflect.get(found, 'dlopen');
    if (typeof dlopen !== 'function') return found;
    return {
      dlopen: (...all: unknown[]) => {
        const { functions } = Reflect.apply(dlopen, found, all) as {
          readonly functions: Readonly<Record<string, (...each: unknown[]) => unknown>>;
        };
        const watched = Object.entries(functions).map(([key, run]) => [
          key,
          (...each: unknown[]) => {
            act();
            return run(...each);
          },
        ]);
        return { functions: Object.fromEntries(watched) as unknown };
      },
    };
  });
}
