import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { vendorSigner } from "./vendor-signer.ts";

let answer: { status: number; body: string };
const asked: { readonly headers: Record<string, unknown>; readonly body: unknown }[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (piece: Buffer) => {
    body += piece.toString();
  });
  request.on("end", () => {
    asked.push({ headers: request.headers, body: JSON.parse(body) as unknown });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.body);
  });
});
let url: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/signrequest`;
});
after(() => server.close());

const order = { csr: "CSR", email: "it@example.org", encryptTo: "CERT" };

test("a request is sent as the service wants it: request and certificate as base64 of PEM, with the operator's key", async () => {
  answer = { status: 200, body: '{"result": "success"}' };
  assert.equal(await vendorSigner({ url, key: "own" }).request(order), undefined);
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  assert.deepEqual(asked.at(-1)!.body, {
    csr: base64("CSR"),
    email: "it@example.org",
    key: "own",
    encrypt: base64("CERT"),
  });
  assert.equal(asked.at(-1)!.headers["content-type"], "application/json");
});

test("a refusal comes back in the service's words, bounded; without a key it is not used at all", async () => {
  answer = { status: 200, body: '{"result": "failure", "reason": "unknown email"}' };
  assert.match((await vendorSigner({ url, key: "own" }).request(order))!, /unknown email/);
  answer = { status: 500, body: "x".repeat(1_000_000) };
  assert.ok((await vendorSigner({ url, key: "own" }).request(order))!.length < 400);
  assert.match((await vendorSigner({ url: "http://127.0.0.1:1/", key: "own" }).request(order))!, /./);
  assert.equal(vendorSigner({ url, key: "" }).url, undefined);
});
