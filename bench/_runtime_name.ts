/** The runtime that runs the bench: `deno`, `bun` or `node`. */
export const runtimeName: string = "Deno" in globalThis
  ? "deno"
  : "Bun" in globalThis
  ? "bun"
  : "node";
