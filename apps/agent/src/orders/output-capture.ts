import { StringDecoder } from "node:string_decoder";

type Stream = "stdout" | "stderr";

/** Pieces of live output are collected this long, or until this many UTF-16 units. */
const PIECE_MS = 50;
const PIECE_UNITS = 16_384;

/** Both streams of a script as one text, cut at a limit between two characters, and in pieces while it runs. */
export interface OutputCapture {
  write(stream: Stream, bytes: Buffer): void;
  /** Call it once, when both streams have ended. */
  end(): { readonly output: string; readonly outputTruncated: boolean };
}

/** @param limitBytes UTF-8 bytes of text that are kept and shown */
export function captureOutput(limitBytes: number, onPiece: (stream: Stream, text: string) => void): OutputCapture {
  const decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  const kept: string[] = [];
  let room = limitBytes;
  let isCut = false;
  let piece: { readonly stream: Stream; text: string } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const { stream, text } = piece ?? { stream: "stdout", text: "" };
    piece = undefined;
    for (let at = 0; at < text.length; ) {
      const end = pieceEnd(text, at);
      onPiece(stream as Stream, text.slice(at, end));
      at = end;
    }
  };
  const keep = (stream: Stream, text: string) => {
    if (text === "") return;
    const fitting = isCut ? "" : cutText(text, room);
    if (fitting.length < text.length) isCut = true;
    if (fitting === "") return;
    room -= Buffer.byteLength(fitting);
    kept.push(fitting);
    if (piece !== undefined && piece.stream !== stream) flush();
    piece ??= { stream, text: "" };
    piece.text += fitting;
    if (piece.text.length >= PIECE_UNITS) flush();
    else timer ??= setTimeout(flush, PIECE_MS);
  };
  return {
    write: (stream, bytes) => keep(stream, decoders[stream].write(bytes)),
    end() {
      keep("stdout", decoders.stdout.end());
      keep("stderr", decoders.stderr.end());
      flush();
      return { output: kept.join(""), outputTruncated: isCut };
    },
  };
}

/** The longest start of a text that has at most so many UTF-8 bytes and ends between two characters. */
export function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= maxBytes) return text;
  let end = Math.max(0, maxBytes);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

/** Never between the halves of a surrogate pair. */
function pieceEnd(text: string, start: number): number {
  const end = Math.min(text.length, start + PIECE_UNITS);
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
