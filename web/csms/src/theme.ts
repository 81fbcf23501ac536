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

export const theme = createTheme({
  colors: { brand },
  primaryColor: "brand",
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.15rem" }, h3: { fontSize: "1rem" } } },
});
