import type { VendorSigner } from "../../features/push/index.ts";

const TIMEOUT_MS = 30_000;
const MOST_WORDS = 300;

export interface VendorSignerOptions {
  readonly url: string;
  /** The operator's own key for the service; empty for none. */
  readonly key: string;
}

/** mdmcert.download, or what speaks its protocol: one POST of JSON, request and certificate as base64 of PEM. */
export const vendorSigner = ({ url, key }: VendorSignerOptions): VendorSigner => ({
  url: key === "" ? undefined : url,
  request: async ({ csr, email, encryptTo }) => {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "user-agent": "pomona" },
        body: JSON.stringify({ csr: base64(csr), email, key, encrypt: base64(encryptTo) }),
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const words = await readBounded(answer);
      if (!answer.ok) return `${answer.status} ${words}`.trim();
      return isSuccess(words) ? undefined : words;
    } catch (error) {
      return error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : "unknown";
    }
  },
});

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

async function readBounded(answer: Response): Promise<string> {
  let text = "";
  if (answer.body === null) return text;
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream()) as AsyncIterable<string>) {
    text += piece;
    // What lies beyond is nothing that a person would read.
    if (text.length > MOST_WORDS) break;
  }
  return text.slice(0, MOST_WORDS);
}

/** It answers 200 with `{"result": "success"}`, and with `{"result": "failure", "reason": ...}` when it refuses. */
function isSuccess(words: string): boolean {
  try {
    return (JSON.parse(words) as { readonly result?: unknown }).result === "success";
  } catch {
    return false;
  }
}
