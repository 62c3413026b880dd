/** Names from the drive are hostile until checked: a name that cannot be one component of a path never becomes one. */

export function isSafeName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.length > 1024) return false;
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if (code === 0 || code === 47) return false;
  }
  return name.isWellFormed();
}

/** What stands for an unsafe name in a row: recognisable, and harmless wherever it ends up. */
export function markedName(name: string): string {
  // eslint-disable-next-line no-control-regex
  const shown = name
    .slice(0, 200)
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f/\\]|^\.{1,2}$|^$/g, '\ufffd');
  return shown === '' ? '\ufffd' : shown;
}
