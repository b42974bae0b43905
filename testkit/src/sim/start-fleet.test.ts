import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startFakeMdmServer } from "../testing/fake-mdm-server.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { startFleet } from "./start-fleet.ts";

describe("a fleet of virtual Macs", { timeout: 120_000 }, () => {
  it("enrolls every Mac once, with one invitation for each tenant, and goes on where it was", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    const options = {
      apiUrl: `${server.url}/api/v1`,
      ca: server.ca.rootPem,
      tenants: [
        { token: "first", macs: 4 },
        { token: "second", macs: 2 },
      ],
      dataDir: folder.path,
      pollEveryMs: 50,
      appLaunches: { everyMs: 5, minerEvery: 4, openMs: 50 },
    };
    const fleet = startFleet(options);
    await fleet.settled;
    assert.deepEqual(fleet.failures, []);
    assert.deepEqual([fleet.counts().enrolled, fleet.counts().failed], [6, 0]);
    assert.deepEqual(server.invitations.map(({ token }) => token).toSorted(), ["Bearer first", "Bearer second"]);
    const serials = fleet.macs.map((mac) => mac.model.serialNumber);
    assert.equal(new Set(serials).size, 6);
    while (!server.reports.some((report) => report["UDID"] === fleet.macs[5]?.model.udid)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    while (fleet.counts().launches < 8) await new Promise((resolve) => setTimeout(resolve, 10));
    await fleet.stop();

    const again = startFleet(options);
    await again.settled;
    assert.deepEqual(
      again.macs.map((mac) => mac.model.serialNumber),
      serials,
    );
    assert.equal(again.counts().enrolled, 6);
    assert.equal(server.issued.length, 6);
    await again.stop();
  });

  it("says which Macs failed and why, and goes on with the others", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    server.answers.push({ status: 400 }, { status: 400 }, { status: 400 });
    const fleet = startFleet({
      apiUrl: `${server.url}/api/v1`,
      ca: server.ca.rootPem,
      tenants: [{ token: "t", macs: 3 }],
      dataDir: folder.path,
      concurrency: 1,
      pollEveryMs: 60_000,
      appLaunches: false,
    });
    await fleet.settled;
    assert.equal(fleet.counts().enrolled, 2);
    assert.match(fleet.failures.join(), /Mac 0: .*400/);
    await fleet.stop();
  });
});
