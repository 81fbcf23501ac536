// Look of the dashboard: system fonts, calm colours, small radii.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const brand: MantineColorsTuple = [
  "#e7f6f4",
  "#d2ebe8",
  "#a6d7d1",
  "#77c2b9",
  "#50b0a5",
  "#37a599",
  "#259f92",
  "#138b7f",
  "#047a70",
  "#00685f",
];

const dark: MantineColorsTuple = [
  "#dfe5e8",
  "#c3ccd2",
  "#9aa7b0",
  "#76838c",
  "#3a444b",
  "#2c3338",
  "#252c31",
  "#1b2024",
  "#14181b",
  "#0e1113",
];

export const theme = createTheme({
  colors: { brand, dark },
  components: {
    Modal: { styles: { title: { fontWeight: 650 } } },
  },
  primaryColor: "brand",
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.15rem" }, h3: { fontSize: "1rem" } } },
});

// For inputs that hold what machines read.
export const monospace_input = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };
