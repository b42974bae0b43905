/** How a command is to reach its Mac; what is not chosen the server chooses. */
export interface Delivery {
  readonly lane?: "urgent" | "normal" | "background";
  readonly expiresInSeconds?: number;
  readonly userId?: string;
}

/** Choices of how long a command may wait, in seconds. */
export const EXPIRIES: readonly { readonly value: string; readonly label: string }[] = [
  { value: "3600", label: "1 hour" },
  { value: "86400", label: "1 day" },
  { value: "604800", label: "7 days" },
  { value: "2592000", label: "30 days" },
  { value: "7776000", label: "90 days" },
];

export const LANES: readonly { readonly value: NonNullable<Delivery["lane"]>; readonly label: string }[] = [
  { value: "urgent", label: "Urgent: before everything that waits" },
  { value: "normal", label: "Normal" },
  { value: "background", label: "Background: after everything else" },
];
