/** The version of this SDK, as in its package.json. What a plugin says in `sdk` is compared with it. */
export const sdkVersion = '1.0.0';
