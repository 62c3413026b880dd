/** Whether a path names the sync folder itself (`''`) or something below it: never absolute, never with a way out. */
export function isPathInside(path: string): boolean {
  if (path === '') return true;
  return (
    !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
