import type { DeviceHttp } from "../network/device-http.ts";

/** Makes an enrollment invitation through the server's API (`POST /enrollment-invitations`); answers its URL. */
export async function createInvitation(
  http: DeviceHttp,
  apiUrl: string,
  token: string,
  wanted: { readonly name: string; readonly maxUses: number },
): Promise<string> {
  const answer = await http.send({
    method: "POST",
    url: `${apiUrl.replace(/\/+$/, "")}/enrollment-invitations`,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: Buffer.from(JSON.stringify(wanted)),
  });
  const text = Buffer.from(answer.body).toString("utf8");
  if (answer.status !== 201)
    throw new Error(`the server answered ${answer.status} to a new invitation: ${text.slice(0, 300)}`);
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("url" in value) || typeof value.url !== "string") {
    throw new Error("the server's invitation has no url");
  }
  return value.url;
}
