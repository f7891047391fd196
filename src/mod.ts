export * from "./fs/mod.ts";
export * from "./facade/mod.ts";
