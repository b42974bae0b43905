import type { Departure, DepartureStepName } from "@pomona/contract";

/** Something to type in Terminal on the Mac, and what it tells or does. */
export interface MacCommand {
  readonly what: string;
  readonly command: string;
}

const TOKEN_STATUS: MacCommand = {
  what: "Whether the bootstrap token is escrowed: it should say “escrowed to server: YES”",
  command: "sudo profiles status -type bootstraptoken",
};
const OWNERS: MacCommand = {
  what: "Who owns the volume: look for “Volume Owner: Yes”",
  command: "diskutil apfs listUsers /",
};

/** A name that is safe to stand in a command as it is; others are left to the person who types. */
const isPlain = (name: string): boolean => /^[a-z_][a-z0-9_.-]{0,30}$/i.test(name);

const secureToken = (name: string): MacCommand => ({
  what: `Whether ${name} has a secure token: it should say “ENABLED”`,
  command: `sysadminctl -secureTokenStatus ${name}`,
});

/** What a person at the Mac can type in a step. Nothing here takes a password as an argument. */
export const commandsOf = (
  step: DepartureStepName,
  { account, accounts }: Pick<Departure, "account" | "accounts">,
): readonly MacCommand[] => {
  const chosen = account !== null && isPlain(account.name) ? account.name : null;
  const known = (accounts ?? []).map(({ name }) => name).filter(isPlain);
  const statusOf = (names: readonly string[]): readonly MacCommand[] => names.slice(0, 5).map(secureToken);
  switch (step) {
    case "escrow":
      return [
        TOKEN_STATUS,
        {
          what: "Escrows the bootstrap token: it asks for the name and password of a user with a secure token",
          command: "sudo profiles install -type bootstraptoken",
        },
        ...statusOf(known),
      ];
    case "decide":
      return [];
    case "update":
      return [
        { what: "What the Mac offers", command: "softwareupdate --list" },
        {
          what: "Installs all of it and restarts: on Apple silicon it asks for the password of an owner of the volume",
          command: "sudo softwareupdate --install --all --restart",
        },
      ];
    case "account":
      return statusOf(known);
    case "login":
      return chosen === null ? [] : [secureToken(chosen)];
    case "verify":
      return [...(chosen === null ? [] : [secureToken(chosen)]), OWNERS, TOKEN_STATUS];
  }
};
