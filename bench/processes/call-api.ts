import { Agent, request } from "node:https";

/** Asks the REST API; the answer's JSON. @throws Error for any other status than 2xx */
export type CallApi = <Answer = unknown>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** Over connections that are kept. `ca` is PEM, `apiUrl` ends in /api/v1. */
export function callApi(door: { readonly apiUrl: string; readonly ca: string; readonly token: string }): CallApi {
  const agent = new Agent({ keepAlive: true, ca: door.ca });
  return <Answer>(method: string, path: string, body?: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const headers = {
        authorization: `Bearer ${door.token}`,
        ...(bytes === undefined ? {} : { "content-type": "application/json", "content-length": bytes.length }),
      };
      const sent = request(`${door.apiUrl}${path}`, { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const status = answer.statusCode ?? 0;
          if (status < 200 || status > 299) reject(new Error(`${method} ${path} was answered ${status}: ${text}`));
          else resolve((text === "" ? undefined : JSON.parse(text)) as Answer);
        });
      });
      sent.on("error", reject);
      sent.end(bytes);
    });
}
