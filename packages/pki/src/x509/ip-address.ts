import { PkiError } from "../pki-error.ts";

/** Text of 4 or 16 address octets (RFC 5952 for IPv6). */
export function formatIpAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  if (octets.length !== 16) throw new PkiError("x509.ip", "an IP address has 4 or 16 octets");
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number)).toString(16),
  );
  const text = groups.join(":");
  const longest = (text.match(/\b0(:0)+\b/g) ?? []).reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return text;
  const at = text.search(new RegExp(`(^|:)${longest}(:|$)`));
  const start = text[at] === ":" ? at + 1 : at;
  return `${text.slice(0, start).replace(/:$/, "")}::${text.slice(start + longest.length).replace(/^:/, "")}`;
}

/** Octets of an IPv4 or IPv6 address text. Throws PkiError `x509.ip`. */
export function parseIpAddress(text: string): Uint8Array {
  const octets = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  if (octets === undefined) throw new PkiError("x509.ip", "not an IP address");
  return octets;
}

function parseIpv4(text: string): Uint8Array | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split(".").map(Number);
  return octets.every((octet) => octet <= 255) ? Uint8Array.from(octets) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail] = halves;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}
