/** What may stand in a failure's text: no credentials, no pre-authenticated URLs, no control characters, not long. */

const textMax = 300;

export function redact(text: string): string {
  return (
    text
      .slice(0, 4 * textMax)
      // URLs lose everything behind the host: their query or path can be a credential.
      .replace(/(https?:\/\/[^\s/?#"'<>]+)[^\s"'<>]*/gi, '$1/…')
      .replace(/\b(bearer|tempauth|access_token|refresh_token|token|code)(=|:\s*|\s+)[^\s&"']{8,}/gi, '$1$2…')
      // JWTs and anything else that is long and random enough to be one.
      .replace(/\b[\w-]{20,}\.[\w-]{10,}(\.[\w-]*)?|\b[A-Za-z0-9+/_=-]{60,}/g, '…')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ')
      .trim()
      .slice(0, textMax)
  );
}

/** A name or path for a failure's text, quoted and without characters that act on a terminal. */
export function quoted(name: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = name.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
  return `"${plain.length > 400 ? `${plain.slice(0, 400)}…` : plain}"`;
}
