/** Others ask over HTTP or look a certificate up in `tenants`: nothing of revocation is for other features. */
export {};
