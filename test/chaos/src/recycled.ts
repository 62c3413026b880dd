import type { DriveOperations } from '@tidemark/graph-simulator';

/** Hashes of all files in the recycle bin, those in removed folders as well. */
export function filesBelow({ model }: DriveOperations): string[] {
  return model
    .recycled()
    .flatMap((removed) => [...model.items(removed)])
    .flatMap((item) => (item.content === undefined ? [] : [item.content.quickXorHash()]));
}
