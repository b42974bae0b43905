/** One line that is written over on a terminal, and a line per change elsewhere. */
export function progressTo(stream: NodeJS.WriteStream, macs: number): (text: string | undefined) => void {
  let last = "";
  return (text) => {
    if (text === undefined) {
      if (stream.isTTY) stream.write("\r\x1b[K");
      return;
    }
    if (text === last || macs === 0) return;
    last = text;
    stream.write(stream.isTTY ? `\r\x1b[K${text}` : `pomona: ${text}\n`);
  };
}
