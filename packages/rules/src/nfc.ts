const BEYOND_ASCII = /[^ -~]/;

/** Text in Unicode NFC: HFS+ and some installers store decomposed names, people type composed ones. ASCII costs one scan. */
export function nfc(text: string): string {
  return BEYOND_ASCII.test(text) ? text.normalize("NFC") : text;
}
