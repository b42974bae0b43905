/** Whether bytes are a text of printable ASCII and white space. */
const isText = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09);

/** What a file holds: its text, or the base64 of its bytes when they are no text, as of a signature. */
export const readFileText = async (file: Pick<Blob, "arrayBuffer">): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isText(bytes)) return new TextDecoder().decode(bytes);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
};
