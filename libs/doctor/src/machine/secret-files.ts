/** Whether other users can read the secret files. */
import { globSync, statSync } from 'node:fs';
import { judgementOf, type Finding } from '../finding.ts';

const { ok, warning, failed } = judgementOf('permissions');

/** `folder`: the config directory. `patterns`: what in it is secret. */
export function checkSecretFiles(folder: string, patterns: readonly string[]): readonly Finding[] {
  const files = patterns
    .flatMap((pattern) => globSync(pattern, { cwd: folder }))
    .map((name) => `${folder}/${name}`);
  const findings = files.flatMap((path) => {
    const { mode, uid } = statSync(path);
    const shown = (mode & 0o777).toString(8).padStart(4, '0');
    if ((mode & 0o077) !== 0)
      return [
        failed(
          `Others have access to ${path} (mode ${shown})`,
          `chmod 600 '${path}'; if others use this machine, log in anew: tidemark auth logout && tidemark auth`,
        ),
      ];
    const own = process.getuid?.();
    return own !== undefined && uid !== own
      ? [
          warning(
            `${path} belongs to another user (${uid})`,
            `Run Tidemark as that user, or: sudo chown ${own} '${path}'`,
          ),
        ]
      : [];
  });
  const { mode } = statSync(folder);
  if ((mode & 0o022) !== 0)
    findings.push(
      failed(`Others may write to ${folder} (mode ${(mode & 0o777).toString(8)})`, `chmod 700 '${folder}'`),
    );
  return findings.length > 0
    ? findings
    : [
        ok(
          `${files.length === 1 ? '1 file that holds secrets is' : `${files.length} files that hold secrets are`} for this user alone`,
        ),
      ];
}
