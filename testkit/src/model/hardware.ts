import type { Hardware, MacModel } from "./mac-model.ts";

type HardwareModel = Omit<Hardware, "memoryBytes" | "modelNumber"> & {
  readonly memoryGb: readonly [number, ...number[]];
};

const row = (
  model: string,
  marketingName: string,
  family: string,
  processor: string,
  cores: number,
  memoryGb: readonly [number, ...number[]],
): HardwareModel => ({
  model,
  marketingName,
  family,
  processor,
  cores,
  memoryGb,
  isAppleSilicon: processor.startsWith("Apple"),
  isLaptop: family.startsWith("MacBook"),
});

/** The same Mac with the chip that a test needs: the first of our models that has it. */
export function withChip(mac: MacModel, chip: "apple" | "intel" | undefined): MacModel {
  if (chip === undefined || mac.hardware.isAppleSilicon === (chip === "apple")) return mac;
  const found = hardwareModels.find(({ isAppleSilicon }) => isAppleSilicon === (chip === "apple")) ?? hardwareModels[0];
  const { memoryGb, ...hardware } = found;
  return {
    ...mac,
    hardware: { ...hardware, modelNumber: mac.hardware.modelNumber, memoryBytes: memoryGb[0] * 2 ** 30 },
  };
}

/** Macs that run macOS 15 and 26, with Apple's identifiers and marketing names. */
export const hardwareModels: readonly [HardwareModel, ...HardwareModel[]] = [
  row("MacBookPro18,3", "MacBook Pro (14-inch, 2021)", "MacBook Pro", "Apple M1 Pro", 10, [16, 32]),
  row("MacBookPro17,1", "MacBook Pro (13-inch, M1, 2020)", "MacBook Pro", "Apple M1", 8, [8, 16]),
  row("MacBookAir10,1", "MacBook Air (M1, 2020)", "MacBook Air", "Apple M1", 8, [8, 16]),
  row("Mac14,2", "MacBook Air (M2, 2022)", "MacBook Air", "Apple M2", 8, [8, 16, 24]),
  row("Mac14,7", "MacBook Pro (13-inch, M2, 2022)", "MacBook Pro", "Apple M2", 8, [16, 24]),
  row("Mac14,3", "Mac mini (2023)", "Mac mini", "Apple M2", 8, [8, 16, 24]),
  row("Mac14,13", "Mac Studio (2023)", "Mac Studio", "Apple M2 Max", 12, [32, 64, 96]),
  row("Mac15,5", "iMac (24-inch, 2023, Four ports)", "iMac", "Apple M3", 8, [8, 16, 24]),
  row("Mac15,6", "MacBook Pro (14-inch, Nov 2023)", "MacBook Pro", "Apple M3 Pro", 12, [18, 36]),
  row("Mac15,12", "MacBook Air (13-inch, M3, 2024)", "MacBook Air", "Apple M3", 8, [8, 16, 24]),
  row("Mac16,1", "MacBook Pro (14-inch, 2024)", "MacBook Pro", "Apple M4", 10, [16, 24, 32]),
  row("Mac16,10", "Mac mini (2024)", "Mac mini", "Apple M4", 10, [16, 24, 32]),
  row("Mac16,12", "MacBook Air (13-inch, M4, 2025)", "MacBook Air", "Apple M4", 10, [16, 24, 32]),
  row(
    "MacBookPro16,1",
    "MacBook Pro (16-inch, 2019)",
    "MacBook Pro",
    "Intel(R) Core(TM) i9-9880H CPU @ 2.30GHz",
    8,
    [16, 32],
  ),
];
