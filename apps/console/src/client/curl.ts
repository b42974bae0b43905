import { type ActionContract, type InputOf, requestOf } from "@pomona/contract";

/** Quotes for a POSIX shell: nothing within single quotes has a meaning. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The action as a curl command; the token stays a variable, so that a copy holds no secret. */
export const curlOf = <C extends ActionContract>(
  contract: C,
  input: InputOf<C>,
  where: { readonly origin: string; readonly tenantId: string | null },
): string => {
  const { method, url, body } = requestOf(contract, input);
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}${quoted(where.origin + url)}`,
    `-H "Authorization: Bearer $POMONA_TOKEN"`,
    ...(where.tenantId === null ? [] : [`-H ${quoted(`Pomona-Tenant: ${where.tenantId}`)}`]),
    ...(body === null
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(JSON.parse(body), null, 2))}`]),
  ].join(" \\\n  ");
};
