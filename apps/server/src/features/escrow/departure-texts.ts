import type { DepartureStepName } from "@pomona/contract";

/** What each step says of itself: what it does and why, and what macOS lets nobody do from afar. */
export const STEP_TEXTS: Readonly<
  Record<DepartureStepName, { readonly title: string; readonly text: string; readonly limit: string | null }>
> = {
  escrow: {
    title: "Check what is in escrow",
    text:
      "Looks whether the bootstrap token is here, whether the FileVault recovery key opens the disk, and which accounts have a " +
      "secure token. With the token the next person gets in by logging in once; with the key alone the disk can be opened, once.",
    limit: null,
  },
  decide: {
    title: "Erase, or hand over",
    text:
      "Erasing is the clean way: the next person starts in Setup Assistant. Handing over keeps the disk with all that is on it; " +
      "choose it when data or installed software must stay.",
    limit: null,
  },
  update: {
    title: "Update macOS",
    text:
      "On Apple silicon an update needs an owner of the volume. The bootstrap token stands in for one, so that the Mac can be " +
      "updated while nobody can log in.",
    limit: "From macOS 27 updates are asked for by declarations; there the Mac has to be updated by hand for now.",
  },
  account: {
    title: "Choose the next person's account",
    text:
      "An account that is there, or a new one. The agent makes a new one with a password that is kept in escrow: reveal it to " +
      "the person who logs in first, and have it changed.",
    limit:
      "macOS gives a new account no secure token now. The documented ways need the password of an account that has one, and the " +
      "escrowed bootstrap token cannot be spent on a named account.",
  },
  login: {
    title: "Log in once at the Mac",
    text:
      "At the first login at the login window macOS fetches the bootstrap token and gives the account a secure token, which " +
      "makes it an owner of the volume. The agent sees it within minutes.",
    limit:
      "Nobody can log in from afar: somebody has to sit at the Mac. With FileVault on, a Mac that is switched off starts at a " +
      "screen that only knows accounts with a secure token: unlock it with the recovery key, and log in from there.",
  },
  verify: {
    title: "Verify",
    text:
      "The account has a secure token and owns the volume, the bootstrap token is still here, and the recovery key opens the " +
      "disk. Only then take the old account off the Mac.",
    limit:
      "Removing the last account with a secure token locks everybody out for good; macOS refuses it, and so should you.",
  },
};
