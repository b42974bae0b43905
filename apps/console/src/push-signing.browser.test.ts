import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { showPush } from "@pomona/contract";
import type { Page } from "playwright-core";
import { withoutBrowser } from "./testing/chromium.ts";
import { startConsole, type TestConsole } from "./testing/harness.ts";
import { seriousFaults } from "./testing/serious-faults.ts";
import { until } from "./testing/until.ts";

describe("the way to a push certificate in the console", { skip: withoutBrowser }, () => {
  let running: TestConsole;
  let service: Server;
  let folder: string;
  /** What the signing service was last asked. */
  let asked: { csr: string; encrypt: string } | undefined;
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "pomona-signing-"));
    const name = (cn: string) => ["-subj", `/CN=${cn}`];
    const key = (of: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", `${of}.key`];
    openssl("req", "-x509", ...key("root"), "-out", "root.pem", "-days", "30", ...name("Root"));
    openssl("req", ...key("vendor"), "-out", "vendor.csr", ...name("Vendor of the orchard"));
    const issuer = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"];
    openssl("x509", "-req", "-in", "vendor.csr", ...issuer, "-out", "vendor.pem", "-days", "20");
    writeFileSync(file("chain.pem"), readFileSync(file("vendor.pem"), "utf8") + readFileSync(file("root.pem"), "utf8"));
    service = createServer((request, response) => {
      void request.toArray().then((pieces) => {
        asked = JSON.parse(Buffer.concat(pieces).toString("utf8")) as typeof asked;
        response.end(JSON.stringify({ result: "success" }));
      });
    });
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
    const { port } = service.address() as AddressInfo;
    running = await startConsole({ signingUrl: `http://127.0.0.1:${port}/sign` });
  });
  after(async () => {
    service?.close();
    rmSync(folder, { recursive: true, force: true });
    await running?.[Symbol.asyncDispose]();
  });

  const step = (page: Page, title: string) => page.getByRole("listitem", { name: title, exact: true });
  const makeRequest = async (page: Page): Promise<string> => {
    const request = step(page, "Make a certificate request");
    await request.getByLabel("Organization").fill("Orchard");
    await request.getByLabel("Email").fill("mdm@orchard.example");
    await request.getByRole("button", { name: "Make the request" }).click();
    return (await request.getByRole("region", { name: "Certificate request" }).textContent()) ?? "";
  };

  test("a request is signed with a vendor certificate of one's own, and a certificate of another topic is refused in words", async () => {
    const { page, go, errors } = await running.open();
    await go("/enrollment/push");
    const csr = await makeRequest(page);
    writeFileSync(file("request.csr"), csr);
    openssl("req", "-in", "request.csr", "-outform", "DER", "-out", "request.der");
    openssl("dgst", "-sha256", "-sign", "vendor.key", "-out", "signature.bin", "request.der");
    const sign = step(page, "Have it signed by an MDM vendor");
    await sign.getByRole("radio", { name: "With a vendor certificate of your own" }).check();
    const choose = async (label: string, name: string) => {
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        sign.getByRole("button", { name: `Choose a file: ${label}` }).click(),
      ]);
      await chooser.setFiles(file(name));
      const bytes = readFileSync(file(name));
      const text = bytes.every((byte) => byte < 0x80) ? bytes.toString("utf8") : bytes.toString("base64");
      await until(`${name} in the form`, async () =>
        (await sign.getByRole("textbox", { name: label }).inputValue()) === text ? true : undefined,
      );
    };
    await choose("Signature", "signature.bin");
    await choose("Chain", "vendor.pem");
    await sign.getByRole("button", { name: "Check and put together" }).click();
    await sign
      .getByRole("alert")
      .getByText(/go on to the root/)
      .waitFor();
    await choose("Chain", "chain.pem");
    await sign.getByRole("button", { name: "Check and put together" }).click();
    await sign.getByText("Signed, and checked").waitFor();
    await sign.getByText(/Vendor of the orchard/).waitFor();
    assert.deepEqual(await seriousFaults(page), []);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      sign.getByRole("button", { name: "Download for Apple's portal" }).click(),
    ]);
    const plist = Buffer.from(readFileSync(await download.path(), "utf8"), "base64").toString("utf8");
    assert.match(plist, /PushCertRequestCSR/);

    const { topic } = await running.api.call(showPush, {});
    await step(page, "Give it to Apple's portal")
      .getByText(/never Create/)
      .waitFor();
    const upload = step(page, "Upload Apple's certificate");
    const field = upload.getByRole("textbox", { name: "Certificate" });
    await field.fill(running.apns.authority.sign(csr).certificatePem);
    await upload.getByRole("button", { name: "Upload", exact: true }).click();
    await upload.getByText("Not stored: it is for another topic").waitFor();
    await upload.getByText(/3 Macs are enrolled on it/).waitFor();
    assert.equal(await upload.getByRole("button", { name: "Change the topic all the same" }).count(), 0);
    await field.fill(running.apns.authority.sign(csr, { topic: topic ?? "", lifetimeDays: 400 }).certificatePem);
    await upload.getByRole("button", { name: "Upload", exact: true }).click();
    await page.getByText("Push certificate stored").waitFor();
    // The request is over: the next renewal begins with a new one.
    await step(page, "Make a certificate request").getByRole("button", { name: "Make the request" }).waitFor();
    assert.equal((await running.api.call(showPush, {})).state, "ready");
    assert.deepEqual(
      errors.filter((error) => !/status of 4\d\d/.test(error)),
      [],
    );
  });

  test("a request that was sent to mdmcert.download waits for the mail over a reload, and its answer is opened", async () => {
    const { page, go } = await running.open();
    await go("/enrollment/push?request=new");
    await makeRequest(page);
    const sign = step(page, "Have it signed by an MDM vendor");
    await sign.getByRole("radio", { name: "By mdmcert.download" }).check();
    await sign.getByLabel("Address that is registered there").fill("it@orchard.example");
    await sign.getByRole("button", { name: "Send the request" }).click();
    await sign.getByText("Sent", { exact: true }).waitFor();
    // Days later, at another desk.
    await go("/enrollment/push");
    await sign.getByText("Sent", { exact: true }).waitFor();
    const answer = sign.getByRole("textbox", { name: "The answer from the mail" });
    await answer.fill("<html>");
    await sign.getByText(/not hexadecimal digits only/).waitFor();
    writeFileSync(file("asked.csr"), Buffer.from(asked?.csr ?? "", "base64"));
    openssl("req", "-in", "asked.csr", "-outform", "DER", "-out", "asked.der");
    const signature = openssl("dgst", "-sha256", "-sign", "vendor.key", "asked.der").toString("base64");
    writeFileSync(
      file("plain"),
      portalList(readFileSync(file("asked.der")), signature, readFileSync(file("chain.pem"), "utf8")),
    );
    writeFileSync(file("to.pem"), Buffer.from(asked?.encrypt ?? "", "base64"));
    const cms = ["-encrypt", "-binary", "-aes-256-cbc", "-in", "plain", "-outform", "DER", "to.pem"];
    await answer.fill(openssl("cms", ...cms).toString("hex"));
    await sign.getByRole("button", { name: "Open the answer" }).click();
    await sign.getByText("Signed, and checked").waitFor();
  });
});

/** What a vendor hands out, as Apple describes it: base64 of a property list with request, chain and signature. */
const portalList = (csr: Uint8Array, signature: string, chain: string): string => {
  const entry = (key: string, value: string) => `<key>${key}</key><string>${value}</string>`;
  const body =
    entry("PushCertRequestCSR", Buffer.from(csr).toString("base64")) +
    entry("PushCertCertificateChain", chain) +
    entry("PushCertSignature", signature);
  const xml = `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>${body}</dict></plist>`;
  return Buffer.from(xml).toString("base64");
};
