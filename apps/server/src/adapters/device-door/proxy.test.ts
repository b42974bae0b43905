import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { TLSSocket } from "node:tls";
import type { TenantId } from "@pomona/facts";
import { encodePem } from "@pomona/pki";
import { privateKeyToPem } from "@pomona/pki/node";
import { buildXmlPlist } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";
import { TrustedProxies } from "./trusted-proxies.ts";

type Form = "rfc9440" | "pem";
/** The proxies stand on 127.0.0.2; whoever else connects does so from 127.0.0.1. */
const PROXY = "127.0.0.2";

/** A proxy that ends TLS and tells of the client's certificate, as nginx, Caddy and HAProxy do. */
async function startProxy(
  rig: DeviceRig,
  options: { readonly from: string; readonly form: Form; readonly header: string },
) {
  const server = createServer(
    {
      key: rig.tls.key,
      cert: rig.tls.certificate,
      ca: rig.authority.rootPem,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (incoming, outgoing) => {
      const der = (incoming.socket as TLSSocket).getPeerX509Certificate()?.raw;
      const headers: OutgoingHttpHeaders = { ...incoming.headers };
      // Whatever the client wrote there itself is thrown away.
      delete headers[options.header];
      if (der !== undefined)
        headers[options.header] =
          options.form === "pem" ? encodeURIComponent(encodePem("CERTIFICATE", der)) : `:${der.toString("base64")}:`;
      headers["x-forwarded-for"] = `203.0.113.9, ${incoming.socket.remoteAddress}`;
      const onward = httpRequest(
        {
          host: "127.0.0.1",
          port: new URL(rig.plainUrl).port,
          localAddress: options.from,
          path: incoming.url!,
          method: incoming.method!,
          headers,
          agent: false,
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const statusOf = (
  make: (done: (answer: IncomingMessage) => void) => ReturnType<typeof httpRequest>,
  body: Uint8Array,
) =>
  new Promise<number>((resolve, reject) => {
    const sent = make((answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(body);
  });
const idle = (mac: TestMac) => Buffer.from(buildXmlPlist({ Status: "Idle", UDID: mac.udid }));
const type = { "content-type": "application/x-apple-aspen-mdm" };
/** A poll without Mdm-Signature: only the certificate says who it is. */
const through = (
  rig: DeviceRig,
  port: number,
  mac: TestMac,
  withCertificate = true,
  headers: OutgoingHttpHeaders = {},
) => {
  const client = withCertificate
    ? { cert: encodePem("CERTIFICATE", mac.identity!.certificate.raw), key: privateKeyToPem(mac.identity!.key) }
    : {};
  const options = {
    host: "localhost",
    port,
    path: "/mdm",
    method: "PUT",
    ca: rig.tls.ca,
    agent: false,
    headers: { ...type, ...headers },
    ...client,
  };
  return statusOf((done) => httpsRequest(options, done), idle(mac));
};
const directly = (rig: DeviceRig, mac: TestMac, headers: OutgoingHttpHeaders, localAddress: string) => {
  const { port } = new URL(rig.plainUrl);
  const options = {
    host: "127.0.0.1",
    port,
    path: "/mdm",
    method: "PUT",
    localAddress,
    agent: false,
    headers: { ...type, ...headers },
  };
  return statusOf((done) => httpRequest(options, done), idle(mac));
};
const rfc9440 = (mac: TestMac) => `:${Buffer.from(mac.identity!.certificate.raw).toString("base64")}:`;

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig({ trustedProxy: { addresses: [`${PROXY}/32`], header: "client-cert", form: "rfc9440" } });
  tenant = await rig.newTenant("Acme");
});
after(() => rig[Symbol.asyncDispose]());

test("case 10: through a proxy that ends TLS the certificate in its header says who asks (RFC 9440)", async () => {
  const mac = await enrolledMac(rig, tenant);
  await using proxy = await startProxy(rig, { from: PROXY, form: "rfc9440", header: "client-cert" });
  assert.equal(await through(rig, proxy.port, mac), 200);
  assert.equal(await through(rig, proxy.port, mac, false), 400, "who shows none is nobody");
  const spoofed = { "client-cert": rfc9440(mac) };
  assert.equal(await through(rig, proxy.port, mac, false, spoofed), 400, "the proxy throws a client's header away");
});

test("case 10: the same as URL-escaped PEM in a header of another name", async () => {
  await using other = await deviceRig({
    trustedProxy: { addresses: [PROXY], header: "x-ssl-client-cert", form: "pem" },
  });
  const mac = await enrolledMac(other, await other.newTenant("Acme"));
  await using proxy = await startProxy(other, { from: PROXY, form: "pem", header: "x-ssl-client-cert" });
  assert.equal(await through(other, proxy.port, mac), 200);
  assert.equal(
    await directly(other, mac, { "x-ssl-client-cert": rfc9440(mac) }, PROXY),
    400,
    "in the other form it is noise",
  );
});

// Fault: with a `has` of trusted-proxies.ts that takes every address this is red.
test("case 10: the header of any peer that is not the proxy is dropped", async () => {
  const mac = await enrolledMac(rig, tenant);
  const header = { "client-cert": rfc9440(mac) };
  assert.equal(await directly(rig, mac, header, "127.0.0.1"), 400);
  assert.equal(await directly(rig, mac, header, "127.0.0.3"), 400);
  assert.equal(await directly(rig, mac, header, PROXY), 200);
  await using stranger = await startProxy(rig, { from: "127.0.0.1", form: "rfc9440", header: "client-cert" });
  assert.equal(await through(rig, stranger.port, mac), 400, "a proxy that was not configured is nobody's word");
});

test("a header that comes twice, or that is no certificate, is none", async () => {
  const mac = await enrolledMac(rig, tenant);
  const [value] = [rfc9440(mac)];
  assert.equal(await directly(rig, mac, { "client-cert": [value, value] }, PROXY), 400);
  assert.equal(await directly(rig, mac, { "client-cert": ":AAAA:" }, PROXY), 403);
});

test("a proxy's own client certificate is never taken for a Mac's", async () => {
  await using local = await deviceRig({ trustedProxy: { addresses: ["127.0.0.1"], header: "client-cert" } });
  const mac = await enrolledMac(local, await local.newTenant("Acme"));
  assert.equal(
    await through(local, local.tlsPort, mac),
    400,
    "straight at the door, as a proxy would that forgot the header",
  );
});

test("X-Forwarded-For is believed from a proxy alone, and of it only what stands behind our own proxies", () => {
  const proxies = new TrustedProxies({ addresses: ["10.1.0.0/16", "192.0.2.7", "fd00::/8"], header: "client-cert" });
  const from = (peer: string, header?: string) =>
    proxies.read(peer, header === undefined ? {} : { "x-forwarded-for": header })?.address;
  assert.equal(from("10.1.9.9", "198.51.100.1, 203.0.113.5, 10.1.0.2"), "203.0.113.5");
  assert.equal(from("::ffff:10.1.9.9", "::ffff:203.0.113.5"), "203.0.113.5");
  assert.equal(from("fd00::1", "2001:db8::5"), "2001:db8::5");
  assert.equal(from("192.0.2.7"), "192.0.2.7");
  assert.equal(from("192.0.2.7", "not an address"), "192.0.2.7");
  assert.equal(from("192.0.2.8", "203.0.113.5"), undefined);
  assert.equal(from("", "203.0.113.5"), undefined);
});

test("what is neither an address nor a network is refused when the server starts", () => {
  for (const text of ["proxy.example", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/"])
    assert.throws(
      () => new TrustedProxies({ addresses: [text], header: "x" }),
      /neither an address nor a network/,
      text,
    );
});
