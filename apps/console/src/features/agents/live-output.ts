/** A piece of a running order's output. */
export interface OutputPiece {
  readonly seq: number;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** The most that is kept while it runs; the whole comes with the result. */
const KEPT_CHARACTERS = 400_000;

/** Takes one more piece: in order of `seq`, each once, the oldest let go when it grows too long. */
export const withPiece = (pieces: readonly OutputPiece[], piece: OutputPiece): readonly OutputPiece[] => {
  if (pieces.some((each) => each.seq === piece.seq)) return pieces;
  const place = pieces.findLastIndex((each) => each.seq < piece.seq) + 1;
  const all = [...pieces.slice(0, place), piece, ...pieces.slice(place)];
  let length = all.reduce((sum, each) => sum + each.text.length, 0);
  let first = 0;
  while (length > KEPT_CHARACTERS && first < all.length - 1) length -= all[first++]!.text.length;
  return all.slice(first);
};

/** Reads a piece of this order from the stream's data; null when it is another's or none. */
export const readPiece = (data: Readonly<Record<string, unknown>>, orderId: string): OutputPiece | null =>
  data["orderId"] === orderId && typeof data["seq"] === "number" && typeof data["text"] === "string"
    ? { seq: data["seq"], stream: data["stream"] === "stderr" ? "stderr" : "stdout", text: data["text"] }
    : null;
