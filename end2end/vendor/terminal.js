// What the console needs for a serial console: one module and one style sheet.
export { Terminal } from "@xterm/xterm";
export { FitAddon } from "@xterm/addon-fit";
import "@xterm/xterm/css/xterm.css";
