/** Whether what was granted is enough. The service may grant less than was asked for, and also more: what was granted once before. */
import type { Access } from '@tidemark/graph';

export interface Granted {
  /** Permissions to files and sites, by their short names. */
  readonly names: readonly string[];
  /** What cannot be done at all for want of a permission, in a sentence; null when all can. */
  readonly missing: string | null;
  /** What goes without saying elsewhere. */
  readonly remarks: readonly string[];
}

/** @param scopes as the token endpoint lists them */
export function judgeGranted(scopes: readonly string[], wanted: Access): Granted {
  const names = [...new Set(scopes.map(shortName))].filter((name) => /^(files|sites)\./i.test(name)).sort();
  const has = (...any: readonly string[]): boolean =>
    any.some((name) => names.some((granted) => granted.toLowerCase() === name.toLowerCase()));
  const mayWrite = has('Files.ReadWrite', 'Files.ReadWrite.All');
  const mayRead = mayWrite || has('Files.Read', 'Files.Read.All');
  const remarks: string[] = [];
  if (mayRead && !has('Files.ReadWrite.All', ...(wanted === 'readOnly' ? ['Files.Read.All'] : [])))
    remarks.push('Only your own drive was granted: folders that others share with you cannot be synced');
  if (wanted === 'readOnly' && mayWrite)
    remarks.push(
      'Writing was granted although only reading was asked for: it was accepted at an earlier login',
    );
  return { names, remarks, missing: missingOf({ mayRead, mayWrite }, wanted) };
}

function missingOf(
  { mayRead, mayWrite }: { readonly mayRead: boolean; readonly mayWrite: boolean },
  wanted: Access,
): string | null {
  if (!mayRead) return 'No permission to read files was granted, so nothing can be synced';
  if (wanted === 'readWrite' && !mayWrite)
    return 'Only reading was granted, so nothing can be uploaded; set read_only_auth_scope with download_only if this is what you want';
  return null;
}

const shortName = (scope: string): string => scope.slice(scope.lastIndexOf('/') + 1);
