import type { Order } from "@pomona/contract";
import { useEffect, useRef, useState } from "react";
import { useLiveEvents } from "../../client/live/live-provider.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { Panel } from "../../kit/page.tsx";
import { type OutputPiece, readPiece, withPiece } from "./live-output.ts";
import { isFinal } from "./order-words.ts";

/** What the order prints: piece by piece while it runs, and as the Mac reported it in the end. Follows its lower edge. */
export const OrderOutput = ({ order }: { order: Order }) => {
  const [pieces, setPieces] = useState<readonly OutputPiece[]>([]);
  const waiting = useRef<OutputPiece[]>([]);
  const frame = useRef(0);
  const output = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  useLiveEvents((event) => {
    const piece = event.type === "order.output" ? readPiece(event.data, order.id) : null;
    if (piece === null) return;
    waiting.current.push(piece);
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const arrived = waiting.current.splice(0);
      const element = output.current;
      follows.current = element === null || element.scrollHeight - element.scrollTop - element.clientHeight < 40;
      setPieces((held) => arrived.reduce(withPiece, held));
    });
  });
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const final = isFinal(order.state);
  const result = order.result;
  const text = result !== null ? result.output : pieces.map((piece) => piece.text).join("");
  useEffect(() => {
    if (follows.current && output.current !== null && !final) output.current.scrollTop = output.current.scrollHeight;
  }, [text, final]);
  const data = result?.data;
  return (
    <Panel title="Output" beside={result?.outputTruncated ? "cut at the limit" : final ? undefined : "as it comes"}>
      {text !== "" && <CodeBlock ref={output} text={text} label="Output" maxHeight={480} />}
      {text === "" && (data === null || data === undefined) && (
        <span data-dimmed>{final ? "It printed nothing." : "Nothing printed yet."}</span>
      )}
      {data !== null && data !== undefined && <CodeBlock text={JSON.stringify(data, null, 2)} label="Answer" />}
    </Panel>
  );
};
