import {
  ActionIcon,
  Button,
  Checkbox,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  Radio,
  Table,
  Tooltip,
} from "@mantine/core";

/** The one accent has no hue: colour means state only. */
const ink: MantineColorsTuple = [
  "#f4f5f7",
  "#e8eaed",
  "#d3d7dc",
  "#b4bac2",
  "#8b939e",
  "#676f7b",
  "#4b525d",
  "#363c45",
  "#262b32",
  "#1b1f24",
];
const gray: MantineColorsTuple = [
  "#f8f9fa",
  "#f2f3f5",
  "#e8eaed",
  "#dcdfe3",
  "#c7ccd2",
  "#a3aab3",
  "#6b7480",
  "#474e58",
  "#2c3138",
  "#1b1f24",
];
const dark: MantineColorsTuple = [
  "#e4e6e9",
  "#c2c7cd",
  "#9aa2ac",
  "#747c87",
  "#363b43",
  "#2b3037",
  "#1e2227",
  "#16191d",
  "#111316",
  "#0c0e10",
];

/** Mantine's parts with our few decisions: 13/14-px text, tight radii, quiet surfaces, focus always visible. */
export const theme = createTheme({
  primaryColor: "ink",
  primaryShade: { light: 9, dark: 1 },
  // Mantine works out the text on a filled part for the light theme only; ours turns round with the theme.
  variantColorResolver: (input) =>
    input.variant === "filled" && (input.color === undefined || input.color === "ink")
      ? {
          background: "var(--p-ink)",
          hover: "var(--p-ink-hover)",
          color: "var(--p-on-ink)",
          border: "1px solid transparent",
        }
      : defaultVariantColorsResolver(input),
  colors: { ink, gray, dark },
  black: "#1b1f24",
  fontFamily: 'Inter, -apple-system, BlinkMacSystemFont, "SF Pro Text", "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  headings: {
    fontWeight: "600",
    sizes: { h1: { fontSize: "20px", lineHeight: "28px" }, h2: { fontSize: "14px", lineHeight: "20px" } },
  },
  defaultRadius: "6px",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: "xs", variant: "default" } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray", size: "md" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: false, fz: "xs" } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", position: "bottom-end", withinPortal: true } }),
    Modal: Modal.extend({ defaultProps: { centered: false } }),
    Table: Table.extend({
      defaultProps: { fz: "sm", verticalSpacing: 8 },
      styles: { th: { color: "var(--p-dim)", fontWeight: 400, fontSize: 12 } },
    }),
    Checkbox: Checkbox.extend({ defaultProps: { iconColor: "var(--p-on-ink)" } }),
    Radio: Radio.extend({ defaultProps: { iconColor: "var(--p-on-ink)" } }),
    TextInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
    NumberInput: { defaultProps: { size: "sm" } },
  },
});
