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
  if (name === '' || name === '.' || name === '..') return '\ufffd'.repeat(Math.max(1, name.length));
  let shown = '';
  for (const character of name.slice(0, 200).toWellFormed()) {
    const code = character.charCodeAt(0);
    shown += code < 32 || code === 127 || character === '/' || character === '\\' ? '\ufffd' : character;
  }
  return shown;
}
