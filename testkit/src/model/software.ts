/** An application that a Mac may have: name, bundle identifier, versions, team and size in MB. */
export interface KnownApplication {
  readonly name: string;
  readonly bundleId: string;
  readonly versions: readonly [string, ...string[]];
  /** Undefined for Apple's platform binaries. */
  readonly teamId?: string;
  readonly megabytes: number;
  readonly folder?: string;
}

/** On every Mac. */
export const systemApplications: readonly KnownApplication[] = [
  { name: "Safari", bundleId: "com.apple.Safari", versions: ["26.1"], megabytes: 14 },
  { name: "Mail", bundleId: "com.apple.mail", versions: ["16.0"], megabytes: 28, folder: "/System/Applications" },
  { name: "Calendar", bundleId: "com.apple.iCal", versions: ["15.0"], megabytes: 17, folder: "/System/Applications" },
  { name: "Notes", bundleId: "com.apple.Notes", versions: ["4.12"], megabytes: 21, folder: "/System/Applications" },
  {
    name: "Terminal",
    bundleId: "com.apple.Terminal",
    versions: ["2.14"],
    megabytes: 9,
    folder: "/System/Applications/Utilities",
  },
  {
    name: "Calculator",
    bundleId: "com.apple.calculator",
    versions: ["11.0"],
    megabytes: 6,
    folder: "/System/Applications",
  },
];

/** On some Macs. Teams are invented, so that no rule for them could be mistaken for one about a real vendor. */
export const otherApplications: readonly [KnownApplication, ...KnownApplication[]] = [
  {
    name: "Firefox",
    bundleId: "org.mozilla.firefox",
    versions: ["144.0", "143.0.4", "140.3.1"],
    teamId: "4EXAMPLE01",
    megabytes: 410,
  },
  {
    name: "Google Chrome",
    bundleId: "com.google.Chrome",
    versions: ["141.0.7390.123", "140.0.7339.214"],
    teamId: "4EXAMPLE02",
    megabytes: 1250,
  },
  {
    name: "Slack",
    bundleId: "com.tinyspeck.slackmacgap",
    versions: ["4.46.99", "4.45.64"],
    teamId: "4EXAMPLE03",
    megabytes: 480,
  },
  { name: "zoom.us", bundleId: "us.zoom.xos", versions: ["6.6.2", "6.5.9"], teamId: "4EXAMPLE04", megabytes: 320 },
  {
    name: "Visual Studio Code",
    bundleId: "com.microsoft.VSCode",
    versions: ["1.105.1", "1.104.3"],
    teamId: "4EXAMPLE05",
    megabytes: 720,
  },
  {
    name: "1Password",
    bundleId: "com.1password.1password",
    versions: ["8.11.14"],
    teamId: "4EXAMPLE06",
    megabytes: 390,
  },
  { name: "Figma", bundleId: "com.figma.Desktop", versions: ["125.9.10"], teamId: "4EXAMPLE07", megabytes: 300 },
  {
    name: "iTerm",
    bundleId: "com.googlecode.iterm2",
    versions: ["3.6.4", "3.5.14"],
    teamId: "4EXAMPLE08",
    megabytes: 95,
  },
  {
    name: "Sketch",
    bundleId: "com.bohemiancoding.sketch3",
    versions: ["2025.2.4"],
    teamId: "4EXAMPLE09",
    megabytes: 180,
  },
  { name: "Rectangle", bundleId: "com.knollsoft.Rectangle", versions: ["0.91"], teamId: "4EXAMPLE10", megabytes: 14 },
  { name: "VLC", bundleId: "org.videolan.vlc", versions: ["3.0.21"], teamId: "4EXAMPLE11", megabytes: 155 },
  {
    name: "Notizen für später",
    bundleId: "de.beispiel.notizen",
    versions: ["1.2"],
    teamId: "4EXAMPLE12",
    megabytes: 8,
  },
];

/** What a visitor of the demo blocks. */
export const bitcoinMiner: KnownApplication = {
  name: "BitcoinMiner",
  bundleId: "com.example.bitcoinminer",
  versions: ["6.6.6"],
  teamId: "MINER66666",
  megabytes: 12,
};
