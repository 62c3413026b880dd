/** Whether a plugin fits the SDK of this host. Asked before anything else of it is looked at: another SDK may know other shapes. */
import { sdkVersion } from '@tidemark/plugin-sdk';
import satisfies from 'semver/functions/satisfies.js';
import ltr from 'semver/ranges/ltr.js';
import validRange from 'semver/ranges/valid.js';
import { SetupError } from './setup-error.ts';

/** `sdk`: the range that it declares; a plugin without one fits any version. Throws SetupError. */
export function assertFitsSdk(
  { name, sdk }: { readonly name: string; readonly sdk?: string | undefined },
  version: string = sdkVersion,
): void {
  if (sdk === undefined) return;
  if (validRange(sdk) === null) {
    throw new SetupError(
      name,
      `its "sdk" is "${sdk}", which is no range of versions`,
      `Write the versions of @tidemark/plugin-sdk that it fits, such as sdk: '^${version}'`,
    );
  }
  if (satisfies(version, sdk)) return;
  throw new SetupError(
    name,
    `it fits @tidemark/plugin-sdk ${sdk}, and this Tidemark has ${version}`,
    ltr(version, sdk)
      ? 'Update Tidemark, or install an older version of the plugin'
      : `Install a version of the plugin that fits ${version}`,
  );
}
