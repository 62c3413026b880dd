/**
 * Unicode writes many characters in two ways, composed and decomposed. People see one; a disk keeps the one it was given, and a
 * keyboard gives mostly the composed one. So rules and paths are compared as composed text, whatever form each came in.
 */
export const composed = (text: string): string => (isPlain.test(text) ? text : text.normalize('NFC'));

/** ASCII is the same in every form; most paths end here. */
// oxlint-disable-next-line no-control-regex
const isPlain = /^[\u0000-\u007f]*$/;
