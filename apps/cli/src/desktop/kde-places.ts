/**
 * The places of KDE's file manager: an XML file that other programs write as well. What is ours is put in front of its end, and found
 * again by our mark; nothing else in it is read or written anew.
 */

/** null: the folder has a place already, or the file is not one of places. */
export function withPlace(text: string, uri: string, label: string, icon: string): string | null {
  const whole = text.trim() === '' ? emptyPlaces : text;
  const end = whole.lastIndexOf('</xbel>');
  if (end === -1 || whole.includes(` href="${inXml(uri)}"`)) return null;
  return whole.slice(0, end) + placeOf(uri, label, icon) + whole.slice(end);
}

/** null: no place of ours is there. */
export function withoutPlace(text: string, uri: string): string | null {
  const places = text.match(/[ \t]*<bookmark\b[^>]*>[\s\S]*?<\/bookmark>[ \t]*\n?/g) ?? [];
  const own = places.find((place) => place.includes(` href="${inXml(uri)}"`) && place.includes(mark));
  return own === undefined ? null : text.replace(own, () => '');
}

const mark = '<ID>tidemark</ID>';

const placeOf = (uri: string, label: string, icon: string): string =>
  [
    ` <bookmark href="${inXml(uri)}">`,
    `  <title>${inXml(label)}</title>`,
    '  <info>',
    '   <metadata owner="http://freedesktop.org">',
    `    <bookmark:icon name="${icon}"/>`,
    '   </metadata>',
    '   <metadata owner="http://www.kde.org">',
    `    ${mark}`,
    '   </metadata>',
    '  </info>',
    ' </bookmark>',
    '',
  ].join('\n');

const emptyPlaces = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<!DOCTYPE xbel>',
  '<xbel xmlns:bookmark="http://www.freedesktop.org/standards/desktop-bookmarks" xmlns:kdepriv="http://www.kde.org/kdepriv">',
  '</xbel>',
  '',
].join('\n');

/** As every program writes it that rewrites the file. */
const inXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
