import type { TenantId } from "@pomona/facts";

/** The addresses of one tenant's ACME server. */
export function acmeUrls(deviceUrl: string, tenantId: TenantId) {
  const base = `${deviceUrl}/acme/${tenantId}`;
  return {
    directory: `${base}/directory`,
    newNonce: `${base}/new-nonce`,
    newAccount: `${base}/new-account`,
    newOrder: `${base}/new-order`,
    keyChange: `${base}/key-change`,
    revokeCert: `${base}/revoke-cert`,
    account: (id: string) => `${base}/account/${id}`,
    accountOrders: (id: string) => `${base}/account/${id}/orders`,
    order: (id: string) => `${base}/order/${id}`,
    finalize: (id: string) => `${base}/order/${id}/finalize`,
    authorization: (id: string) => `${base}/authz/${id}`,
    challenge: (id: string) => `${base}/challenge/${id}`,
    certificate: (id: string) => `${base}/certificate/${id}`,
  };
}
export type AcmeUrls = ReturnType<typeof acmeUrls>;
