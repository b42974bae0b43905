import { randomBytes } from "node:crypto";
import type { TenantId } from "@pomona/facts";
import { onFact } from "../../kernel/fact.ts";
import type { Feature, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type AgentPackage, INSTALL_SECONDS } from "../agents/index.ts";
import { readTenants } from "../tenants/index.ts";
import { agentFiles } from "./agent-files.ts";
import { contentRoutes, FILE_NAME } from "./content.http.ts";
import { contentMigrations, insertLinkKey, putBlob, putGrant, readLinkKey } from "./content.sql.ts";
import { manifestOf } from "./manifest.ts";
import type { BlobStore, BlobSummary, PackArchive } from "./ports.ts";
import { signGrant } from "./signed-link.ts";

export interface ContentOptions {
  readonly blobs: BlobStore;
  readonly pack: PackArchive;
  /** `https://host:8444`, asked for when links are made. */
  readonly deviceUrl: () => string;
  /** The agent's single-file bundle; without it Macs are offered no agent. */
  readonly agentBundle?: string;
  readonly version: string;
}

export interface ContentFeature {
  readonly feature: Feature;
  readonly agentPackage: AgentPackage;
}

const KEY_PLACE = { table: "content_keys", row: "links", field: "sealed_key" };

export function createContent(kernel: Kernel, options: ContentOptions): ContentFeature {
  const { blobs, pack, deviceUrl, agentBundle, version } = options;
  const platform = systemScope(PLATFORM, "content");
  let linkKey: Uint8Array | undefined;
  let agent: BlobSummary | undefined;
  const key = () => {
    if (linkKey === undefined) throw new Error("the content feature was not started");
    return linkKey;
  };

  const openKey = async () => {
    const sealed = await kernel.store.write(platform, async (tx) => {
      const known = await readLinkKey(tx);
      if (known !== undefined) return known;
      const made = kernel.vault.seal(PLATFORM, KEY_PLACE, randomBytes(32));
      await insertLinkKey(tx, made);
      return made;
    });
    linkKey = kernel.vault.open(PLATFORM, KEY_PLACE, sealed).expose();
  };

  const takeBundle = async (file: string) => {
    const archive = await pack(await agentFiles(file, version));
    const blob = await blobs.put(inPieces(archive));
    const tenants = await kernel.store.write(platform, async (tx) => {
      await putBlob(tx, blob);
      return readTenants(tx);
    });
    agent = blob;
    for (const { id } of tenants) {
      await kernel.store.write(systemScope(id, "content"), (tx) => putGrant(tx, blob.hash));
    }
    kernel.log.info("content.agent-package", { hash: blob.hash, sizeBytes: blob.size });
  };

  return {
    agentPackage: {
      manifestFor: (tenantId: TenantId) => {
        if (agent === undefined) return undefined;
        const expires = kernel.clock.now() + INSTALL_SECONDS * 1000;
        const link = signGrant(key(), { tenantId, hash: agent.hash, expires });
        return { ...manifestOf(agent, version), url: `${deviceUrl()}/content/${link}/${FILE_NAME}` };
      },
    },
    feature: {
      name: "content",
      migrations: contentMigrations,
      actions: [],
      routes: contentRoutes({ kernel, blobs, linkKey: key, deviceUrl, version }),
      factHandlers: [
        onFact<"tenant.created">({
          name: "content/on-tenant-created",
          types: ["tenant.created"],
          handle: async (tx) => {
            if (agent !== undefined) await putGrant(tx, agent.hash);
          },
        }),
      ],
      start: async () => {
        await openKey();
        if (agentBundle === undefined) return;
        await takeBundle(agentBundle).catch((error: unknown) => {
          if (!isDiskFull(error)) throw error;
          // Macs that have the agent go on with it; it is installed on none until the next start.
          kernel.log.error("content.no-agent-package", { error: String(error) });
        });
      },
    },
  };
}

const isDiskFull = (error: unknown): boolean =>
  ["ENOSPC", "EDQUOT", "store.full"].includes(String((error as { readonly code?: unknown }).code));

async function* inPieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_048_576) yield bytes.subarray(at, at + 1_048_576);
}
