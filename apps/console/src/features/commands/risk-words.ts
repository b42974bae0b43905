import type { Tone } from "../../kit/state-badge.tsx";

export interface RiskWord {
  readonly word: string;
  readonly tone: Tone;
  readonly why: string;
}

const RISKS: Readonly<Record<string, RiskWord>> = {
  read: { word: "Question", tone: "unknown", why: "It changes nothing on the Mac." },
  change: { word: "Change", tone: "unknown", why: "It can be made good again." },
  rootEquivalent: {
    word: "Root-equivalent",
    tone: "attention",
    why: "Whoever may send it can change anything on the Mac.",
  },
  destructive: {
    word: "Destructive",
    tone: "act",
    why: "It cannot be undone on the Mac: data goes, or the Mac cannot be used.",
  },
};

/** What a command may do at worst, in a word; a kind that is not known yet shows its name. */
export const riskWord = (risk: string): RiskWord => RISKS[risk] ?? { word: risk, tone: "unknown", why: "" };
