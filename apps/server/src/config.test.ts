import assert from "node:assert/strict";
import { test } from "node:test";
import { configFrom, readSettings, SETTINGS } from "./config.ts";

const shipped = { consoleDir: "/console", version: "0.0.0" };

test("without variables every setting has its default", () => {
  const config = configFrom(readSettings({ PATH: "/bin" }), shipped);
  assert.deepEqual(config.ports, { api: 8443, device: 8444, agent: 8883 });
  assert.equal(config.tls, undefined);
});

test("an unknown variable with our prefix is refused, and the known ones are named", () => {
  assert.throws(
    () => readSettings({ POMONA_PROT: "1" }),
    /POMONA_PROT is not a setting of Pomona. Known are: .*POMONA_API_PORT/,
  );
});

test("a port that is none is refused by its name", () => {
  for (const port of ["x", "-1", "65536", "1.5"]) {
    assert.throws(
      () => configFrom(readSettings({ POMONA_API_PORT: port }), shipped),
      /POMONA_API_PORT has to be a port/,
    );
  }
});

test("a certificate without its key or its root is refused", () => {
  assert.throws(
    () => configFrom(readSettings({ POMONA_TLS_CERT: "a.pem", POMONA_TLS_KEY: "b.pem" }), shipped),
    /go together/,
  );
});

test("each setting is told in a sentence", () => {
  for (const { env, doc } of Object.values(SETTINGS)) assert.match(doc, /\.$/, env);
});
