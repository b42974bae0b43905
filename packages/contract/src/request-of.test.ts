import assert from "node:assert/strict";
import { test } from "node:test";
import { cancelCommand, createRule, listDevices, placeOrder, showDevice } from "./index.ts";
import { requestOf } from "./request-of.ts";

test("a field that the path names goes into the path, encoded", () => {
  assert.deepEqual(requestOf(showDevice, { deviceId: "a/b?c" }), {
    method: "GET",
    url: "/api/v1/devices/a%2Fb%3Fc",
    body: null,
  });
});

test("the rest of a read goes into the query, and what is undefined nowhere", () => {
  const question: Parameters<typeof requestOf<typeof listDevices>>[1] = {
    q: "ana & co",
    agent: "online",
    limit: 200,
  };
  const { url } = requestOf(listDevices, { ...question, ...({ model: undefined } as object) });
  assert.equal(url, "/api/v1/devices?q=ana%20%26%20co&agent=online&limit=200");
});

test("a read without fields has no question mark", () => {
  assert.equal(requestOf(listDevices, {}).url, "/api/v1/devices");
});

test("the rest of a change goes into the body", () => {
  const request = requestOf(placeOrder, { deviceId: "d1", type: "ping", expiresInSeconds: 60 });
  assert.equal(request.url, "/api/v1/devices/d1/orders");
  assert.deepEqual(JSON.parse(request.body ?? ""), { type: "ping", expiresInSeconds: 60 });
});

test("a deletion has no body", () => {
  assert.deepEqual(requestOf(cancelCommand, { deviceId: "d", commandId: "c" }), {
    method: "DELETE",
    url: "/api/v1/devices/d/commands/c",
    body: null,
  });
});

test("a path without its field is refused before anything is sent", () => {
  assert.throws(() => requestOf(showDevice, { deviceId: "" }), /needs deviceId/);
});

test("nested input stays as it is", () => {
  const rule = { name: "x", match: { name: { exact: "a" } }, mode: "block", scope: { tenant: true } } as const;
  assert.deepEqual(JSON.parse(requestOf(createRule, rule).body ?? ""), rule);
});
