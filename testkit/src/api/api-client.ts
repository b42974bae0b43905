import https from "node:https";
import { type ActionContract, type InputOf, type OutputOf, type Problem, requestOf } from "@pomona/contract";

/** Asks a Pomona server as a token would. */
export interface ApiClient {
  /** @throws ApiProblem what the server says is wrong */
  call<Contract extends ActionContract>(
    contract: Contract,
    input: InputOf<Contract>,
    options?: { readonly idempotencyKey?: string },
  ): Promise<OutputOf<Contract>>;
  close(): void;
}

export interface ApiClientOptions {
  /** Ends in `/api/v1`. */
  readonly apiUrl: string;
  /** PEM of the root that the server's certificate comes from; without it the public ones. */
  readonly ca?: string;
  readonly token: string;
  readonly tenantId?: string;
}

/** A problem as RFC 9457 has it, thrown. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.problem = problem;
  }
}

export function openApiClient({ apiUrl, ca, token, tenantId }: ApiClientOptions): ApiClient {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 16, ...(ca === undefined ? {} : { ca }) });
  const headers = {
    authorization: `Bearer ${token}`,
    ...(tenantId === undefined ? {} : { "pomona-tenant": tenantId }),
  };
  return {
    call: async (contract, input, options = {}) => {
      const { method, url, body } = requestOf(contract, input);
      const { status, text } = await send(new URL(url, apiUrl), method, body, agent, {
        ...headers,
        ...(options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey }),
      });
      if (status < 300) return JSON.parse(text) as OutputOf<typeof contract>;
      throw new ApiProblem(problemOf(status, text));
    },
    close: () => agent.destroy(),
  };
}

function send(
  url: URL,
  method: string,
  body: string | null,
  agent: https.Agent,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const content =
    body === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = https.request(url, { method, agent, headers: { ...headers, ...content } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
      );
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body ?? undefined);
  });
}

function problemOf(status: number, text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {
      type: "about:blank",
      title: "No problem document",
      status,
      code: "unreadable",
      detail: text.slice(0, 200),
    };
  }
}
