import type { CheckInHandler } from "./check-in.ts";

/** Network users get no channel of their own: 410 says so for good, where an error would make the Mac ask again. */
export const userAuthenticate: CheckInHandler<"UserAuthenticate"> = async () => ({ status: 410 });

/** We have no token for Managed Apple Accounts and none for pairing a watch; asking for one is no reason to fail. */
export const getToken: CheckInHandler<"GetToken"> = async () => ({ status: 400 });
