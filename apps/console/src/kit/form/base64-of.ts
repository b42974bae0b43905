/** In pieces: a call with a megabyte of arguments is refused. */
const PIECE = 32_768;

/** Bytes as base64. */
export const base64Of = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
};

/** Whether a pattern asks for base64. */
export const isBase64Pattern = (pattern: string | undefined): boolean => pattern?.startsWith("^[A-Za-z0-9+/]") ?? false;
