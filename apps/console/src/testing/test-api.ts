import https from "node:https";

/** One request to the API below `/api/v1`; what is not a success is an error with the server's words. */
export type TestApi = <Answer = unknown>(
  method: string,
  path: string,
  tenantId: string,
  body?: unknown,
) => Promise<Answer>;

/** The API as a token's owner sees it. `ca` is PEM. */
export const testApi =
  (apiUrl: string, ca: string, token: string): TestApi =>
  <Answer>(method: string, path: string, tenantId: string, body?: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        "pomona-tenant": tenantId,
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
      };
      const request = https.request(apiUrl + path, { method, ca, agent: false, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const received = Buffer.concat(parts).toString();
          if ((answer.statusCode ?? 500) >= 300)
            reject(new Error(`${method} ${path}: ${answer.statusCode} ${received}`));
          else resolve(JSON.parse(received === "" ? "{}" : received) as Answer);
        });
      });
      request.on("error", reject);
      request.end(text);
    });
