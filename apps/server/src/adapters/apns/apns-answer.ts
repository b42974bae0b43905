import type { PushResult } from "../../features/push/index.ts";

/** Apple's answer to a push: the reason and, with 410, since when the token is dead (ms). */
export function readAnswer(status: number, apnsId: string | null, body: string): PushResult {
  if (status === 200) return { status, reason: null, apnsId };
  const { reason, timestamp } = readJson(body);
  return {
    status,
    reason: typeof reason === "string" ? reason.slice(0, 200) : `status ${status}`,
    apnsId,
    ...(typeof timestamp === "number" && Number.isSafeInteger(timestamp) ? { invalidSince: timestamp } : {}),
  };
}

/** The reason in a GOAWAY's debug data, which Apple fills with JSON; undefined where there is none. */
export function readGoAway(data: Uint8Array | undefined): string | undefined {
  if (data === undefined || data.length === 0 || data.length > 10_000) return undefined;
  const { reason } = readJson(Buffer.from(data).toString("utf8"));
  return typeof reason === "string" ? reason.slice(0, 200) : undefined;
}

function readJson(text: string): { readonly reason?: unknown; readonly timestamp?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Node's code of a fault. A stream that never began names its session's fault as the cause. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.cause instanceof Error) return errorCode(error.cause);
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
